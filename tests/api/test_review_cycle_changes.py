"""Managers who change in a running cycle, and periods that are extended."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from domain.kernel.background_tasks import build_system_actor
from domain.kernel.followed_lines import FOLLOW_LINES
from domain.reviews.cycles import FOLLOW_TASK, OPEN_TASK
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.test_review_cycle_launch import do, exclude_all_without_manager, run_task

NOW = datetime(2026, 7, 1, tzinfo=UTC)
"""The day of the worker. Requests of the tests come on the fifteenth of June."""

PACKET = """query($id: ID!) { reviewCycle(by: { id: $id }) {
  packets(where: { subject: { givenName: { eq: "Mara" } } }) { nodes {
    id status dueOn lastDay isManagerNamed manager { name }
    reviews { nodes { id direction status dueOn days writer { name } } }
    history(first: 1) { nodes { action effectiveOn changes { field before after } } }
  } } } }"""
PACKET_ID = "reviewPacket { id }"
TAKE_TASKS = """WITH taken AS (DELETE FROM background_tasks WHERE tenant_id = $1 RETURNING kind)
SELECT array_agg(kind ORDER BY kind) FROM taken"""
TASKS = """{ viewer { tasks(where: { kind: { in: [REVIEW, REVIEW_SHARE] } }) { nodes { kind
  subject { ... on Review { subject { name } } ... on ReviewPacket { subject { name } } } } } } }"""


async def read_packet(company: Company) -> dict[str, Any]:
    """Return the packet of Mara as HR reads it, with its forms as (direction, writer, status)."""
    found = await company.query("hr", PACKET, id=company.encode_id("reviewcycle", "whole"))
    (packet,) = found["reviewCycle"]["packets"]["nodes"]
    packet["forms"] = {
        (each["direction"], each["writer"]["name"].split()[0], each["status"])
        for each in packet["reviews"]["nodes"]
    }
    return dict(packet)


async def list_tasks(company: Company, who: str) -> set[str]:
    """Return the kinds of tasks of somebody that are about Mara."""
    found = (await company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
    return {each["kind"] for each in found if each["subject"]["subject"]["name"] == "Mara Okafor"}


async def launch(company: Company, writing: asyncpg.Pool, rule: str, **changes: Any) -> None:
    """Launch a cycle with this rule, and open its packets."""
    await exclude_all_without_manager(company, changeRule=rule, **changes)
    await do(company, "reviewCycleLaunch", "reviewCycle { status }")
    await run_task(writing, company, OPEN_TASK, NOW)


async def assign(company: Company, manager: str, starts_on: str) -> None:
    """Give Mara another manager."""
    ids = {"id": company.encode_id("person", "mara")}
    ids["managerId"] = company.encode_id("person", manager)
    payload = await company.mutate(
        "hr", "personAssignManager", "person { id }", **ids, startsOn=starts_on
    )
    assert payload["errors"] == []


async def test_an_open_form_and_the_decision_move_to_the_new_manager(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, "TRANSFER")
    tasks = {who: await list_tasks(company, who) for who in ("boss", "lead")}
    await assign(company, "lead", "2026-06-20")
    await run_task(writing, company, FOLLOW_TASK, datetime(2026, 6, 19, tzinfo=UTC))
    assert (await read_packet(company))["manager"] == {"name": "Boss Okafor"}  # not yet
    for _ in range(2):  # the second run finds nothing to do
        await run_task(writing, company, FOLLOW_TASK, NOW)
        packet = await read_packet(company)
        assert packet["manager"] == {"name": "Lead Okafor"}
        assert packet["forms"] == {
            ("SELF", "Mara", "NOT_STARTED"),
            ("MANAGER", "Boss", "CANCELLED"),
            ("MANAGER", "Lead", "NOT_STARTED"),
        }
    (entry,) = packet["history"]["nodes"]
    changed = {each["field"]: each["after"] for each in entry["changes"]}
    assert (entry["action"], entry["effectiveOn"]) == ("TRANSFERRED", "2026-06-20")
    assert changed == {
        "managerId": company.encode_id("person", "lead"),
        "reason": "The person has another manager. The cycle says TRANSFER.",
    }
    assert await list_tasks(company, "lead") - tasks["lead"] == {"REVIEW", "REVIEW_SHARE"}


async def test_both_managers_write_and_the_former_one_for_the_days_until_the_change(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, "BOTH")
    await assign(company, "lead", "2026-06-20")
    await run_task(writing, company, FOLLOW_TASK, NOW)
    packet = await read_packet(company)
    assert packet["forms"] == {
        ("SELF", "Mara", "NOT_STARTED"),
        ("INTERIM", "Boss", "NOT_STARTED"),
        ("MANAGER", "Lead", "NOT_STARTED"),
    }
    (interim,) = (each for each in packet["reviews"]["nodes"] if each["direction"] == "INTERIM")
    assert interim["days"] == 170  # from the first of January until the nineteenth of June


@pytest.mark.parametrize(
    ("rule", "cut_off"), [("KEEP", None), ("TRANSFER", "2026-06-20"), ("BOTH", "2026-06-16")]
)
async def test_nothing_moves_by_the_rule_keep_or_from_the_cut_off_on(
    company: Company, writing: asyncpg.Pool, rule: str, cut_off: str | None
) -> None:
    await launch(company, writing, rule, cutOffOn=cut_off)
    before = await read_packet(company)
    await assign(company, "lead", "2026-06-20")
    await run_task(writing, company, FOLLOW_TASK, NOW)
    assert await read_packet(company) == before


async def test_nothing_is_guessed_where_nobody_is_above_the_person(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, "TRANSFER")
    before = await read_packet(company)
    ids = {"id": company.encode_id("person", "boss")}
    gone = await company.mutate("hr", "personDepart", "person { id }", **ids, lastDay="2026-06-24")
    assert gone["errors"] == []
    await run_task(writing, company, FOLLOW_TASK, NOW)
    assert await read_packet(company) == before


async def test_a_decision_stays_with_the_manager_who_took_it(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, "TRANSFER")
    packet = await read_packet(company)
    decided = await company.mutate("boss", "reviewDecide", PACKET_ID, id=packet["id"])
    assert decided["errors"] == []
    await assign(company, "lead", "2026-06-20")
    await run_task(writing, company, FOLLOW_TASK, NOW)
    assert (await read_packet(company))["manager"] == {"name": "Boss Okafor"}


async def test_a_change_of_lines_lets_running_cycles_look_again(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, "TRANSFER")
    await assign(company, "lead", "2026-06-20")
    actor = build_system_actor(company.tenant_id, NOW.date(), TASK_HANDLERS[FOLLOW_LINES])
    async with unit.work(writing, actor, now=NOW) as begun:
        connection = await begun.get_connection()
        (kinds,) = await connection.fetchrow(TAKE_TASKS, company.tenant_id)
        assert FOLLOW_LINES in kinds
        await TASK_HANDLERS[FOLLOW_LINES].run(begun)
    async with unit.work(writing, actor, now=NOW) as begun:
        connection = await begun.get_connection()
        (kinds,) = await connection.fetchrow(TAKE_TASKS, company.tenant_id)
        assert set(kinds) == {FOLLOW_TASK}  # of the cycle and of others
        assert len(kinds) > 1


async def test_hr_names_a_manager_by_hand_whom_no_reporting_line_replaces(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, "TRANSFER")
    packet = (await read_packet(company))["id"]
    mara, lead = (company.encode_id("person", each) for each in ("mara", "lead"))
    for given, field in (
        ({"managerId": mara, "reason": "Hm."}, ["managerId"]),
        ({"managerId": lead, "reason": " "}, ["reason"]),
        ({"managerId": lead, "reason": "Hm.", "interimDays": 0}, ["interimDays"]),
        ({"managerId": company.encode_id("person", "boss"), "reason": "Hm."}, ["managerId"]),
        ({"managerId": company.encode_id("person", "alumna"), "reason": "Hm."}, ["managerId"]),
    ):
        refused = await company.mutate("hr", "reviewTransfer", PACKET_ID, id=packet, **given)
        assert [each["field"] for each in refused["errors"]] == [field]
    hidden = await company.mutate(
        *("peer", "reviewTransfer", PACKET_ID), id=packet, managerId=lead, reason="Me."
    )
    assert [each["code"] for each in hidden["errors"]] == ["NOT_FOUND"]
    moved = await company.mutate(
        *("hr", "reviewTransfer", "reviewPacket { manager { name } }"),
        id=packet,
        managerId=lead,
        reason="Boss is ill for months.",
        interimDays=120,
    )
    assert moved == {"errors": [], "reviewPacket": {"manager": {"name": "Lead Okafor"}}}
    await assign(company, "peer", "2026-06-20")
    await run_task(writing, company, FOLLOW_TASK, NOW)
    found = await read_packet(company)
    assert (found["manager"], found["isManagerNamed"]) == ({"name": "Lead Okafor"}, True)
    days = {each["direction"]: each["days"] for each in found["reviews"]["nodes"]}
    assert days == {"SELF": None, "INTERIM": 120, "MANAGER": None}


async def test_hr_gives_a_review_more_time(company: Company, writing: asyncpg.Pool) -> None:
    await launch(company, writing, "KEEP")
    packet = await read_packet(company)
    extended = await company.mutate(
        *("hr", "reviewExtend", PACKET_ID),
        id=packet["id"],
        dueOn="2026-08-25",
        lastDay="2026-07-10",
        reason="Ten days too few.",
    )
    assert extended["errors"] == []
    found = await read_packet(company)
    assert (found["dueOn"], found["lastDay"]) == ("2026-08-25", "2026-07-10")
    due = {each["direction"]: each["dueOn"] for each in found["reviews"]["nodes"]}
    assert due == {"SELF": "2026-07-25", "MANAGER": "2026-08-25"}
    refused = await company.mutate(
        *("boss", "reviewExtend", PACKET_ID),
        id=packet["id"],
        dueOn="2026-09-01",
        reason="I",
    )
    assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"]


async def test_a_longer_period_lets_somebody_with_too_few_days_be_reviewed(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing, "KEEP", minDays=190)
    mara = company.encode_id("person", "mara")
    shown = "reviewParticipant { status days lastDay dueOn }"
    for last_day, due_on, code in (
        ("2026-06-30", "2026-08-15", "OUT_OF_RANGE"),
        ("2026-07-15", "2026-08-14", "OUT_OF_RANGE"),
        ("2026-07-01", "2026-08-15", "STATE_CONFLICT"),
    ):
        refused = await company.mutate(
            *("hr", "reviewCycleExtendParticipant", "reviewCycle { id }"),
            id=company.encode_id("reviewcycle", "whole"),
            personId=mara,
            lastDay=last_day,
            dueOn=due_on,
            reason="Hired late.",
        )
        assert [each["code"] for each in refused["errors"]] == [code]
    extended = await do(
        company,
        "reviewCycleExtendParticipant",
        shown,
        personId=mara,
        lastDay="2026-07-15",
        dueOn="2026-08-30",
        reason="Hired late.",
    )
    assert extended["reviewParticipant"] == {
        "status": "ACTIVE",
        "days": 196,
        "lastDay": "2026-07-15",
        "dueOn": "2026-08-30",
    }
    await run_task(writing, company, OPEN_TASK, NOW)
    packet = await read_packet(company)
    assert (packet["lastDay"], packet["dueOn"]) == ("2026-07-15", "2026-08-30")
    due = {each["direction"]: each["dueOn"] for each in packet["reviews"]["nodes"]}
    assert due == {"SELF": "2026-07-30", "MANAGER": "2026-08-30"}
