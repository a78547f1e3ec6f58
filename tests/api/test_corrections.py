"""Corrections of the past through the graph: who reads them, and what happens at once."""

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pytest

from domain import corrections, people
from domain.kernel.errors import Invalid
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.factories.actors import NOW, an_admin

ADDRESS = "shared@meridian.example"
WAITS_FOR_LOCK = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
HISTORY = """query($id: ID!) { person(by: {id: $id}) {
    history(first: 1) { nodes { action effectiveOn changes { field before after } } }
} }"""


def build_correction(company: Company, who: str, **days: str) -> dict[str, Any]:
    person = company.people[who]
    return {
        "id": company.encode_id("person", who),
        "employmentId": company.encode_part_id("employment", person.employments),
        "reason": "The contract says so.",
        **days,
    }


async def test_the_entry_has_the_reason_and_both_values(company: Company) -> None:
    input = build_correction(company, "mara", hiredOn="2019-12-01")
    payload = await company.mutate("hr", "personCorrectEmployment", "person { hiredOn }", **input)
    assert payload == {"person": {"hiredOn": "2019-12-01"}, "errors": []}
    for who in ("hr", "mara"):
        found = await company.query(who, HISTORY, id=input["id"])
        (entry,) = found["person"]["history"]["nodes"]
        assert entry == {
            "action": "EMPLOYMENT_CORRECTED",
            "effectiveOn": None,
            "changes": [
                {"field": "reason", "before": None, "after": "The contract says so."},
                {"field": "hiredOn", "before": "2020-01-01", "after": "2019-12-01"},
                {
                    "field": "employments",
                    "before": [{"id": input["employmentId"], "hiredOn": "2020-01-01"}],
                    "after": [{"id": input["employmentId"], "hiredOn": "2019-12-01"}],
                },
            ],
        }


async def test_an_admin_who_may_not_see_employment_reads_no_entry(company: Company) -> None:
    before = await company.query("admin", HISTORY, id=company.encode_id("person", "mara"))
    input = build_correction(company, "mara", hiredOn="2019-12-01")
    await company.mutate("hr", "personCorrectEmployment", "person { id }", **input)
    assert await company.query("admin", HISTORY, id=input["id"]) == before


async def test_a_refused_correction_changes_nothing(company: Company) -> None:
    read = "query($id: ID!) { person(by: {id: $id}) { version hiredOn employments { hiredOn } } }"
    input = build_correction(company, "mara", hiredOn="2026-06-10")
    before = await company.query("hr", read, id=input["id"])
    payload = await company.mutate("hr", "personCorrectEmployment", "person { id }", **input)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("OUT_OF_RANGE", ["hiredOn"]),
    ]
    assert await company.query("hr", read, id=input["id"]) == before


async def test_a_manager_begins_no_later_than_the_lines_of_the_reports(company: Company) -> None:
    input = build_correction(company, "boss", hiredOn="2026-06-02")
    read = "query($id: ID!) { person(by: {id: $id}) { version hiredOn reports { totalCount } } }"
    before = await company.query("hr", read, id=input["id"])
    payload = await company.mutate("hr", "personCorrectEmployment", "person { id }", **input)
    (error,) = payload["errors"]
    assert (error["code"], error["field"]) == ("OUT_OF_RANGE", ["hiredOn"])
    name = company.people["mara"].name
    assert f"reporting line of {name} from 2026-06-01" in error["message"]
    assert await company.query("hr", read, id=input["id"]) == before


async def take_address(writing: asyncpg.Pool, company: Company) -> str:
    """Give the address of somebody who has left to somebody else, and return the outcome."""
    try:
        async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
            await people.edit(begun, company.people["mara"].id, work_email=ADDRESS)
    except Invalid as refusal:
        return str(refusal.code)
    return "done"


async def test_nobody_gets_an_address_whose_holder_has_not_left_after_all(
    company: Company, writing: asyncpg.Pool, owner: Any
) -> None:
    alumna = company.people["alumna"]
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        await people.edit(begun, alumna.id, work_email=ADDRESS)
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        await corrections.correct_employment(
            begun,
            alumna.id,
            alumna.employments[0].id,
            "She stays until the end of the year.",
            left_on=date(2027, 1, 1),
        )
        second = asyncio.create_task(take_address(writing, company))
        while not second.done() and not await owner.fetchval(WAITS_FOR_LOCK):  # noqa: ASYNC110 - the server waits
            await asyncio.sleep(0)
    assert await second == "NOT_UNIQUE"


@pytest.mark.parametrize("who", ["hr_far", "admin", "boss", "mara"])
async def test_others_correct_nothing(company: Company, who: str) -> None:
    input = build_correction(company, "mara", hiredOn="2019-12-01")
    payload = await company.mutate(who, "personCorrectEmployment", "person { id }", **input)
    assert [each["code"] for each in payload["errors"]] == ["NOT_PERMITTED"]


def add_past_line(company: Company, who: str, manager: str, **days: str) -> Any:
    return company.mutate(
        "hr",
        "personAddPastLine",
        "person { reportingLines { kind startsOn endsOn manager { name } } } line { startsOn }",
        id=company.encode_id("person", who),
        managerId=company.encode_id("person", manager),
        reason="Entered late.",
        **days,
    )


async def test_a_manager_entered_late_has_the_days_between(company: Company) -> None:
    payload = await add_past_line(
        company, "peer", "lead", startsOn="2026-01-01", endsOn="2026-02-28"
    )
    assert payload == {
        "person": {
            "reportingLines": [
                {"kind": "PRIMARY", "startsOn": starts_on, "endsOn": ends_on, "manager": manager}
                for starts_on, ends_on, manager in (
                    ("2020-01-01", "2025-12-31", {"name": "Boss Okafor"}),
                    ("2026-01-01", "2026-02-28", {"name": "Lead Okafor"}),
                    ("2026-03-01", None, {"name": "Boss Okafor"}),
                )
            ]
        },
        "line": {"startsOn": "2026-01-01"},
        "errors": [],
    }
    read = """query($id: ID!, $day: Date) { person(by: {id: $id}) {
        manager(asOf: $day) { name } managementChain(asOf: $day) { name } } }"""
    id = company.encode_id("person", "peer")
    found = await company.query("analyst", read, id=id, day="2026-02-01")
    assert found["person"] == {
        "manager": {"name": "Lead Okafor"},
        "managementChain": [{"name": "Lead Okafor"}],
    }


async def test_two_concurrent_corrections_make_no_cycle(company: Company) -> None:
    days = {"startsOn": "2026-01-01", "endsOn": "2026-02-28"}
    payloads = await asyncio.gather(
        add_past_line(company, "lead", "former", **days),
        add_past_line(company, "former", "lead", **days),
    )
    codes = sorted(each["errors"][0]["code"] if each["errors"] else "" for each in payloads)
    assert codes == ["", "REFERENCE_CYCLE"]


async def test_a_correction_of_a_planned_day_is_a_plan_until_then(company: Company) -> None:
    id = company.encode_id("person", "mara")
    before = [await company.query(who, HISTORY, id=id) for who in ("mara", "admin")]
    line = company.encode_part_id("line", company.people["mara"].lines[1:])
    input = {"id": id, "lineId": line, "endsOn": "2026-12-31", "reason": "Agreed in May."}
    payload = await company.mutate("hr", "personCorrectLine", "person { id }", **input)
    assert payload["errors"] == []
    assert await company.query("mara", HISTORY, id=id) == before[0]
    found = await company.query("admin", HISTORY, id=id)
    (entry,) = found["person"]["history"]["nodes"]
    assert (entry["action"], entry["effectiveOn"]) == ("LINE_CORRECTED", "2027-01-01")


async def test_a_leave_is_corrected_with_both_values_in_the_history(company: Company) -> None:
    id, leave = (
        company.encode_id("person", "peer"),
        company.encode_part_id("leave", company.people["peer"].leaves),
    )
    payload = await company.mutate(
        "hr",
        "personCorrectLeave",
        "person { leaves { startsOn endsOn reason } }",
        id=id,
        leaveId=leave,
        startsOn="2026-05-25",
        endsOn="2026-06-30",
        leaveReason="Parental leave",
        reason="The form came late.",
    )
    assert payload == {
        "person": {
            "leaves": [
                {"startsOn": "2026-05-25", "endsOn": "2026-06-30", "reason": "Parental leave"}
            ]
        },
        "errors": [],
    }
    found = await company.query("peer", HISTORY, id=id)
    assert found["person"]["history"]["nodes"][0] == {
        "action": "LEAVE_CORRECTED",
        "effectiveOn": "2026-05-25",
        "changes": [
            {
                "field": "leaves",
                "before": [{"id": leave, "startsOn": "2026-06-01", "endsOn": None, "reason": None}],
                "after": [
                    {
                        "id": leave,
                        "startsOn": "2026-05-25",
                        "endsOn": "2026-06-30",
                        "reason": "Parental leave",
                    }
                ],
            },
            {"field": "reason", "before": None, "after": "The form came late."},
        ],
    }
