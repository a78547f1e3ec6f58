"""The actors of subscribers: as if resolved alone, and reloaded only after invalidation."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.goals import Goal
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId, generate_id
from domain.kernel.permissions import Grant, Permission
from domain.members import Member
from domain.people import Person
from domain.tenants import TenantStatus
from persistence.access.actor_query import DenialReason, TenantNotActive
from persistence.access.subscriber_actors import MAX_AGE, SubscriberActors
from tests.conftest import SaveAggregates
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW
from tests.factories.journal_entries import an_entry
from tests.factories.members import a_member, a_role
from tests.factories.organizations import an_organization
from tests.factories.people import a_person, add_reporting_line
from tests.factories.tenants import a_tenant
from tests.persistence.test_clocks import inside

pytestmark = pytest.mark.anyio

SUBJECTS = ("mara", "ben", "gone", "nobody")
REMOVE_BEN = "UPDATE members SET status = 'removed' WHERE tenant_id = $1 AND subject = 'ben'"


class SnapshotResolver:
    """A resolver that uses a new snapshot each time; `asked` counts its statements."""

    def __init__(self, pool: asyncpg.Pool, tenant_id: TenantId) -> None:
        self.subscriber_actors = SubscriberActors(tenant_id)
        self.statement_count = 0
        self._pool = pool

    async def resolve_unchecked(self, now: datetime = NOW) -> None:
        """Resolve without comparing."""
        async with self._pool.acquire() as lent, lent.transaction():
            await lent.execute(f"SET LOCAL app.tenant_id = '{self.subscriber_actors.tenant_id}'")
            await self.subscriber_actors.resolve(lent, SUBJECTS, now)  # type: ignore[arg-type]

    async def resolve(self, now: datetime = NOW) -> dict[str, Actor | DenialReason]:
        """Resolve, and compare with each subject resolved alone."""
        statements: list[Any] = []
        async with self._pool.acquire() as lent, lent.transaction(isolation="repeatable_read"):
            connection: Any = lent
            await connection.execute(
                f"SET LOCAL app.tenant_id = '{self.subscriber_actors.tenant_id}'"
            )
            with connection.query_logger(statements.append):
                found = await self.subscriber_actors.resolve(connection, SUBJECTS, now)
                await asyncio.sleep(0)  # the query log comes in the next iteration
            self.statement_count = len(statements)
            for each in SUBJECTS:
                alone = await load_actor_or_denial(
                    connection, self.subscriber_actors.tenant_id, each, now
                )
                assert found[each] == alone
            return {each: found[each] for each in SUBJECTS}


@pytest.fixture
async def looking(
    pool: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> SnapshotResolver:
    """Build members: Mara with a unit, a role and a report; Ben without; and a removed one."""
    unit = an_organization(tenant_id)
    mara, ben, gone = (
        a_person(tenant_id, name, organization=unit) for name in ("Mara", "Ben", "Gone")
    )
    add_reporting_line(ben, mara)
    role = a_role(tenant_id, "reader", Grant(Permission.GOALS_READ))
    members = [a_member(mara, "mara", role.id), a_member(ben, "ben"), a_member(gone, "gone")]
    members[2].remove()
    await keep(a_tenant(tenant_id), unit, role, mara, ben, gone, *members)
    return SnapshotResolver(pool, tenant_id)


async def test_subscribers_resolve_as_single_callers_do(looking: SnapshotResolver) -> None:
    found = await looking.resolve()

    assert found["gone"] == DenialReason.MEMBER_REMOVED
    assert found["nobody"] == DenialReason.NO_MEMBER
    assert isinstance(found["mara"], Actor)
    assert isinstance(found["ben"], Actor)
    assert (found["mara"].has_reports, found["ben"].has_reports) == (True, False)


async def test_resolved_actors_are_not_reloaded(
    looking: SnapshotResolver, keep: SaveAggregates
) -> None:
    first = await looking.resolve()
    asked_at_first = looking.statement_count
    mara = a_person(looking.subscriber_actors.tenant_id, "Another")
    again = await looking.resolve()
    asked_again = looking.statement_count
    await keep(mara)
    await looking.resolve()

    assert again == first
    assert (asked_at_first, asked_again, looking.statement_count) == (2, 1, 2)


async def test_goal_changes_do_not_invalidate(
    looking: SnapshotResolver, pool: asyncpg.Pool
) -> None:
    tenant_id = looking.subscriber_actors.tenant_id
    await looking.resolve()

    async with inside(pool, tenant_id) as changing:
        await an_entry(changing, tenant_id, Goal.NAME)
    await looking.resolve()
    after_a_goal = looking.statement_count
    async with inside(pool, tenant_id) as changing:
        await an_entry(changing, tenant_id, Member.NAME)
    await looking.resolve()

    assert (after_a_goal, looking.statement_count) == (1, 2)


async def test_changes_of_another_tenant_do_not_invalidate(
    looking: SnapshotResolver, pool: asyncpg.Pool, owner: Any
) -> None:
    other = TenantId(generate_id())
    await owner.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'active')",
        other,
        f"other-{other}",
    )
    await looking.resolve()
    async with inside(pool, other) as changing:
        await an_entry(changing, other, Member.NAME)

    await looking.resolve()

    assert looking.statement_count == 1


async def test_a_removal_counts_though_an_older_transaction_still_runs(
    looking: SnapshotResolver, pool: asyncpg.Pool
) -> None:
    tenant_id = looking.subscriber_actors.tenant_id
    await looking.resolve()
    async with inside(pool, tenant_id) as older:
        await older.execute("DELETE FROM goals WHERE tenant_id = $1", tenant_id)
        async with inside(pool, tenant_id) as removing:
            await removing.execute(REMOVE_BEN, tenant_id)
            await an_entry(removing, tenant_id, Member.NAME)
        found = await looking.resolve()

    assert found["ben"] == DenialReason.MEMBER_REMOVED


async def test_a_removal_counts_though_it_had_begun_before_the_first_load(
    looking: SnapshotResolver, pool: asyncpg.Pool
) -> None:
    tenant_id = looking.subscriber_actors.tenant_id
    async with inside(pool, tenant_id) as removing:
        await removing.execute(REMOVE_BEN, tenant_id)
        async with inside(pool, tenant_id) as changing:
            await an_entry(changing, tenant_id, Person.NAME)
        await an_entry(removing, tenant_id, Member.NAME)
        before = await looking.resolve()
        still = await looking.resolve()

    assert isinstance(before["ben"], Actor)
    assert still == before
    assert (await looking.resolve())["ben"] == DenialReason.MEMBER_REMOVED


async def test_a_person_leaves_at_midnight_in_the_tenants_time_zone(
    pool: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id, left_on=date(2026, 6, 16))
    await keep(a_tenant(tenant_id, time_zone="America/New_York"), mara, a_member(mara, "mara"))
    looking = SnapshotResolver(pool, tenant_id)
    last_second = datetime(2026, 6, 16, 3, 59, 59, tzinfo=UTC)

    assert isinstance((await looking.resolve(last_second))["mara"], Actor)
    assert (await looking.resolve(last_second + timedelta(seconds=1)))[
        "mara"
    ] == DenialReason.PERSON_LEFT


async def test_a_tenant_is_not_served_from_the_moment_that_it_is_suspended(
    looking: SnapshotResolver, owner: Any
) -> None:
    restate = "UPDATE directory.tenants SET status = $2 WHERE id = $1"
    before = await looking.resolve()
    await owner.execute(restate, looking.subscriber_actors.tenant_id, TenantStatus.SUSPENDED)
    with pytest.raises(TenantNotActive, match="suspended"):
        await looking.resolve_unchecked()

    await owner.execute(restate, looking.subscriber_actors.tenant_id, TenantStatus.ACTIVE)

    assert await looking.resolve() == before


async def test_an_unregistered_tenant_has_no_actors(pool: asyncpg.Pool) -> None:
    found = await SnapshotResolver(pool, TenantId(generate_id())).resolve()
    assert set(found.values()) == {DenialReason.NO_SUCH_TENANT}


async def test_a_tenant_without_a_time_zone_uses_utc(
    pool: asyncpg.Pool, tenant_id: TenantId
) -> None:
    looking = SnapshotResolver(pool, tenant_id)
    await looking.resolve_unchecked()
    assert looking.subscriber_actors._today == NOW.date()


async def test_a_suspension_of_another_tenant_changes_nothing(
    looking: SnapshotResolver, owner: Any
) -> None:
    await owner.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'suspended')",
        first := UUID(int=1),
        "the-first",
    )
    again = "UPDATE directory.tenants SET status = 'active' WHERE id = $1"
    await owner.execute(again, looking.subscriber_actors.tenant_id)  # so that the other comes first
    assert isinstance((await looking.resolve())["ben"], Actor)
    await owner.execute("DELETE FROM directory.tenants WHERE id = $1", first)


async def test_changes_that_bypass_the_journal_count_after_the_maximum_age(
    looking: SnapshotResolver, pool: asyncpg.Pool
) -> None:
    tenant_id = looking.subscriber_actors.tenant_id
    await looking.resolve()
    async with inside(pool, tenant_id) as removing:
        await removing.execute(REMOVE_BEN, tenant_id)

    assert (await looking.resolve(NOW + MAX_AGE))["ben"] == DenialReason.MEMBER_REMOVED
