"""A unit that is closed has no people and teams, also when both change at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from domain import organizations, people, teams
from domain.kernel.errors import Refusal
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.factories.actors import NOW, an_admin

WAITS_FOR_LOCK = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
Change = Callable[[Any, Company], Awaitable[Any]]


def close_dock(work: Any, company: Company) -> Awaitable[Any]:
    return teams.close_organization(work, company.units["dock"].id)


def hire_into_dock(work: Any, company: Company) -> Awaitable[Any]:
    return people.hire(work, given_name="Nia", organization_id=company.units["dock"].id)


def move_to_dock(work: Any, company: Company) -> Awaitable[Any]:
    return people.edit(work, company.people["mara"].id, organization_id=company.units["dock"].id)


def create_team_in_dock(work: Any, company: Company) -> Awaitable[Any]:
    return teams.create(work, organization_id=company.units["dock"].id, name="Crane")


async def change(writing: asyncpg.Pool, company: Company, verb: Change) -> str:
    """Make the change in a unit of work of its own, and return the outcome."""
    try:
        async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
            await verb(begun, company)
    except Refusal as refusal:
        return str(refusal.code)
    return "done"


@pytest.mark.parametrize("fill", [hire_into_dock, move_to_dock, create_team_in_dock])
@pytest.mark.parametrize("closes_first", ["closes first", "fills first"])
async def test_of_closing_and_filling_a_unit_only_the_first_succeeds(
    company: Company, writing: asyncpg.Pool, owner: Any, fill: Change, closes_first: str
) -> None:
    first, second = (close_dock, fill) if closes_first == "closes first" else (fill, close_dock)
    async with unit.work(writing, an_admin(company.tenant_id), now=NOW) as begun:
        await first(begun, company)
        other = asyncio.create_task(change(writing, company, second))
        while not other.done() and not await owner.fetchval(WAITS_FOR_LOCK):  # noqa: ASYNC110 - the server waits
            await asyncio.sleep(0)
    assert await other == ("INVALID" if first is close_dock else "STATE_CONFLICT")


async def test_nothing_is_placed_below_what_has_ended(company: Company, writing: Any) -> None:
    units, closed = company.units, company.units["closed"].id
    changes: list[Change] = [
        lambda work, _: organizations.create(
            work, kind="site", code="NEW", name="New", parent_id=closed
        ),
        lambda work, _: organizations.move(work, units["dock"].id, parent_id=closed),
        lambda work, _: teams.create(
            work,
            organization_id=units["ops"].id,
            parent_id=company.teams["closed"].id,
            name="Crane",
        ),
        lambda work, _: teams.move(
            work, company.teams["night"].id, parent_id=company.teams["closed"].id
        ),
    ]
    for each in changes:
        assert await change(writing, company, each) == "INVALID"
    assert company.units["closed"].ends_on == date(2026, 6, 1)
