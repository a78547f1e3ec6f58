"""Review cycles that are launched: who joins, what workers do, and how a cycle ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from domain.kernel.background_tasks import build_system_actor
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work import work as unit
from tests.api.company import Company

PROGRESS = "progress { active unratable removed }"
LAUNCH = f"""
reviewCycle {{ version status phase {PROGRESS} participants {{ totalCount }} }}
launch {{ addedCount ratableCount wasRunning }}
"""
WITH_MANAGERS = ("mara", "peer", "boss")


async def run_task(pool: asyncpg.Pool, company: Company, kind: str, now: datetime) -> None:
    """Run a background task of the cycle as a worker does."""
    handler = TASK_HANDLERS[kind]
    actor = build_system_actor(company.tenant_id, now.date(), handler)
    cycle = company.review_cycles["whole"]
    async with unit.work(pool, actor, now=now) as begun:
        await handler.run(begun, cycle_id=str(cycle.id))


async def exclude_all_without_manager(company: Company, **changes: Any) -> None:
    lonely = company.people.keys() - {*WITH_MANAGERS, "alumna"}
    selections = [
        {"kind": "EXCLUDED", "personId": company.encode_id("person", each), "reason": "Founder."}
        for each in sorted(lonely)
    ]
    await do(company, "reviewCycleEdit", "reviewCycle { id }", selections=selections, **changes)


async def do(company: Company, verb: str, selection: str, **input: Any) -> Any:
    """Execute a mutation of the cycle as HR; return its payload without errors."""
    id = company.encode_id("reviewcycle", "whole")
    payload = await company.mutate("hr", verb, selection, id=id, **input)
    assert payload.pop("errors") == []
    return payload


async def test_a_launch_equals_the_plan_and_a_second_one_does_nothing(
    company: Company,
) -> None:
    await exclude_all_without_manager(company, minDays=170)
    planned = await do(
        company, "reviewCyclePlan", "plan { participantCount ratableCount canLaunch }"
    )
    assert planned["plan"] == {"participantCount": 3, "ratableCount": 2, "canLaunch": True}
    first = await do(company, "reviewCycleLaunch", LAUNCH)
    assert first["launch"] == {"addedCount": 3, "ratableCount": 2, "wasRunning": False}
    counts = {"active": 2, "unratable": 1, "removed": 0}
    assert first["reviewCycle"]["progress"] == counts
    again = await do(company, "reviewCycleLaunch", LAUNCH)
    assert again["launch"] == {"addedCount": 0, "ratableCount": 0, "wasRunning": True}
    assert again["reviewCycle"] == first["reviewCycle"]
    assert again["reviewCycle"]["participants"] == {"totalCount": 3}


async def test_conflicts_block_a_launch(company: Company) -> None:
    id = company.encode_id("reviewcycle", "whole")
    refused = await company.mutate("hr", "reviewCycleLaunch", LAUNCH, id=id)
    assert (refused["launch"], refused["reviewCycle"]) == (None, None)
    (error,) = refused["errors"]
    assert error["code"] == "STATE_CONFLICT"
    assert error["message"].startswith("Conflicts block the launch: NO_MANAGER (")


async def test_participants_see_the_dates_of_a_cycle_and_nobody_in_it(
    company: Company,
) -> None:
    summary = """{ viewer { reviewCycles {
        totalCount nodes { name phase phases { kind lastDay } } } }
        reviewCycles { totalCount } }"""
    before = await company.query("mara", summary)
    assert before["viewer"]["reviewCycles"]["nodes"] == []
    await exclude_all_without_manager(company)
    await do(company, "reviewCycleLaunch", LAUNCH)
    seen = await company.query("mara", summary)
    assert seen["viewer"]["reviewCycles"]["nodes"] == [
        {
            "name": "Half year",
            "phase": "SELF",
            "phases": [
                {"kind": "SELF", "lastDay": "2026-07-15"},
                {"kind": "MANAGER", "lastDay": "2026-08-15"},
            ],
        }
    ]
    assert seen["reviewCycles"] == {"totalCount": 0}
    for who in ("chief", "admin"):
        others = await company.query(who, summary)
        assert others["viewer"]["reviewCycles"]["totalCount"] == 0


async def test_people_join_later_and_leave_with_a_reason(company: Company) -> None:
    await exclude_all_without_manager(company)
    await do(company, "reviewCycleLaunch", LAUNCH)
    mara, analyst = (company.encode_id("person", each) for each in ("mara", "analyst"))
    participant = "reviewParticipant { person { name } status reason } reviewCycle { version }"
    cycle = company.encode_id("reviewcycle", "whole")
    for person, reason, code, field in (
        (mara, "Late.", "NOT_UNIQUE", "personId"),
        (analyst, "Late.", "STATE_CONFLICT", None),
        (analyst, " ", "REQUIRED", "reason"),
    ):
        refused = await company.mutate(
            "hr", "reviewCycleAddParticipant", participant, id=cycle, personId=person, reason=reason
        )
        (error,) = refused["errors"]
        assert (error["code"], error["field"]) == (code, field and [field])
    removed = await do(
        company,
        "reviewCycleRemoveParticipant",
        f"reviewCycle {{ {PROGRESS} }}",
        personId=mara,
        reason="On trial.",
    )
    counts = {"active": 2, "unratable": 0, "removed": 1}
    assert removed["reviewCycle"]["progress"] == counts
    back = await do(
        company, "reviewCycleAddParticipant", participant, personId=mara, reason="Trial is over."
    )
    assert back["reviewParticipant"] == {
        "person": {"name": "Mara Okafor"},
        "status": "ACTIVE",
        "reason": "Trial is over.",
    }
    history = await company.query(
        "hr",
        "query($id: ID!) { reviewCycle(by: { id: $id }) { history(first: 3) { nodes { action"
        " changes { field after } } } } }",
        id=cycle,
    )
    entries = history["reviewCycle"]["history"]["nodes"]
    shown = [
        (each["action"], {one["field"]: one["after"] for one in each["changes"]})
        for each in entries
    ]
    assert shown[:2] == [
        ("PARTICIPANT_ADDED", {"reason": "Trial is over.", "personId": mara}),
        ("PARTICIPANT_REMOVED", {"reason": "On trial.", "personId": mara}),
    ]


async def test_phases_follow_each_other_by_date_and_by_hand(
    company: Company, pool: asyncpg.Pool
) -> None:
    await exclude_all_without_manager(company)
    await do(company, "reviewCycleLaunch", LAUNCH)
    ended = datetime(2026, 7, 16, 12, tzinfo=UTC)
    phases = []
    for moment in (ended - timedelta(seconds=1), ended, ended):
        await run_task(pool, company, "review_cycle.advance", moment)
        read = "query($id: ID!) { reviewCycle(by: { id: $id }) { phase } }"
        found = await company.query("hr", read, id=company.encode_id("reviewcycle", "whole"))
        phases.append(found["reviewCycle"]["phase"])
    assert phases == ["SELF", "MANAGER", "MANAGER"]
    closed = await do(company, "reviewCycleAdvance", "reviewCycle { status phase viewerCan }")
    assert closed["reviewCycle"] == {
        "status": "CLOSED",
        "phase": None,
        "viewerCan": ["SHARE", "COMPUTE_FAIRNESS"],
    }


async def test_a_cancelled_cycle_keeps_its_participants(company: Company) -> None:
    await exclude_all_without_manager(company)
    await do(company, "reviewCycleLaunch", LAUNCH)
    cancelled = await do(
        company,
        "reviewCycleCancel",
        "reviewCycle { status phase viewerCan participants { totalCount } }",
        reason="The company is sold.",
    )
    assert cancelled["reviewCycle"] == {
        "status": "CANCELLED",
        "phase": None,
        "viewerCan": [],
        "participants": {"totalCount": 3},
    }
