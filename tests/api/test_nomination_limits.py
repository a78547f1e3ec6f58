"""Limits of nominations: how many, who at all, and until when."""

import asyncio

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.reviews.packets.model import FOLLOW_PACKET_TASK
from tests.api.company import Company
from tests.api.nomination_story import REVIEWEE, Nominations


@pytest.fixture
async def story(company: Company, writing: asyncpg.Pool) -> Nominations:
    return Nominations(company, writing)


async def test_nobody_gets_more_forms_than_the_cycle_allows_even_at_the_same_moment(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE, changes={"maxReviewsPerWriter": 1})
    rounds = {about: await story.read("hr", about=about) for about in ("Mara", "Peer")}
    selection = "reviewNominationRound { id }"
    person = story.person("lead")
    payloads = await asyncio.gather(
        *(
            story.company.mutate(
                "boss", "reviewNominate", selection, id=each["id"], personId=person
            )
            for each in rounds.values()
        )
    )
    errors = [error for each in payloads for error in each["errors"]]
    message = "This person has no room for more reviews in this cycle. Choose another person."
    assert errors == [{"code": "LIMIT_EXCEEDED", "field": ["personId"], "message": message}]
    query = "{ reviews(where: { direction: { eq: PEER } }) { totalCount } }"
    assert (await story.company.query("lead", query))["reviews"] == {"totalCount": 1}


async def test_the_most_people_hold_even_at_the_same_moment(story: Nominations) -> None:
    await story.launch(mostNominees=1)
    found = await story.read("hr")
    payloads = await asyncio.gather(
        *(
            story.company.mutate(
                *("boss", "reviewNominate", "reviewNominationRound { id }"),
                id=found["id"],
                personId=story.person(each),
            )
            for each in ("peer", "lead", "ruler")
        )
    )
    errors = [error["message"] for each in payloads for error in each["errors"]]
    assert errors == ["1 people are approved, the most. Reject one first."] * 2
    assert list((await story.list_statuses()).values()) == ["APPROVED"]


async def test_a_reviewed_person_proposes_as_many_as_the_cycle_allows(story: Nominations) -> None:
    await story.launch(**REVIEWEE | {"mostNominees": 2})
    for each in ("peer", "lead"):
        assert await story.nominate("mara", each) == []
    refused = await story.nominate("mara", "ruler")
    assert [each["code"] for each in refused] == ["LIMIT_EXCEEDED"]
    await story.withdraw("mara", "lead")
    assert await story.nominate("mara", "ruler") == []


async def test_people_who_cannot_write_are_refused_with_what_the_actor_knows(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE)
    assert await story.nominate("mara", "peer") == []
    for who, person, code, message in (
        ("mara", "mara", "INVALID", "Nobody is nominated to write about themselves."),
        ("mara", "boss", "INVALID", "Managers write as managers."),
        ("mara", "alumna", "INVALID", "This person has left."),
        ("mara", "peer", "NOT_UNIQUE", "You have proposed this person already."),
        ("boss", "mara", "INVALID", "Nobody is nominated to write about themselves."),
        ("boss", "boss", "INVALID", "Managers write as managers."),
        ("boss", "alumna", "INVALID", "This person has left."),
        ("boss", "peer", "NOT_UNIQUE", "This person is nominated already."),
    ):
        (error,) = await story.nominate(who, person)
        assert (error["code"], error["field"]) == (code, ["personId"])
        assert error["message"].startswith(message), error["message"]
    assert await story.list_statuses() == {"peer": "PROPOSED"}


async def test_a_nominee_who_has_become_the_manager_is_not_approved(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "lead")
    line = {"id": story.person("mara"), "managerId": story.person("lead")}
    moved = await story.company.mutate("ruler", "personAssignManager", "person { id }", **line)
    assert moved["errors"] == []
    (error,) = await story.decide("boss", "Approve", "lead")
    assert (error["code"], error["message"]) == (
        "STATE_CONFLICT",
        "Managers write as managers. Choose another person.",
    )
    assert await story.list_statuses() == {"lead": "PROPOSED"}


async def test_a_nominee_who_has_left_is_not_approved_and_can_be_replaced(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "lead")
    await story.nominate("boss", "peer")
    nomination = await story.find("peer")
    for each in ("lead", "peer"):
        left = await story.company.mutate(
            "ruler", "personDepart", "person { id }", id=story.person(each), lastDay="2026-06-01"
        )
        assert left["errors"] == []
    (error,) = await story.decide("boss", "Approve", "lead")
    assert error["message"] == "This person has left. Choose another person."
    assert await story.nominate("boss", "ruler", replacesId=nomination) == []
    assert await story.list_statuses() == {
        "lead": "PROPOSED",
        "peer": "REPLACED",
        "ruler": "APPROVED",
    }


async def test_only_direct_reports_write_upwards(story: Nominations) -> None:
    await story.launch("UPWARD", nominators=["MANAGER"])
    assert await story.nominate("chief", "peer", direction="UPWARD", about="Boss") == []
    (error,) = await story.nominate("chief", "lead", direction="UPWARD", about="Boss")
    assert error["message"].startswith("Only direct reports write upwards; this person was none")
    assert await story.list_statuses("UPWARD", "Boss") == {"peer": "APPROVED"}


async def test_all_reports_write_upwards_where_nobody_nominates(story: Nominations) -> None:
    await story.launch("UPWARD")
    assert await story.read("hr", "UPWARD", "Boss") is None
    form = await story.find_form("mara", "UPWARD")
    declined = await story.company.mutate(
        *("mara", "reviewDeclineNomination", "review { status }"), id=form["id"], reason="Too new."
    )
    assert declined["review"] == {"status": "DECLINED"}
    seen = """{ reviews(where: { status: { eq: DECLINED } }) { nodes { declineReason } } }"""
    assert await story.company.query("chief", seen) == {
        "reviews": {"nodes": [{"declineReason": "Too new."}]}
    }
    assert await story.company.query("boss", seen) == {"reviews": {"nodes": []}}


async def test_forms_of_managers_and_of_oneself_are_not_declined(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    form = await story.find_form("boss", "MANAGER")
    refused = await story.company.mutate(
        *("boss", "reviewDeclineNomination", "review { status }"), id=form["id"], reason="No time."
    )
    assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"]


async def test_a_phase_that_ends_ends_what_is_asked_for(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "peer")
    await story.do_as_hr("reviewCycleAdvance")
    (error,) = await story.nominate("mara", "lead")
    assert error["message"] == "The phase in which you propose has ended. Your manager chooses now."
    await story.follow()
    assert (await story.read("mara"))["status"] == "CHOOSING"
    assert (await story.read("mara"))["viewerCan"] == ["WITHDRAW_NOMINATION"]
    assert await story.list_tasks("mara") == []
    assert await story.nominate("boss", "lead") == []
    await story.decline("lead")
    await story.do_as_hr("reviewCycleAdvance")
    (error,) = await story.decide("boss", "Approve", "peer")
    assert (error["code"], error["message"]) == (
        "STATE_CONFLICT",
        "The phase in which these reviews are written has ended. Nobody is nominated any more.",
    )
    await story.follow()
    assert (await story.read("boss"))["status"] == "CLOSED"
    assert await story.list_statuses() == {"peer": "EXPIRED", "lead": "DECLINED"}
    assert await story.list_tasks("boss") == []


async def test_who_is_taken_out_of_a_cycle_is_nominated_for_no_longer(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "peer")
    await story.do_as_hr(
        "reviewCycleRemoveParticipant", personId=story.person("mara"), reason="On trial."
    )
    await story.follow()
    assert await story.list_statuses() == {"peer": "EXPIRED"}
    assert (await story.list_tasks("mara"), await story.list_tasks("boss")) == ([], [])


async def test_a_shared_packet_ends_its_nominations(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "peer")
    packet_id = await story.find_packet()
    for verb in ("reviewDecide", "reviewShare"):
        payload = await story.company.mutate("boss", verb, "reviewPacket { id }", id=packet_id)
        assert payload["errors"] == []
    (error,) = await story.decide("boss", "Approve", "peer")
    assert error["message"] == "The review of this person is closed. Nobody is nominated any more."
    await story.run_task(FOLLOW_PACKET_TASK, packet_id=str(decode_id(packet_id, "reviewpacket")))
    assert await story.list_statuses() == {"peer": "EXPIRED"}
    assert await story.list_tasks("mara") == []


async def test_a_stale_version_is_refused(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "peer")
    (nomination,) = (await story.read("boss"))["nominations"]["nodes"]
    await story.decide("boss", "Reject", "peer")
    (error,) = await story.decide("boss", "Approve", "peer", expectedVersion=nomination["version"])
    assert error["code"] == "VERSION_CONFLICT"


async def test_two_nominees_who_are_merged_write_one_form(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("boss", "former")
    await story.nominate("mara", "newcomer")
    merged = await story.company.mutate(
        *("ruler", "personMerge", "person { id }"),
        id=story.person("former"),
        duplicateId=story.person("newcomer"),
        reason="The same e-mail address.",
    )
    assert merged["errors"] == [], merged
    found = (await story.read("boss"))["nominations"]["nodes"]
    assert [(each["status"], each["nominee"]["name"]) for each in found] == [
        ("APPROVED", "Former Okafor"),
        ("PROPOSED", "Former Okafor"),
    ]
    refused = await story.company.mutate(
        *("boss", "reviewApproveNomination", "reviewNomination { id }"), id=found[1]["id"]
    )
    assert [each["message"] for each in refused["errors"]] == [
        "This person writes about them already. Choose another person."
    ]
