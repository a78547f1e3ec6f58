"""The cache of actors, and how a read revalidates the cached actor."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import asyncpg
import pytest

from domain.goals import Goal
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.members import Member
from domain.tenants import TenantStatus
from persistence.access import actor_cache
from persistence.access.actor_cache import MAX_AGE, ActorCache, rights_number_sql
from persistence.access.actor_query import AccessDenied, DenialReason, TenantNotActive
from persistence.kernel.transaction import enter_tenant_sql
from tests.conftest import SaveAggregates
from tests.factories.actor_loading import load_actor_row
from tests.factories.actors import NOW
from tests.factories.journal_entries import an_entry
from tests.factories.members import a_member, a_role
from tests.factories.organizations import an_organization
from tests.factories.people import a_person
from tests.factories.tenants import a_tenant

pytestmark = pytest.mark.anyio

OpenTransaction = Callable[[], Any]
Revalidate = Callable[..., Awaitable[bool | None]]
LoadActor = Callable[..., Awaitable[Actor]]
ONE_MILLISECOND = timedelta(milliseconds=1)
REMOVE_MEMBER = "UPDATE members SET status = 'removed' WHERE tenant_id = $1 AND subject = 'mara'"


@pytest.fixture
async def mara(keep: SaveAggregates, tenant_id: TenantId) -> None:
    """Build a member with a role."""
    unit = an_organization(tenant_id)
    person = a_person(tenant_id, "Mara", organization=unit)
    role = a_role(tenant_id, "reader", Grant(Permission.GOALS_READ))
    await keep(a_tenant(tenant_id), unit, role, person, a_member(person, "mara", role.id))


@pytest.fixture
def inside(pool: asyncpg.Pool, tenant_id: TenantId) -> OpenTransaction:
    """Return a function that opens transactions inside the tenant."""

    @asynccontextmanager
    async def entered() -> AsyncIterator[Any]:
        async with pool.acquire() as lent, lent.transaction():
            await lent.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
            yield lent

    return entered


@pytest.fixture
def tell(inside: OpenTransaction, tenant_id: TenantId) -> LoadActor:
    """Return a function that loads Mara's actor into a cache."""

    async def told(remembered: ActorCache, now: datetime = NOW) -> Actor:
        async with inside() as connection:
            row = await load_actor_row(connection, tenant_id, "mara", now)
        return remembered.store(tenant_id, "mara", row, now).actor

    return told


@pytest.fixture
async def known(mara: None, tell: LoadActor) -> ActorCache:
    """Build a cache that holds Mara's actor."""
    remembered = ActorCache()
    assert await tell(remembered)
    return remembered


@pytest.fixture
def answer(pool: asyncpg.Pool, tenant_id: TenantId) -> Callable[[], Awaitable[Any]]:
    """Return the number of the clock of rights, as a read gets it."""

    async def told() -> Any:
        sql = f"SELECT ({rights_number_sql(1)}) FROM {enter_tenant_sql(1)}"
        async with pool.acquire() as connection:
            return await connection.fetchval(sql, tenant_id)

    return told


@pytest.fixture
def settle(answer: Any, tenant_id: TenantId) -> Revalidate:
    """Return Mara's confirmed actor; None where it has to be loaded again."""

    async def asked(remembered: ActorCache, now: datetime = NOW) -> bool | None:
        doubt = remembered.get_unverified(tenant_id, "mara", now)
        return None if doubt is None else remembered.confirm(doubt, await answer(), now)

    return asked


async def test_only_loaded_active_members_are_cached(
    mara: None, inside: OpenTransaction, tenant_id: TenantId
) -> None:
    remembered = ActorCache()
    assert remembered.get_unverified(tenant_id, "mara", NOW) is None
    async with inside() as connection:
        nobody = await load_actor_row(connection, tenant_id, "nobody", NOW)
        mara_row = await load_actor_row(connection, tenant_id, "mara", NOW)
    with pytest.raises(AccessDenied, check=lambda it: it.reason is DenialReason.NO_MEMBER):
        remembered.store(tenant_id, "nobody", nobody, NOW)
    assert remembered.get_unverified(tenant_id, "nobody", NOW) is None
    stored = remembered.store(tenant_id, "mara", mara_row, NOW)
    assert remembered.get_unverified(tenant_id, "mara", NOW) == stored
    with pytest.raises(AccessDenied, check=lambda it: it.reason is DenialReason.NO_SUCH_TENANT):
        remembered.store(tenant_id, "mara", None, NOW)
    assert remembered.get_unverified(tenant_id, "mara", NOW) is None


async def test_an_actor_is_reloaded_only_after_its_maximum_age(
    known: ActorCache, settle: Revalidate, tell: LoadActor
) -> None:
    assert await settle(known)
    assert await settle(known, NOW + MAX_AGE - ONE_MILLISECOND)
    assert await settle(known, NOW + MAX_AGE) is None
    await tell(known, NOW + MAX_AGE)
    assert await settle(known, NOW + 2 * MAX_AGE - ONE_MILLISECOND)


async def test_goal_changes_do_not_invalidate_but_others_do(
    known: ActorCache, settle: Revalidate, inside: OpenTransaction, tenant_id: TenantId
) -> None:
    async with inside() as connection:
        await an_entry(connection, tenant_id, Goal.NAME)
    assert await settle(known)
    async with inside() as connection:
        await an_entry(connection, tenant_id, Member.NAME)
    assert await settle(known) is False
    assert await settle(known) is None


async def test_after_an_invalidation_the_actor_is_reloaded_every_time_for_a_while(
    known: ActorCache,
    settle: Revalidate,
    tell: LoadActor,
    inside: OpenTransaction,
    tenant_id: TenantId,
) -> None:
    async with inside() as connection:
        await an_entry(connection, tenant_id, Member.NAME)
    assert await settle(known) is False

    await tell(known)
    assert await settle(known)
    assert await settle(known, NOW + ONE_MILLISECOND) is None
    await tell(known, NOW + MAX_AGE - ONE_MILLISECOND)
    assert await settle(known, NOW + MAX_AGE)
    assert await settle(known, NOW + MAX_AGE + ONE_MILLISECOND)


async def test_a_removal_begun_before_the_load_invalidates(
    known: ActorCache,
    settle: Revalidate,
    tell: LoadActor,
    inside: OpenTransaction,
    tenant_id: TenantId,
) -> None:
    async with inside() as removing:
        await removing.execute(REMOVE_MEMBER, tenant_id)
        await an_entry(removing, tenant_id, Member.NAME)
        await tell(known)
        assert await settle(known)
    assert await settle(known) is False
    with pytest.raises(AccessDenied):
        await tell(known)
    assert await settle(known) is None


async def test_changes_that_bypass_the_journal_count_after_the_maximum_age(
    known: ActorCache,
    settle: Revalidate,
    tell: LoadActor,
    inside: OpenTransaction,
    tenant_id: TenantId,
) -> None:
    async with inside() as connection:
        await connection.execute(REMOVE_MEMBER, tenant_id)
    assert await settle(known)
    assert await settle(known, NOW + MAX_AGE + ONE_MILLISECOND) is None
    with pytest.raises(AccessDenied):
        await tell(known)


async def test_a_suspended_tenant_is_no_longer_served(
    known: ActorCache, settle: Revalidate, tell: LoadActor, owner: Any, tenant_id: TenantId
) -> None:
    restate = "UPDATE directory.tenants SET status = $2 WHERE id = $1"
    await owner.execute(restate, tenant_id, TenantStatus.SUSPENDED)
    assert await settle(known) is False
    with pytest.raises(TenantNotActive):
        await tell(known)
    assert known.get_unverified(tenant_id, "mara", NOW) is None
    await owner.execute(restate, tenant_id, TenantStatus.ACTIVE)


async def test_concurrent_reads_with_revoked_rights_are_all_rejected(
    known: ActorCache,
    settle: Revalidate,
    tell: LoadActor,
    answer: Any,
    inside: OpenTransaction,
    tenant_id: TenantId,
) -> None:
    """The invalidation by the first read must not confirm the second, which used the old rights."""
    first, second = (known.get_unverified(tenant_id, "mara", NOW) for _ in range(2))
    assert first is not None
    assert second is not None
    async with inside() as connection:
        await connection.execute("DELETE FROM role_assignments WHERE tenant_id = $1", tenant_id)
        await an_entry(connection, tenant_id, Member.NAME)

    assert not known.confirm(first, await answer(), NOW)
    now = await tell(known)
    assert not known.confirm(second, await answer(), NOW)

    assert now is not None
    assert now.grants == frozenset()
    assert await settle(known)


async def test_revalidation_does_not_restore_a_dropped_actor(
    known: ActorCache, answer: Any, tenant_id: TenantId
) -> None:
    doubt = known.get_unverified(tenant_id, "mara", NOW)
    assert doubt is not None
    told = await answer()
    with pytest.raises(AccessDenied):
        known.store(tenant_id, "mara", None, NOW)

    assert known.confirm(doubt, told, NOW)  # it was so in its snapshot
    assert known.get_unverified(tenant_id, "mara", NOW) is None


@pytest.mark.parametrize("steps", [-1, 1, None])
async def test_only_the_same_number_of_the_clock_confirms_an_actor(
    known: ActorCache, tenant_id: TenantId, steps: int | None
) -> None:
    """A smaller one comes from another server, after a failover."""
    doubt = known.get_unverified(tenant_id, "mara", NOW)
    assert doubt is not None
    assert doubt.rights_number is not None
    other_number = None if steps is None else doubt.rights_number + steps
    assert not known.confirm(doubt, other_number, NOW)
    assert known.get_unverified(tenant_id, "mara", NOW) is None


async def test_without_a_clock_no_actor_is_confirmed(
    known: ActorCache, tell: LoadActor, owner: Any, tenant_id: TenantId
) -> None:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute("DELETE FROM tenant_clocks WHERE tenant_id = $1", tenant_id)
    await tell(known)
    doubt = known.get_unverified(tenant_id, "mara", NOW)
    assert doubt is not None
    assert not known.confirm(doubt, None, NOW)


async def test_an_actor_is_used_only_on_the_day_for_which_it_was_loaded(
    known: ActorCache, tell: LoadActor, tenant_id: TenantId
) -> None:
    midnight = datetime.combine(NOW.date() + timedelta(days=1), time.min, UTC)
    last = midnight - ONE_MILLISECOND
    await tell(known, last)
    assert known.get_unverified(tenant_id, "mara", last) is not None
    assert known.get_unverified(tenant_id, "mara", midnight) is None
    await tell(known, midnight)
    assert known.get_unverified(tenant_id, "mara", midnight) is not None
    assert known.get_unverified(tenant_id, "mara", last) is None


async def test_the_cache_is_bounded_and_evicts_the_least_recently_used(
    mara: None, inside: OpenTransaction, tenant_id: TenantId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actor_cache, "MAX_ENTRIES", 2)
    remembered = ActorCache()
    async with inside() as connection:
        told = await load_actor_row(connection, tenant_id, "mara", NOW)
    for subject in ("first", "second", "first", "third"):
        remembered.store(tenant_id, subject, told, NOW)
    doubts = [
        remembered.get_unverified(tenant_id, each, NOW) for each in ("first", "second", "third")
    ]
    assert [each is not None for each in doubts] == [True, False, True]


def test_the_number_of_rights_is_that_of_an_active_tenant_of_this_database() -> None:
    sql = rights_number_sql(1)
    assert "status = 'active'" in sql
    assert "database IS NULL" in sql
