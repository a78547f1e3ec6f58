"""Groups of a cycle whose reviews have days of their own, from the draft to the tasks."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from domain.reviews.cycles import OPEN_TASK
from tests.api.company import Company
from tests.api.test_review_cycle_launch import do, exclude_all_without_manager, run_task
from tests.api.test_review_cycle_packets import NOW, read_packets

DAYS = [
    {"kind": "SELF", "startsOn": "2026-07-08", "lastDay": "2026-07-22"},
    {"kind": "MANAGER", "startsOn": "2026-08-08", "lastDay": "2026-08-22"},
]
TOKYO = {"name": "Tokyo", "timeZones": ["Asia/Tokyo"], "phases": DAYS}
GROUPS = """groups { name timeZones maxWorkingTimeShare organization { name }
  phases { kind startsOn lastDay } }"""
PLAN = """plan { conflicts { code group person: personId } participants { personId group
    reviews { direction dueOn } }
  groups { name participantCount phases { kind lastDay endsAt } } }"""
OWN_DAYS = "{ viewer { reviewCycles { nodes { phases { kind startsOn lastDay } } } } }"
GENERAL = [
    {"kind": "SELF", "startsOn": "2026-07-01", "lastDay": "2026-07-15"},
    {"kind": "MANAGER", "startsOn": "2026-08-01", "lastDay": "2026-08-15"},
]
TASKS = """{ viewer { tasks(where: { kind: { eq: REVIEW } }, orderBy: [{ field: DUE_ON }]) {
  nodes { dueOn subject { ... on Review { direction subject { name } } } } } } }"""


async def move_to_tokyo(company: Company, time_zone: str | None = "Asia/Tokyo") -> None:
    mara = company.encode_id("person", "mara")
    moved = await company.mutate("hr", "personEdit", "person { id }", id=mara, timeZone=time_zone)
    assert moved["errors"] == []


async def read_cycle(company: Company, selection: str) -> Any:
    id = company.encode_id("reviewcycle", "whole")
    query = f"query($id: ID!) {{ reviewCycle(by: {{ id: $id }}) {{ {selection} }} }}"
    return (await company.query("hr", query, id=id))["reviewCycle"]


async def test_the_reviews_of_a_group_are_due_on_its_days_from_the_plan_to_the_tasks(
    company: Company, writing: asyncpg.Pool
) -> None:
    await move_to_tokyo(company)
    half = {**TOKYO, "name": "Half", "timeZones": [], "maxWorkingTimeShare": "0.5"}
    edited = await do(company, "reviewCycleEdit", f"reviewCycle {{ {GROUPS} }}", groups=[TOKYO])
    assert edited["reviewCycle"]["groups"] == [
        {**TOKYO, "maxWorkingTimeShare": None, "organization": None}
    ]
    await exclude_all_without_manager(company, groups=[TOKYO, half])
    plan = (await do(company, "reviewCyclePlan", PLAN))["plan"]
    mara = company.encode_id("person", "mara")
    assert plan["conflicts"] == [{"code": "EMPTY_GROUP", "group": "Half", "person": None}]
    assert {each["personId"]: each["group"] for each in plan["participants"]}.pop(mara) == "Tokyo"
    assert [(each["name"], each["participantCount"]) for each in plan["groups"]] == [
        ("Tokyo", 1),
        ("Half", 0),
    ]
    assert plan["groups"][0]["phases"] == [
        {"kind": "SELF", "lastDay": "2026-07-22", "endsAt": "2026-07-23T12:00:00+00:00"},
        {"kind": "MANAGER", "lastDay": "2026-08-22", "endsAt": "2026-08-23T12:00:00+00:00"},
    ]
    await do(company, "reviewCycleLaunch", "launch { addedCount }")
    await move_to_tokyo(company, None)  # who moves after the launch keeps the days
    await run_task(writing, company, OPEN_TASK, NOW)
    packets = await read_packets(company)
    due = {
        name: (each["dueOn"], sorted(one["dueOn"] for one in each["reviews"]["nodes"]))
        for name, each in packets.items()
    }
    assert due == {
        "Mara": ("2026-08-22", ["2026-07-22", "2026-08-22"]),
        "Boss": ("2026-08-15", ["2026-07-15", "2026-08-15"]),
        "Peer": ("2026-08-15", ["2026-07-15", "2026-08-15"]),
    }
    tasks = (await company.query("boss", TASKS))["viewer"]["tasks"]["nodes"]
    assert {
        (each["subject"]["subject"]["name"].split()[0], each["dueOn"])
        for each in tasks
        if each["subject"]["direction"] == "MANAGER"
    } >= {("Mara", "2026-08-22")}
    found = await read_cycle(company, "participants { nodes { person { name } group { name } } }")
    assert {
        each["person"]["name"].split()[0]: each["group"] for each in found["participants"]["nodes"]
    } == {"Mara": {"name": "Tokyo"}, "Boss": None, "Peer": None}
    for who, days in (("mara", [DAYS]), ("peer", [GENERAL, GENERAL]), ("chief", [])):
        seen = (await company.query(who, OWN_DAYS))["viewer"]["reviewCycles"]["nodes"]
        assert [each["phases"] for each in seen] == days


async def test_a_phase_goes_on_for_all_when_the_last_group_has_finished_it(
    company: Company, pool: asyncpg.Pool
) -> None:
    await exclude_all_without_manager(company, groups=[TOKYO])
    await do(company, "reviewCycleLaunch", "launch { addedCount }")
    phases = []
    for day in (17, 22, 24):
        await run_task(pool, company, "review_cycle.advance", datetime(2026, 7, day, tzinfo=UTC))
        phases.append((await read_cycle(company, "phase"))["phase"])
    assert phases == ["SELF", "SELF", "MANAGER"]


async def test_a_longer_period_is_due_after_the_days_of_the_group(company: Company) -> None:
    await move_to_tokyo(company)
    await exclude_all_without_manager(company, groups=[TOKYO], minDays=190)
    await do(company, "reviewCycleLaunch", "launch { addedCount }")
    mara, shown = company.encode_id("person", "mara"), "reviewParticipant { dueOn group { name } }"
    given = {"personId": mara, "lastDay": "2026-07-15", "reason": "Hired late."}
    id = company.encode_id("reviewcycle", "whole")
    refused = await company.mutate(
        "hr", "reviewCycleExtendParticipant", shown, id=id, dueOn="2026-08-21", **given
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["dueOn"])
    ]
    extended = await do(company, "reviewCycleExtendParticipant", shown, dueOn="2026-08-22", **given)
    assert extended["reviewParticipant"] == {"dueOn": "2026-08-22", "group": {"name": "Tokyo"}}


async def test_groups_with_faults_change_nothing(company: Company) -> None:
    before = await read_cycle(company, f"version {GROUPS}")
    foreign = "org_00000000-0000-0000-0000-000000000001"
    early = [{"kind": "MANAGER", "startsOn": "2026-06-01", "lastDay": "2026-08-15"}]
    refused = await company.mutate(
        "hr",
        "reviewCycleEdit",
        "reviewCycle { id }",
        id=company.encode_id("reviewcycle", "whole"),
        groups=[
            {"name": "Everybody", "phases": DAYS},
            {"name": "Nowhere", "organizationId": foreign, "phases": early},
        ],
    )
    assert [(each["code"], ".".join(each["field"])) for each in refused["errors"]] == [
        ("REFERENCE_NOT_FOUND", "groups.1.organizationId"),
        ("REQUIRED", "groups.0"),
        ("OUT_OF_RANGE", "groups.1.phases.0.startsOn"),
    ]
    assert await read_cycle(company, f"version {GROUPS}") == before
    seen = await company.query("mara", OWN_DAYS)
    assert seen["viewer"]["reviewCycles"]["nodes"] == []
