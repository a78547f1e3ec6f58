"""Evidence of a period: what a viewer may read anyway, as it was at the end of the period."""

from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_reviews import Story

EVIDENCE = """evidence { startsOn lastDay
 goals { status progress goal { id title } checkIns { totalCount nodes { effectiveOn } } }
 kpis { kpi { id } status { value status lastDay } }
 feedback { totalCount nodes { id author { id } } }
 earlierPackets { totalCount nodes { id } } }"""
OF_FORM = f"query($id: ID!) {{ review(by: {{ id: $id }}) {{ {EVIDENCE} }} }}"
OF_PACKET = f"query($id: ID!) {{ reviewPacket(by: {{ id: $id }}) {{ {EVIDENCE} }} }}"
READABLE = """query($id: ID!) {
  goals(where: { owner: { person: { id: { eq: $id } } }, status: { neq: DRAFT } }) { nodes { id } }
  kpis(where: { owner: { id: { eq: $id } }, state: { eq: ACTIVE } }) { nodes { id } }
  person(by: { id: $id }) {
    feedbackReceived(where: { releasedOn: { lte: "2026-06-30" } }) { nodes { id author { id } } } }
}"""
PERIOD = {"startsOn": "2026-01-01", "lastDay": "2026-06-30"}


async def read_form(story: Story, who: str) -> Any:
    """Return the evidence that somebody sees on the form that they write."""
    id = await story.find_form(who)
    return (await story.company.query(who, OF_FORM, id=id))["review"]["evidence"]


def list_ids(rows: list[Any], name: str | None = None) -> list[str]:
    return sorted(each[name]["id"] if name else each["id"] for each in rows)


@pytest.mark.parametrize("who", ["mara", "boss", "peer"])
async def test_evidence_is_what_the_viewer_may_read_anyway(company: Company, who: str) -> None:
    story = Story(company)
    await story.open()
    seen = await read_form(story, who)
    readable = await company.query(who, READABLE, id=story.person("mara"))
    assert {name: seen[name] for name in PERIOD} == PERIOD
    assert list_ids(seen["goals"], "goal") == list_ids(readable["goals"]["nodes"])
    assert list_ids(seen["kpis"], "kpi") == list_ids(readable["kpis"]["nodes"])
    feedback = readable["person"]["feedbackReceived"]["nodes"]
    assert list_ids(seen["feedback"]["nodes"]) == list_ids(feedback)
    assert seen["feedback"]["totalCount"] == len(feedback)
    authors = [each["author"] for each in seen["feedback"]["nodes"]]
    assert sorted(map(str, authors)) == sorted(str(each["author"]) for each in feedback)
    titles = {each["goal"]["title"] for each in seen["goals"]}
    assert ("Hers" in titles) is (who in ("mara", "peer"))
    assert "A draft" not in titles


async def test_evidence_of_a_packet_is_that_of_its_viewer(company: Company) -> None:
    story = Story(company)
    await story.open()
    of_packet = (await company.query("boss", OF_PACKET, id=story.packet))["reviewPacket"]
    assert of_packet["evidence"] == await read_form(story, "boss")
    assert (await company.query("mara", OF_PACKET, id=story.packet))["reviewPacket"] is None


async def test_goals_are_shown_as_they_were_at_the_end_of_the_period(company: Company) -> None:
    story = Story(company)
    await story.open(startsOn="2026-01-01", lastDay="2026-05-31", dueOn="2026-08-15")
    for day, value in (("2026-05-31", "4"), ("2026-06-01", "9")):
        await check_in(company, day, value)
    found = await find_public_goal(story)
    assert found["progress"] == 0.2  # 4 of 10 of one key result, and nothing of the other
    assert found["checkIns"] == {"totalCount": 1, "nodes": [{"effectiveOn": "2026-05-31"}]}
    await company.mutate(
        "mara", "goalAchieve", "errors { code }", id=company.encode_id("goal", "public")
    )
    found = await find_public_goal(story)
    assert (found["status"], found["progress"]) == ("ACTIVE", 0.2)


async def find_public_goal(story: Story) -> Any:
    """Return Mara's public goal in the evidence that her manager sees."""
    id = story.company.encode_id("goal", "public")
    (found,) = [
        each for each in (await read_form(story, "boss"))["goals"] if each["goal"]["id"] == id
    ]
    return found


async def check_in(company: Company, day: str, value: str) -> None:
    """Let Mara report a value of the first key result of her public goal."""
    goal = company.goals["public"]
    key_result = company.encode_part_id("keyres", goal.key_results)
    payload = await company.mutate(
        "mara",
        "goalCheckIn",
        "errors { code field }",
        id=company.encode_id("goal", "public"),
        confidence="ON_TRACK",
        effectiveOn=day,
        values=[{"keyResultId": key_result, "value": value}],
    )
    assert payload["errors"] == []
