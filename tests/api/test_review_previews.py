"""Previews of packets: what somebody will see, compared with what they see after sharing."""

import json
from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_reviews import BOTH, ONE, Story

FORM = """direction dueOn submittedAt writer { id name } submittedBy { id } standIn { id }
 template { id } answers { id audience question { key } answerVersion text choiceKey }"""
PACKET = """startsOn lastDay dueOn levelReason decidedAt level { label } scale { id }
 subject { id } manager { id } secondLevel { id } decidedBy { id }"""
PREVIEW = f"""query($id: ID!, $personId: ID!) {{ reviewPacket(by: {{ id: $id }}) {{
 preview(personId: $personId) {{ {PACKET} reviews {{ {FORM} }} }} }} }}"""
SUBMITTED = "where: { status: { eq: SUBMITTED } }"
REAL = f"""query($id: ID!) {{ reviewPacket(by: {{ id: $id }}) {{
 {PACKET} reviews({SUBMITTED}) {{ nodes {{ {FORM} }} }} }} }}"""
AUDIENCES = ("mara", "chief", "boss", "lead", "peer", "admin")
"""The reviewed person, a manager above her manager, the manager who decides, the second level, a
peer who writes, and somebody without any part in it."""


async def preview(story: Story, who: str, reader: str) -> Any:
    """Return what somebody sees in the preview of what a reader will see."""
    variables = {"id": story.packet, "personId": story.person(reader)}
    packet = (await story.company.query(who, PREVIEW, **variables))["reviewPacket"]
    return packet and packet["preview"]


async def read(story: Story, who: str) -> Any:
    """Return what somebody sees of the packet, in the form of a preview."""
    packet = (await story.company.query(who, REAL, id=story.packet))["reviewPacket"]
    return packet and {**packet, "reviews": packet["reviews"]["nodes"]}


def list_answers(seen: Any) -> dict[str, list[str]]:
    """Return the keys of the answered questions, by the direction of the form."""
    return {
        each["direction"]: sorted(one["question"]["key"] for one in each["answers"])
        for each in seen["reviews"]
    }


@pytest.fixture
async def story(company: Company) -> Story:
    """Return a decided packet with three submitted forms, which is not shared."""
    story = Story(company)
    await story.open(secondLevelId=story.person("lead"))
    for who, text in (("mara", "Much."), ("boss", "Some."), ("peer", "All.")):
        await story.write(who, text)
    await story.act("boss", "Decide", level=2, reason="On the whole.")
    return story


async def test_a_preview_is_byte_for_byte_what_the_person_reads_after_sharing(
    story: Story,
) -> None:
    previews = {who: await preview(story, "hr", who) for who in AUDIENCES}
    await story.act("boss", "Share")
    for who, previewed in previews.items():
        assert json.dumps(previewed) == json.dumps(await read(story, who)), who
        assert json.dumps(await preview(story, "hr", who)) == json.dumps(previewed), who
    assert list_answers(previews["mara"]) == {"SELF": BOTH, "MANAGER": ONE}
    assert list_answers(previews["chief"]) == {"SELF": ONE, "MANAGER": ONE, "PEER": ONE}
    assert previews["peer"] is previews["admin"] is None


async def test_a_preview_shows_its_viewer_nothing_they_may_not_read(story: Story) -> None:
    """The reviewed person reads their own answers for HR, the manager does not."""
    assert list_answers(await preview(story, "boss", "mara")) == {"SELF": ONE, "MANAGER": ONE}
    assert list_answers(await preview(story, "hr", "mara")) == {"SELF": BOTH, "MANAGER": ONE}


async def test_only_those_who_share_a_packet_preview_it(story: Story) -> None:
    for nobody in ("mara", "chief", "peer", "admin", "analyst"):
        assert await preview(story, nobody, "mara") is None, nobody
    assert await read(story, "lead") is not None
    assert await preview(story, "lead", "mara") is None


async def test_forms_that_are_not_submitted_are_in_no_preview(company: Company) -> None:
    story = Story(company)
    await story.open()
    await story.save("mara", "went_well", text="A draft.")
    await story.write("boss", "Some.")
    assert list_answers(await preview(story, "hr", "mara")) == {"MANAGER": ONE}
    await company.mutate("hr", "reviewPacketCancel", "reviewPacket { id }", id=story.packet)
    assert await preview(story, "hr", "mara") is None


async def test_a_new_manager_reads_past_packets_and_a_former_one_keeps_their_own(
    story: Story,
) -> None:
    """Who is not above any more, and neither decided nor wrote, reads nothing."""
    await story.act("boss", "Share")
    before = {who: await read(story, who) for who in ("boss", "chief")}
    assert await read(story, "hr_far") is None
    ids = {"id": story.person("mara"), "managerId": story.person("hr_far")}
    assigned = await story.company.mutate("hr", "personAssignManager", "person { id }", **ids)
    assert assigned["errors"] == []
    assert json.dumps(await read(story, "hr_far")) == json.dumps(before["chief"])
    assert json.dumps(await read(story, "boss")) == json.dumps(before["boss"])
    assert await read(story, "chief") is None
    assert await read(story, "peer") is None
