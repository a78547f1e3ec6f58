"""The closure tables equal a walk through the references, after any sequence of moves."""

from collections.abc import Iterator
from datetime import date, timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from domain.kernel.access import EVERYBODY
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TeamId, TenantId
from domain.organizations import Organization
from domain.people import LineKind, Person
from domain.teams import Team
from persistence.unit_of_work import work as unit
from tests.conftest import SAVE, OpenWork, SaveAggregates
from tests.factories.actors import NOW, an_admin
from tests.factories.organizations import an_organization
from tests.factories.people import a_person, add_reporting_line
from tests.factories.teams import a_team
from tests.factories.tenants import a_registered_tenant

pytestmark = pytest.mark.anyio
few_examples = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

SIZE = 6
EPOCH_LENGTH = timedelta(days=100)
FIRST_DAY = date(2020, 1, 1)

Parents = list[int | None]


@some.composite
def forests(draw: some.DrawFn) -> Parents:
    """Draw a forest of a few nodes, as the parent of each."""
    order = draw(some.permutations(range(SIZE)))
    parents: Parents = [None] * SIZE
    for place, node in enumerate(order):
        above = draw(some.integers(-1, place - 1))
        parents[node] = order[above] if above >= 0 else None
    return parents


def walk_ancestors(parents: Parents, node: int) -> Iterator[tuple[int, int]]:
    depth, above = 1, parents[node]
    while above is not None:
        yield above, depth
        depth, above = depth + 1, parents[above]


@few_examples
@given(epochs=some.lists(forests(), min_size=1, max_size=4), order=some.permutations(range(SIZE)))
async def test_the_reporting_line_is_right_on_every_day(
    writing: asyncpg.Pool, owner: asyncpg.Connection, epochs: list[Parents], order: list[int]
) -> None:
    tenant_id = await a_registered_tenant(owner)
    people = [a_person(tenant_id, f"P{number}") for number in range(SIZE)]
    async with unit.work(writing, an_admin(tenant_id), now=NOW) as open:
        for each in people:
            await open.add(each, to=SAVE)
        for number, parents in enumerate(epochs):
            changing = [node for node in order if find_manager(people, node) != parents[node]]
            for node in changing:
                end_lines(people[node], FIRST_DAY + number * EPOCH_LENGTH)
                await open.flush()
            for node in changing:
                above = parents[node]
                if above is not None:
                    add_reporting_line(
                        people[node], people[above], FIRST_DAY + number * EPOCH_LENGTH
                    )
                await open.flush()
        rows = await (await open.get_connection()).fetch("SELECT * FROM reporting_closure")

    for number, parents in enumerate(epochs):
        for day in (
            FIRST_DAY + number * EPOCH_LENGTH,
            FIRST_DAY + (number + 1) * EPOCH_LENGTH - timedelta(1),
        ):
            found = {
                (row["descendant_id"], row["ancestor_id"], row["depth"])
                for row in rows
                if row["starts_on"] <= day and (row["ends_on"] is None or day < row["ends_on"])
            }
            assert found == {
                (people[node].id, people[above].id, depth)
                for node in range(SIZE)
                for above, depth in walk_ancestors(parents, node)
            }


def find_manager(people: list[Person], node: int) -> int | None:
    current = [line.manager_id for line in people[node].lines if line.ends_on is None]
    return next((number for number, each in enumerate(people) if each.id in current), None)


def end_lines(person: Person, day: date) -> None:
    for line in person.lines:
        line.ends_on = line.ends_on or day


@few_examples
@given(before=forests(), after=forests(), order=some.permutations(range(SIZE)))
async def test_a_tree_is_right_after_every_move(
    writing: asyncpg.Pool,
    owner: asyncpg.Connection,
    before: Parents,
    after: Parents,
    order: list[int],
) -> None:
    tenant_id = await a_registered_tenant(owner)
    unit_ = an_organization(tenant_id)
    teams = [a_team(unit_, f"T{number}") for number in range(SIZE)]
    parents: Parents = [None] * SIZE
    async with unit.work(writing, an_admin(tenant_id), now=NOW) as open:
        for each in (unit_, *teams):
            await open.add(each, to=SAVE)
        await open.flush()
        for wanted in (before, after):
            for node in order:
                above = wanted[node]
                if above is not None and node in {
                    above,
                    *(each for each, _ in walk_ancestors(parents, above)),
                }:
                    continue
                parents[node] = above
                teams[node].parent_id = TeamId(teams[above].id) if above is not None else None
            await open.flush()
            rows = await (await open.get_connection()).fetch("SELECT * FROM team_closure")
            assert {(row["descendant_id"], row["ancestor_id"], row["depth"]) for row in rows} == {
                (teams[node].id, teams[above].id, depth)
                for node in range(SIZE)
                for above, depth in [(node, 0), *walk_ancestors(parents, node)]
            }


async def test_only_the_primary_line_counts_and_a_superseded_one_does_not(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    boss, lead, mara = (a_person(tenant_id, name) for name in ("Boss", "Lead", "Mara"))
    add_reporting_line(lead, boss)
    add_reporting_line(mara, boss, date(2021, 1, 1), date(2021, 1, 1))
    add_reporting_line(mara, lead, date(2021, 1, 1))
    add_reporting_line(mara, boss, kind=LineKind.DOTTED)
    await keep(mara, lead, boss)

    async with work(an_admin(tenant_id)) as open:
        above = await open.managers_between(mara.id, date(2020, 6, 1), None)
        before = await open.managers_between(mara.id, date(2020, 1, 1), date(2021, 1, 1))
    assert (set(above), set(before)) == ({lead.id, boss.id}, set())


async def test_a_cycle_that_slipped_through_breaks_the_work(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    add_reporting_line(mara, ben)
    await keep(ben, mara)

    with pytest.raises(Invalid) as raised:
        async with work(an_admin(tenant_id)) as open:
            add_reporting_line(await open.get(Person, ben.id, to=Action("x", EVERYBODY)), mara)
    assert raised.value.code is Code.REFERENCE_CYCLE


@pytest.mark.parametrize("kind", [Organization, Team])
async def test_the_ancestors_come_nearest_first(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId, kind: type[Organization] | type[Team]
) -> None:
    top = an_organization(tenant_id)
    middle = an_organization(tenant_id, "MID", top)
    low = an_organization(tenant_id, "LOW", middle)
    upper = a_team(low)
    lower = a_team(low, "Night", upper)
    await keep(top, middle, low, upper, lower)
    asked, expected = {
        Organization: (low.id, [middle.id, top.id]),
        Team: (lower.id, [upper.id]),
    }[kind]

    async with work(an_admin(tenant_id)) as open:
        assert await open.ancestors(kind, asked) == expected
