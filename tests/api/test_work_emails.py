"""One work e-mail belongs to one working person, also when two changes race for it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain import people
from domain.kernel.errors import Invalid
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.factories.actors import NOW, an_admin

ADDRESS = "shared@meridian.example"
WAITS_FOR_LOCK = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"


async def change_address(writing: asyncpg.Pool, company: Company, who: str) -> str:
    """Give somebody the address, and return the outcome."""
    try:
        async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
            await people.edit(begun, company.people[who].id, work_email=ADDRESS)
    except Invalid as refusal:
        return str(refusal.code)
    return "done"


async def test_two_people_never_get_one_address_even_if_one_is_about_to_leave(
    company: Company, writing: asyncpg.Pool, owner: Any
) -> None:
    for name in ("mara", "peer"):  # no unique index covers somebody with a last day
        payload = await company.mutate(
            "hr",
            "personDepart",
            "person { id }",
            id=company.encode_id("person", name),
            lastDay="2026-12-31",
        )
        assert payload["errors"] == []
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        await people.edit(begun, company.people["mara"].id, work_email=ADDRESS)
        second = asyncio.create_task(change_address(writing, company, "peer"))
        while not second.done() and not await owner.fetchval(WAITS_FOR_LOCK):  # noqa: ASYNC110 - the server waits
            await asyncio.sleep(0)
    assert await second == "NOT_UNIQUE"
    found = await company.query(
        "hr", "query($e: String!) { person(by: { workEmail: $e }) { name } }", e=ADDRESS
    )
    assert found["person"]["name"] == "Mara Okafor"


@pytest.mark.parametrize("who", ["hr", "mara"])
async def test_a_look_up_by_address_survives_duplicates(
    company: Company, owner: Any, who: str
) -> None:
    """Databases from before the lock may hold two working people with one address."""
    ids = [company.people[each].id for each in ("mara", "peer")]
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        await owner.execute(
            "UPDATE people SET work_email = $2, work_email_folded = $2, left_on = '2026-12-31',"
            " hired_on = CASE id WHEN $3 THEN DATE '2026-07-01' ELSE hired_on END"
            " WHERE tenant_id = $1 AND id = ANY($4)",
            company.tenant_id,
            ADDRESS,
            min(ids),
            ids,
        )
    found = await company.query(
        who, "query($e: String!) { person(by: { workEmail: $e }) { id } }", e=ADDRESS
    )
    works_here = "mara" if ids[0] == max(ids) else "peer"
    assert found["person"]["id"] == company.encode_id("person", works_here)
