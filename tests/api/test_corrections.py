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
