"""Open forms and requests of people who leave, which a worker takes back."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg

from domain.kernel.background_tasks import build_system_actor
from domain.kernel.leavers import FOLLOW_LEAVER
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.nomination_story import LAUNCHED_AT, REVIEWEE, Nominations
from tests.api.test_departures import depart
from tests.api.test_feedback_requests import ask
from tests.api.test_reviews import Story
from tests.factories.actors import NOW

WAITING = """SELECT due_at FROM background_tasks
WHERE tenant_id = $1 AND kind = 'people.follow_leaver' AND arguments ->> 'person_id' = $2"""
FORM = """query($id: ID!) { review(by: { id: $id }) { status standIn { name } history {
  nodes { action actor { name } changes { field } } } } }"""
REQUEST = "query($id: ID!) { feedbackRequest(by: { id: $id }) { status reason } }"


async def follow(company: Company, writing: asyncpg.Pool, name: str, now: datetime) -> None:
    handler = TASK_HANDLERS[FOLLOW_LEAVER]
    actor = build_system_actor(company.tenant_id, now.date(), handler)
    async with unit.work(writing, actor, now=now) as begun:
        await handler.run(begun, person_id=str(company.people[name].id))


async def list_waiting(company: Company, writing: asyncpg.Pool, name: str) -> list[Any]:
    actor = build_system_actor(company.tenant_id, NOW.date(), TASK_HANDLERS[FOLLOW_LEAVER])
    async with unit.work(writing, actor, now=NOW) as begun:
        connection = await begun.get_connection()
        rows = await connection.fetch(WAITING, company.tenant_id, str(company.people[name].id))
    return [row["due_at"].date().isoformat() for row in rows]


async def test_who_leaves_keeps_no_open_form_and_no_open_request(
    company: Company, writing: asyncpg.Pool
) -> None:
    story = Story(company)
    await story.open()
    forms = {who: await story.find_form(who) for who in ("mara", "boss", "peer")}
    await story.write("mara", "Much.")
    await story.save("peer", "went_well", text="A draft")
    peer = company.encode_id("person", "peer")
    given = {"id": forms["boss"], "personId": peer, "reason": "Ill."}
    stands_in = await company.mutate("hr", "reviewSetStandIn", "review { id }", **given)
    assert stands_in["errors"] == []
    requests = {
        "to": (await ask(company, "mara", "peer"))["feedbackRequest"]["id"],
        "of": (await ask(company, "peer", "mara"))["feedbackRequest"]["id"],
        "other": (await ask(company, "mara", "lead"))["feedbackRequest"]["id"],
    }

    async def read() -> tuple[dict[str, Any], dict[str, str]]:
        found = {
            who: (await company.query("hr", FORM, id=id))["review"] for who, id in forms.items()
        }
        askers = {"to": "mara", "of": "peer", "other": "mara"}
        return found, {
            name: (await company.query(askers[name], REQUEST, id=id))["feedbackRequest"]["status"]
            for name, id in requests.items()
        }

    before = await read()
    assert (await depart(company, "peer", "2026-08-31"))["errors"] == []
    assert await list_waiting(company, writing, "peer") == ["2026-09-01"]
    await follow(company, writing, "peer", NOW)
    assert await read() == before
    await follow(company, writing, "peer", NOW + timedelta(days=90))
    found, statuses = await read()
    assert statuses == {"to": "CANCELLED", "of": "CANCELLED", "other": "OPEN"}
    assert {who: each["status"] for who, each in found.items()} == {
        "mara": "SUBMITTED",
        "boss": "NOT_STARTED",
        "peer": "CANCELLED",
    }
    assert (before[0]["boss"]["standIn"], found["boss"]["standIn"]) == (
        {"name": "Peer Okafor"},
        None,
    )
    last = found["peer"]["history"]["nodes"][0]
    assert (last["action"], last["actor"]) == ("CANCELLED", None)
    assert {each["field"] for each in last["changes"]} <= {"status", "version"}
    await follow(company, writing, "peer", NOW + timedelta(days=91))
    assert await read() == (found, statuses)


async def test_somebody_else_is_nominated_in_place_of_who_leaves(
    company: Company, writing: asyncpg.Pool
) -> None:
    story = Nominations(company, writing)
    await story.launch(**REVIEWEE)
    for name in ("lead", "peer"):
        assert await story.nominate("mara", name) == []
    assert await story.decide("boss", "Approve", "lead") == []
    seen = await story.read("mara")
    assert await story.list_tasks("boss") == [("REVIEW_APPROVE_NOMINATION", "2026-07-10")]
    for name in ("lead", "peer"):
        assert (await depart(company, name, "2026-06-14"))["errors"] == []
        await follow(company, writing, name, LAUNCHED_AT)
    assert await story.list_statuses() == {"lead": "DECLINED", "peer": "REJECTED"}
    assert await story.list_tasks("boss") == [("REVIEW_REPLACE_WRITER", "2026-07-31")]
    # What had become of the proposals is still not to be seen.
    assert [each["person"] for each in (await story.read("mara"))["proposals"]] == [
        each["person"] for each in seen["proposals"]
    ]


async def test_somebody_else_of_hr_is_asked_in_place_of_who_leaves(
    company: Company, writing: asyncpg.Pool
) -> None:
    story = Nominations(company, writing)
    await story.launch(nominators=["MANAGER"], approver="HR")
    assert await story.nominate("boss", "peer") == []
    asked = [("REVIEW_APPROVE_NOMINATION", "2026-07-10")]
    assert (await story.list_tasks("hr_ops"), await story.list_tasks("hr")) == (asked, [])
    assert (await depart(company, "hr_ops", "2026-06-14"))["errors"] == []
    await follow(company, writing, "hr_ops", LAUNCHED_AT)
    assert await story.list_tasks("hr") == asked
