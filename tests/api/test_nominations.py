"""Nominations: who proposes and approves those who write, and what each of them learns."""

import asyncpg
import pytest

from tests.api.company import Company
from tests.api.nomination_story import REVIEWEE, Nominations


@pytest.fixture
async def story(company: Company, writing: asyncpg.Pool) -> Nominations:
    return Nominations(company, writing)


async def test_a_proposal_becomes_a_form_when_the_manager_approves_it(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    assert await story.list_tasks("mara") == [("REVIEW_NOMINATE", "2026-07-10")]
    assert await story.nominate("mara", "peer") == []
    assert await story.find_form("peer") is None
    assert await story.list_tasks("boss") == [("REVIEW_APPROVE_NOMINATION", "2026-07-10")]
    assert await story.decide("boss", "Approve", "peer") == []
    form = await story.find_form("peer")
    assert (form["status"], form["dueOn"], form["isShown"]) == ("NOT_STARTED", "2026-07-31", False)
    assert await story.list_tasks("boss") == []
    assert await story.list_statuses() == {"peer": "APPROVED"}
    assert await story.nominate("mara", "lead") == []
    assert await story.list_tasks("mara") == []


async def test_who_is_approved_after_an_extension_has_more_time_too(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "peer")
    before = await story.read("mara")
    extended = await story.company.mutate(
        *("hr", "reviewExtend", "reviewPacket { dueOn }"),
        id=await story.find_packet(),
        dueOn="2026-08-25",
        reason="Ten days more.",
    )
    assert extended["reviewPacket"] == {"dueOn": "2026-08-25"}
    # The round does not change: the reviewed person would learn of it.
    assert await story.read("mara") == before
    assert await story.decide("boss", "Approve", "peer") == []
    assert (await story.find_form("peer"))["dueOn"] == "2026-08-10"


async def test_the_reviewed_person_never_learns_what_becomes_of_a_proposal(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE)
    for each in ("peer", "lead"):
        await story.nominate("mara", each)
    before = await story.read("mara")
    assert [each["person"]["name"] for each in before["proposals"]] == [
        "Peer Okafor",
        "Lead Okafor",
    ]
    assert before["nominees"] == []
    assert before["nominations"] == {"totalCount": 0, "nodes": []}
    await story.decide("boss", "Approve", "peer")
    await story.decide("boss", "Reject", "lead", reason="They hardly know each other.")
    await story.nominate("boss", "ruler")
    await story.decline("peer")
    assert await story.read("mara") == before


async def test_peers_see_their_own_form_and_nothing_of_a_round(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    for each in ("peer", "lead"):
        await story.nominate("boss", each)
    assert await story.read("peer") is None
    query = "{ reviewNominations { totalCount } reviews { totalCount } }"
    found = await story.company.query("lead", query)
    assert found == {"reviewNominations": {"totalCount": 0}, "reviews": {"totalCount": 1}}


async def test_a_cycle_may_show_who_writes_and_nothing_more(story: Nominations) -> None:
    await story.launch(nominators=["MANAGER"], showsNominees=True)
    await story.nominate("boss", "peer")
    seen = await story.read("mara")
    assert seen["nominees"] == [{"person": {"name": "Peer Okafor"}}]
    assert (seen["nominations"]["totalCount"], seen["viewerCan"]) == (0, [])
    await story.decline("peer")
    assert (await story.read("mara"))["nominees"] == []


async def test_who_approves_also_approves_their_own_nomination_at_once(story: Nominations) -> None:
    await story.launch(leastNominees=1)
    assert await story.list_tasks("boss") == [("REVIEW_NOMINATE", "2026-07-10")]
    assert await story.nominate("boss", "peer") == []
    assert await story.list_statuses() == {"peer": "APPROVED"}
    assert await story.list_tasks("boss") == []
    assert await story.nominate("hr", "lead") == []
    assert await story.list_statuses() == {"peer": "APPROVED", "lead": "APPROVED"}
    assert await story.read("mara") is None


async def test_hr_alone_approves_where_the_cycle_says_so(story: Nominations) -> None:
    await story.launch(nominators=["MANAGER", "HR"], approver="HR")
    await story.nominate("boss", "peer")
    assert await story.list_statuses() == {"peer": "PROPOSED"}
    asked = ("REVIEW_APPROVE_NOMINATION", "2026-07-10")
    for nobody in ("boss", "mara", "hr", "hr_far", "admin"):  # `hr` has the larger population
        assert asked not in await story.list_tasks(nobody), nobody
    assert await story.list_tasks("hr_ops") == [asked]
    refused = await story.decide("boss", "Approve", "peer")
    assert [each["code"] for each in refused] == ["NOT_PERMITTED"]
    assert await story.decide("hr", "Approve", "peer") == []
    assert await story.list_tasks("hr_ops") == []
    await story.decline("peer")
    assert await story.list_tasks("hr") == [("REVIEW_REPLACE_WRITER", "2026-07-31")]


async def test_without_an_approver_a_proposal_is_a_form_at_once(story: Nominations) -> None:
    await story.launch(**REVIEWEE | {"approver": "NOBODY"})
    await story.nominate("mara", "peer")
    assert (await story.find_form("peer"))["status"] == "NOT_STARTED"
    assert await story.list_tasks("boss") == []


async def test_without_an_approver_the_manager_decides_on_what_is_not_possible(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE | {"approver": "NOBODY"}, changes={"maxReviewsPerWriter": 1})
    await story.nominate("boss", "lead", about="Peer")
    assert await story.nominate("mara", "lead") == []
    assert await story.list_statuses() == {"lead": "PROPOSED"}
    assert await story.list_tasks("boss") == [("REVIEW_APPROVE_NOMINATION", "2026-07-10")]


async def test_a_decline_asks_the_manager_for_a_replacement(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("boss", "peer")
    assert [each["code"] for each in await story.decline("peer", "  ")] == ["REQUIRED"]
    assert await story.decline("peer") == []
    assert (await story.find_form("peer"))["status"] == "DECLINED"
    assert await story.list_tasks("boss") == [("REVIEW_REPLACE_WRITER", "2026-07-31")]
    (nomination,) = (await story.read("boss"))["nominations"]["nodes"]
    reason = "We never worked together."
    assert nomination["review"] == {"status": "DECLINED", "declineReason": reason}
    again = await story.nominate("boss", "peer")
    assert [each["message"] for each in again] == [
        "This person has declined to write. Choose another person."
    ]
    assert await story.nominate("boss", "lead", replacesId=nomination["id"]) == []
    assert await story.list_statuses() == {"peer": "REPLACED", "lead": "APPROVED"}
    assert await story.list_tasks("boss") == []


async def test_the_manager_may_go_without_somebody_who_declined(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("boss", "peer")
    await story.decline("peer")
    assert await story.decide("boss", "Reject", "peer") == []
    assert await story.list_tasks("boss") == []


async def test_a_rejection_cancels_a_form_that_is_not_submitted(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("boss", "peer")
    form = await story.find_form("peer")
    answer = {"id": form["id"], "questionKey": "well", "text": "Much."}
    await story.company.mutate("peer", "reviewSaveAnswer", "review { id }", **answer)
    assert await story.decide("boss", "Reject", "peer") == []
    assert (await story.find_form("peer"))["status"] == "CANCELLED"
    assert await story.decide("boss", "Approve", "peer") == []
    await story.company.mutate("peer", "reviewSaveAnswer", "review { id }", **answer)
    query = "{ reviews(where: { status: { eq: NOT_STARTED } }) { nodes { id } } }"
    (open_form,) = (await story.company.query("peer", query))["reviews"]["nodes"]
    answer["id"] = open_form["id"]
    await story.company.mutate("peer", "reviewSaveAnswer", "review { id }", **answer)
    submitted = await story.company.mutate(
        "peer", "reviewSubmit", "review { status }", id=open_form["id"]
    )
    assert submitted["review"] == {"status": "SUBMITTED"}
    refused = await story.decide("boss", "Reject", "peer")
    assert [(each["code"], each["message"]) for each in refused] == [
        ("STATE_CONFLICT", "The nominee has submitted the review, so it stays.")
    ]


async def test_a_withdrawn_proposal_is_not_decided_any_more(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "peer")
    assert await story.withdraw("mara", "peer") == []
    assert await story.list_statuses() == {"peer": "WITHDRAWN"}
    assert await story.list_tasks("boss") == []
    assert [each["code"] for each in await story.decide("boss", "Approve", "peer")] == [
        "STATE_CONFLICT"
    ]
    assert [each["message"] for each in await story.withdraw("mara", "peer")] == [
        "You have not proposed this person. Choose one of your proposals."
    ]
    assert await story.nominate("mara", "peer") == []
    assert await story.list_statuses() == {"peer": "PROPOSED"}


async def test_a_withdrawal_tells_nothing_of_a_decision(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("mara", "peer")
    await story.decide("boss", "Approve", "peer")
    assert await story.withdraw("mara", "peer") == []
    assert await story.list_statuses() == {"peer": "APPROVED"}
    assert (await story.find_form("peer"))["status"] == "NOT_STARTED"


async def test_the_reviewed_person_may_propose_whom_the_manager_has_nominated(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("boss", "peer")
    await story.nominate("boss", "lead")
    await story.decide("boss", "Reject", "lead")
    for each in ("peer", "lead"):
        assert await story.nominate("mara", each) == []
    assert await story.list_statuses() == {"peer": "APPROVED", "lead": "REJECTED"}
    await story.withdraw("mara", "peer")
    assert await story.list_statuses() == {"peer": "APPROVED", "lead": "REJECTED"}
