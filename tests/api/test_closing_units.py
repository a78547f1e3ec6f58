"""What belongs to a unit or a team ends with it, also when both change at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from domain import organizations, people, teams
from domain.kernel.errors import Refusal
from domain.organizations import Organization
from domain.teams import Team
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.factories.actors import NOW, an_admin

WAITS_FOR_LOCK = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
AUTUMN = date(2026, 10, 1)


class Yard:
    """A unit with a team, and a closed team in both, that changes are raced about."""

    def __init__(self, company: Company, writing: asyncpg.Pool) -> None:
        self.company, self.writing = company, writing
        self.person_id = company.people["mara"].id
        self.free: dict[str, Any] = {}

    async def build(self, number: int = 0) -> None:
        """Build the unit and the teams anew."""
        async with self.begin() as work:
            code = f"Y{number}"
            self.unit = await _create_unit(work, code, None)
            self.unit_beside = await _create_unit(work, f"{code}B", None)
            self.unit_closed = await _create_unit(work, f"{code}C", self.unit)
            await organizations.close(work, self.unit_closed.id)
            self.team = await _create_team(work, self.unit_beside, None)
            self.team_beside = await _create_team(work, self.unit_beside, None)
            self.team_closed = await _create_team(work, self.unit_beside, self.team)
            self.team_of_unit = await _create_team(work, self.unit, None)
            for each in (self.team_closed, self.team_of_unit):
                await teams.close(work, each.id)

    def begin(self) -> Any:
        """Begin a unit of work of an admin."""
        return unit.work(self.writing, an_admin(self.company.tenant_id), now=NOW)

    async def attempt(self, change: "Change") -> str:
        """Make a change in a unit of work of its own, and return the outcome."""
        try:
            async with self.begin() as work:
                await change(self, work)
        except Refusal as refusal:
            return str(refusal.code)
        return "done"


Change = Callable[[Yard, Any], Awaitable[Any]]


async def _create_unit(work: Any, code: str, above: Organization | None) -> Organization:
    return await organizations.create(
        work, kind="site", code=code, name=code, parent_id=above.id if above else None
    )


async def _create_team(work: Any, within: Organization, above: Team | None) -> Team:
    return await teams.create(
        work, organization_id=within.id, parent_id=above.id if above else None, name="Crane"
    )


def close_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.close_organization(work, yard.unit.id)


def close_team(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.close(work, yard.team.id)


def hire_into_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    return people.hire(work, given_name="Nia", organization_id=yard.unit.id)


def move_person_to_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    return people.change_job(work, yard.person_id, {"organization_id": yard.unit.id})


def plan_transfer_to_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    facts = {"organization_id": yard.unit.id}
    return people.change_job(work, yard.person_id, facts, effective_on=AUTUMN)


def create_team_in_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    return _create_team(work, yard.unit, None)


def move_team_to_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.move(work, yard.team_beside.id, organization_id=yard.unit.id)


def reopen_team_of_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.reopen(work, yard.team_of_unit.id)


def extend_team_of_unit(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.close(work, yard.team_of_unit.id, ends_on=AUTUMN)


def create_unit_below(yard: Yard, work: Any) -> Awaitable[Any]:
    return _create_unit(work, "NEW", yard.unit)


def move_unit_below(yard: Yard, work: Any) -> Awaitable[Any]:
    return organizations.move(work, yard.unit_beside.id, parent_id=yard.unit.id)


def reopen_unit_below(yard: Yard, work: Any) -> Awaitable[Any]:
    return organizations.reopen(work, yard.unit_closed.id)


def create_team_below(yard: Yard, work: Any) -> Awaitable[Any]:
    return _create_team(work, yard.unit_beside, yard.team)


def move_team_below(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.move(work, yard.team_beside.id, parent_id=yard.team.id)


def reopen_team_below(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.reopen(work, yard.team_closed.id)


def add_member(yard: Yard, work: Any) -> Awaitable[Any]:
    return teams.add_member(work, yard.team.id, yard.person_id)


RACES: list[tuple[Change, Change, str, str]] = [
    (close_unit, hire_into_unit, "INVALID", "STATE_CONFLICT"),
    (close_unit, move_person_to_unit, "INVALID", "STATE_CONFLICT"),
    (close_unit, plan_transfer_to_unit, "INVALID", "STATE_CONFLICT"),
    (close_unit, create_team_in_unit, "INVALID", "STATE_CONFLICT"),
    (close_unit, move_team_to_unit, "INVALID", "STATE_CONFLICT"),
    (close_unit, reopen_team_of_unit, "STATE_CONFLICT", "STATE_CONFLICT"),
    (close_unit, extend_team_of_unit, "OUT_OF_RANGE", "OUT_OF_RANGE"),
    (close_unit, create_unit_below, "INVALID", "STATE_CONFLICT"),
    (close_unit, move_unit_below, "INVALID", "STATE_CONFLICT"),
    (close_unit, reopen_unit_below, "STATE_CONFLICT", "STATE_CONFLICT"),
    (close_team, create_team_below, "INVALID", "STATE_CONFLICT"),
    (close_team, move_team_below, "INVALID", "STATE_CONFLICT"),
    (close_team, reopen_team_below, "STATE_CONFLICT", "STATE_CONFLICT"),
]
"""A change that closes and one that fills, and how each is refused after the other."""


@pytest.fixture
async def yard(company: Company, writing: asyncpg.Pool) -> Yard:
    built = Yard(company, writing)
    await built.build()
    return built


@pytest.mark.parametrize(
    ("close", "fill", "fill_refusal", "close_refusal"),
    RACES,
    ids=lambda each: getattr(each, "__name__", ""),
)
@pytest.mark.parametrize("closes_first", ["closes first", "fills first"])
async def test_of_closing_and_filling_only_the_first_succeeds(  # noqa: PLR0917 - a table
    yard: Yard,
    owner: Any,
    close: Change,
    fill: Change,
    fill_refusal: str,
    close_refusal: str,
    closes_first: str,
) -> None:
    first, second = (close, fill) if closes_first == "closes first" else (fill, close)
    async with yard.begin() as work:
        await first(yard, work)
        other = asyncio.create_task(yard.attempt(second))
        while not other.done() and not await owner.fetchval(WAITS_FOR_LOCK):  # noqa: ASYNC110 - the server waits
            await asyncio.sleep(0)
    assert await other == (fill_refusal if first is close else close_refusal)


async def test_of_changes_at_the_same_moment_only_one_succeeds(yard: Yard) -> None:
    races = [*RACES, (close_team, add_member, "", "")]
    for number, (close, fill, *_) in zip(range(1, 21), races * 2, strict=False):
        await yard.build(number)
        outcomes = await asyncio.gather(yard.attempt(close), yard.attempt(fill))
        assert outcomes.count("done") == 1, (close.__name__, fill.__name__, outcomes)


async def test_nothing_is_placed_below_what_has_ended(yard: Yard) -> None:
    company = yard.company
    units, closed = company.units, company.units["closed"]
    changes: list[Change] = [
        lambda _, work: _create_unit(work, "NEW", closed),
        lambda _, work: organizations.move(work, units["dock"].id, parent_id=closed.id),
        lambda _, work: _create_team(work, units["ops"], company.teams["closed"]),
        lambda _, work: teams.move(
            work, company.teams["night"].id, parent_id=company.teams["closed"].id
        ),
    ]
    for each in changes:
        assert await yard.attempt(each) == "INVALID"
    assert closed.ends_on == date(2026, 6, 1)


END_ERRORS = [{"code": "OUT_OF_RANGE", "field": ["endsOn"]}]
DAYS_OF_A_UNIT = ("2019-01-01", "2026-11-30")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fields"),
    [
        (None, "2026-11-30", []),
        (None, None, ["endsOn"]),
        (None, "2026-12-01", ["endsOn"]),
        ("2018-12-31", "2026-11-30", ["startsOn"]),
    ],
)
async def test_a_unit_and_a_team_lie_within_the_unit_above(
    company: Company, starts_on: str | None, ends_on: str | None, fields: list[str]
) -> None:
    dock = company.encode_id("org", "dock")
    closed = await company.mutate(
        "hr", "organizationClose", "organization { endsOn }", id=dock, endsOn=DAYS_OF_A_UNIT[1]
    )
    assert closed["errors"] == []
    days = {"startsOn": starts_on, "endsOn": ends_on}
    made = [
        await company.mutate("hr", verb, f"{kind} {{ endsOn }}", **input, **days)
        for verb, kind, input in (
            (
                "organizationCreate",
                "organization",
                {"kind": "SITE", "code": "N", "name": "N", "parentId": dock},
            ),
            ("teamCreate", "team", {"name": "N", "organizationId": dock}),
        )
    ]
    for payload in made:
        assert [each["field"] for each in payload["errors"]] == [[each] for each in fields]
        assert {each["code"] for each in payload["errors"]} <= {"OUT_OF_RANGE"}


async def test_the_reopening_of_a_unit_or_team_is_offered_below_open_ones_only(
    company: Company, writing: asyncpg.Pool
) -> None:
    document = """query($unit: ID!, $team: ID!) {
        organization(by: {id: $unit}) { viewerCan } team(by: {id: $team}) { viewerCan }
    }"""
    ids = {"unit": company.encode_id("org", "dock"), "team": company.encode_id("team", "night")}
    for verb, id in (("teamClose", ids["team"]), ("organizationClose", ids["unit"])):
        kind = verb.removesuffix("Close")
        payload = await company.mutate("hr", verb, f"{kind} {{ id }}", id=id)
        assert payload["errors"] == []

    async def list_reopenable() -> list[bool]:
        found = await company.query("hr", document, **ids)
        return ["REOPEN" in each["viewerCan"] for each in found.values()]

    assert await list_reopenable() == [True, True]
    async with Yard(company, writing).begin() as work:
        for above in (company.units["ops"], company.teams["dispatch"]):
            found = await work.get(type(above), above.id, to=type(above).CLOSE)
            found.close(date(2026, 12, 1))
    assert await list_reopenable() == [False, False]
    for verb, id in (("teamReopen", ids["team"]), ("organizationReopen", ids["unit"])):
        kind = verb.removesuffix("Reopen")
        payload = await company.mutate("hr", verb, f"{kind} {{ id }}", id=id)
        assert [each["code"] for each in payload["errors"]] == ["STATE_CONFLICT"]
