"""Concurrent units of work: one succeeds, the others are refused, and nothing is half done."""

from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from anyio import create_task_group, sleep

from domain import organizations, teams
from domain.goals import Goal
from domain.kernel.errors import Code, Refusal
from domain.kernel.identity import OrganizationId, TenantId
from domain.organizations import Organization
from domain.people import Person, assign_manager
from domain.teams import Team
from persistence.kernel.error_translation import DatabaseUnavailable
from tests.conftest import SAVE, OpenWork, SaveAggregates
from tests.factories.actors import an_actor, an_admin
from tests.factories.goals import a_goal
from tests.factories.organizations import an_organization
from tests.factories.people import a_person
from tests.factories.teams import a_team

pytestmark = pytest.mark.anyio


async def run_concurrently(*tasks: Callable[[], Awaitable[None]]) -> Counter[str]:
    """Run all tasks at the same time; return their results."""
    outcomes: Counter[str] = Counter()

    async def run(task: Callable[[], Awaitable[None]]) -> None:
        try:
            await task()
        except Refusal as refusal:
            outcomes[refusal.code] += 1
        else:
            outcomes["done"] += 1

    async with create_task_group() as group:
        for task in tasks:
            group.start_soon(run, task)
    return outcomes


async def test_of_twenty_identical_inserts_one_succeeds(
    work: OpenWork, tenant_id: TenantId
) -> None:
    async def hire() -> None:
        async with work(an_admin(tenant_id)) as open:
            await open.add(a_person(tenant_id, work_email="same@x.example"), to=SAVE)

    assert await run_concurrently(*[hire] * 20) == {"done": 1, Code.NOT_UNIQUE: 19}
    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Person) == 1
        connection = await open.get_connection()
        assert await connection.fetchval("SELECT count(*) FROM journal") == 1


async def test_of_twenty_identical_changes_one_succeeds(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async def rename() -> None:
        async with work(an_actor(tenant_id, mara)) as open:
            kept = await open.get(Goal, goal.id, to=Goal.EDIT, expected_version=1)
            kept.title = "Renamed"
            kept.record_event("edited")

    assert await run_concurrently(*[rename] * 20) == {"done": 1, Code.VERSION_CONFLICT: 19}
    async with work(an_admin(tenant_id)) as open:
        connection = await open.get_connection()
        assert await connection.fetchval("SELECT version FROM goals") == 2
        assert await connection.fetchval("SELECT count(*) FROM journal WHERE entity = 'goal'") == 2


async def test_two_moves_that_make_a_cycle_only_together(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    top = an_organization(tenant_id)
    east, west = an_organization(tenant_id, "E", top), an_organization(tenant_id, "W", top)
    await keep(top, east, west)

    def move(unit: Organization, below: Organization) -> Callable[[], Awaitable[None]]:
        async def moved() -> None:
            async with work(an_admin(tenant_id)) as open:
                await organizations.move(open, unit.id, parent_id=below.id)

        return moved

    assert await run_concurrently(move(east, west), move(west, east)) == {
        "done": 1,
        Code.REFERENCE_CYCLE: 1,
    }


async def test_two_moves_of_teams_that_make_a_cycle_only_together(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    unit = an_organization(tenant_id)
    day, night = a_team(unit, "Day"), a_team(unit, "Night")
    await keep(unit, day, night)

    def move(team: Team, below: Team) -> Callable[[], Awaitable[None]]:
        async def moved() -> None:
            async with work(an_admin(tenant_id)) as open:
                await teams.move(open, team.id, organization_id=unit.id, parent_id=below.id)

        return moved

    assert await run_concurrently(move(day, night), move(night, day)) == {
        "done": 1,
        Code.REFERENCE_CYCLE: 1,
    }


async def test_two_moves_in_one_tree_wait_for_each_other(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    low, middle, top = (an_organization(tenant_id, code) for code in ("L", "M", "T"))
    await keep(low, middle, top)

    async def hang(unit: Organization, below: Organization, patience: float) -> None:
        async with work(an_admin(tenant_id)) as open:
            moved = await open.get(Organization, unit.id, to=Organization.MOVE)
            moved.parent_id = OrganizationId(below.id)
            await open.flush()
            await sleep(patience)

    async with create_task_group() as group:
        group.start_soon(hang, low, middle, 0.2)
        await sleep(0.1)
        group.start_soon(hang, middle, top, 0)

    async with work(an_admin(tenant_id)) as open:
        rows = await (await open.get_connection()).fetch(
            "SELECT ancestor_id FROM organization_closure WHERE descendant_id = $1 ORDER BY depth",
            low.id,
        )
    assert [row["ancestor_id"] for row in rows] == [low.id, middle.id, top.id]


async def test_two_new_managers_that_make_a_cycle_only_together(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    await keep(mara, ben)

    def assign(person: Person, manager: Person) -> Callable[[], Awaitable[None]]:
        async def assigned() -> None:
            async with work(an_admin(tenant_id)) as open:
                await assign_manager(open, person.id, manager.id)

        return assigned

    assert await run_concurrently(assign(mara, ben), assign(ben, mara)) == {
        "done": 1,
        Code.REFERENCE_CYCLE: 1,
    }


async def test_what_waits_too_long_is_told_to_try_again(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    with pytest.raises(Refusal) as raised:
        async with work(an_admin(tenant_id)) as first:
            await first.lock_tree("organization")
            async with work(an_admin(tenant_id)) as second:
                await second.lock_tree("organization")
    assert raised.value.code is Code.VERSION_CONFLICT


async def test_what_takes_too_long_is_given_up(work: OpenWork, tenant_id: TenantId) -> None:
    with pytest.raises(DatabaseUnavailable) as raised:
        async with work(an_admin(tenant_id)) as open:
            connection = await open.get_connection()
            await connection.execute("SET LOCAL statement_timeout = '20ms'")
            await connection.execute("SELECT pg_sleep(1)")
    assert raised.value.code == "TIMEOUT"


async def test_a_lost_connection_is_told_and_the_next_work_succeeds(
    work: OpenWork, tenant_id: TenantId
) -> None:
    with pytest.raises(DatabaseUnavailable) as raised:
        async with work(an_admin(tenant_id)) as open:
            await open.add(a_person(tenant_id), to=SAVE)
            connection = await open.get_connection()
            connection.terminate()
            await open.count(Person)
    assert raised.value.code == "UNAVAILABLE"
    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Person) == 0
