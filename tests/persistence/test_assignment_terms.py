"""Assignments count between their moments, by the clock of the database, without a write."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from persistence.access.actor_cache import MAX_AGE, ActorCache
from persistence.access.subscriber_actors import SubscriberActors
from tests.conftest import SaveAggregates
from tests.factories.actor_loading import load_actor_row
from tests.factories.actors import NOW
from tests.factories.members import a_member, a_role
from tests.factories.organizations import an_organization
from tests.factories.people import a_person
from tests.factories.tenants import a_tenant

pytestmark = pytest.mark.anyio

READ = Grant(Permission.GOALS_READ)
SET_TERM = """
UPDATE role_assignments SET starts_at = now() + $2::interval, expires_at = now() + $3::interval
WHERE tenant_id = $1
"""
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
async def mara(keep: SaveAggregates, tenant_id: TenantId) -> None:
    """Build a member with a role."""
    unit = an_organization(tenant_id)
    person = a_person(tenant_id, "Mara", organization=unit)
    role = a_role(tenant_id, "reader", READ)
    await keep(a_tenant(tenant_id), unit, role, person, a_member(person, "mara", role.id))


@pytest.fixture
async def inside(pool: asyncpg.Pool, tenant_id: TenantId) -> Any:
    """Return a connection inside the tenant."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        yield connection


async def _load(inside: asyncpg.Connection, tenant_id: TenantId) -> tuple[Actor, timedelta]:
    """Return the actor, and for how long it may be cached."""
    row = await load_actor_row(inside, tenant_id, "mara", NOW)
    cached = ActorCache().store(tenant_id, "mara", row, NOW)
    return cached.actor, cached.valid_until - NOW


@pytest.mark.parametrize(
    ("term", "grants", "temporary", "valid_for"),
    [
        ((None, None), {READ}, set(), MAX_AGE),
        ((-HOUR, None), {READ}, set(), MAX_AGE),
        ((-HOUR, HOUR), {READ}, {READ}, MAX_AGE),
        ((None, SECOND), {READ}, {READ}, SECOND),
        ((-HOUR, -SECOND), set(), set(), MAX_AGE),
        ((SECOND, None), set(), set(), SECOND),
        ((HOUR, 2 * HOUR), set(), set(), MAX_AGE),
    ],
)
@pytest.mark.usefixtures("mara")
async def test_rights_begin_and_end_by_the_clock_of_the_database(
    inside: asyncpg.Connection,
    tenant_id: TenantId,
    term: tuple[timedelta | None, timedelta | None],
    grants: set[Grant],
    temporary: set[Grant],
    valid_for: timedelta,
) -> None:
    await inside.execute(SET_TERM, tenant_id, *term)
    actor, lifetime = await _load(inside, tenant_id)
    assert (actor.grants, actor.temporary_grants) == (grants, temporary)
    assert lifetime == valid_for


async def test_a_right_that_lasts_elsewhere_is_not_temporary(
    mara: None, inside: asyncpg.Connection, tenant_id: TenantId
) -> None:
    await inside.execute(
        """
        INSERT INTO role_assignments (tenant_id, id, member_id, role_id, expires_at)
        SELECT tenant_id, gen_random_uuid(), member_id, role_id, now() + interval '1 hour'
        FROM role_assignments WHERE tenant_id = $1""",
        tenant_id,
    )
    actor, _ = await _load(inside, tenant_id)
    assert (actor.grants, actor.temporary_grants) == ({READ}, frozenset())


async def test_subscribers_lose_a_right_when_it_ends_without_any_change(
    mara: None, inside: asyncpg.Connection, tenant_id: TenantId
) -> None:
    await inside.execute(SET_TERM, tenant_id, None, SECOND)
    subscribers = SubscriberActors(tenant_id)

    async def load_grants(at: timedelta) -> Any:
        found: Mapping[str, Any] = await subscribers.resolve(inside, ["mara"], NOW + at)
        return found["mara"].grants

    assert await load_grants(timedelta(0)) == {READ}
    # Time stands still in a transaction, so the row ends as its second would pass.
    await inside.execute(SET_TERM, tenant_id, None, timedelta(0))
    assert await load_grants(SECOND / 2) == {READ}
    assert await load_grants(SECOND) == frozenset()
