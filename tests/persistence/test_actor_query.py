"""The actor of a caller: loaded in one statement, and denied as soon as the membership ends."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

import asyncpg
import pytest

from domain.kernel.access import Actor
from domain.kernel.identity import MemberId, OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import MemberStatus
from domain.teams import TeamRole
from domain.tenants import TenantStatus
from persistence.access.actor_query import (
    DenialReason,
    TenantNotActive,
    actor_from_row,
    actor_params,
    actor_sql,
)
from persistence.kernel.pools import Connection
from tests.conftest import SaveAggregates
from tests.factories.actor_loading import load_actor_or_denial, load_actor_row
from tests.factories.actors import NOW
from tests.factories.kpis import a_kpi
from tests.factories.members import a_member, a_role
from tests.factories.organizations import an_organization
from tests.factories.people import a_person
from tests.factories.teams import a_team, add_membership
from tests.factories.tenants import a_tenant

pytestmark = pytest.mark.anyio

ResolveActor = Callable[..., Awaitable[Actor | DenialReason]]
READ = Grant(Permission.GOALS_READ)


@pytest.fixture
def admit(pool: asyncpg.Pool, tenant_id: TenantId) -> ResolveActor:
    """Load a subject's actor inside the tenant, as a request does."""

    async def admitted(subject: str, now: datetime = NOW) -> Actor | DenialReason:
        async with pool.acquire() as lent, lent.transaction(readonly=True):
            connection = cast(Connection, lent)
            await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
            return await load_actor_or_denial(connection, tenant_id, subject, now)

    return admitted


async def test_an_actor_has_the_grants_units_and_teams_of_the_moment(
    keep: SaveAggregates, admit: ResolveActor, tenant_id: TenantId
) -> None:
    top = an_organization(tenant_id)
    low = an_organization(tenant_id, "LOW", top)
    mara = a_person(tenant_id, organization=low)
    led, past, future, joined = (a_team(low, name) for name in "ABCD")
    add_membership(mara, led, TeamRole.LEAD)
    add_membership(mara, past, TeamRole.LEAD, date(2020, 1, 1), NOW.date())
    add_membership(mara, future, TeamRole.LEAD, date(2026, 6, 16))
    add_membership(mara, joined)
    below = Grant(Permission.PEOPLE_MANAGE, Population.REPORTING_CHAIN)
    role = a_role(tenant_id, "mixed", READ, below)
    narrowed = a_role(tenant_id, "narrowed", Grant(Permission.TEAMS_MANAGE))
    member = a_member(mara, "mara@x.example", role.id)
    member.assignments += a_member(mara, "", narrowed.id, within=low).assignments
    for each in member.assignments:
        each.member_id = member.id
    await keep(a_tenant(tenant_id), top, low, mara, led, past, future, joined)
    await keep(role, narrowed, member)

    unit = OrganizationId(low.id)
    assert await admit("mara@x.example") == Actor(
        tenant_id=tenant_id,
        has_reports=False,
        has_moves=False,
        today=date(2026, 6, 15),
        member_id=MemberId(member.id),
        person_id=PersonId(mara.id),
        grants=frozenset(
            {READ, below, Grant(Permission.TEAMS_MANAGE, Population.ORGANIZATION, unit)}
        ),
        organizations=frozenset({unit, OrganizationId(top.id)}),
        teams_led=frozenset({TeamId(led.id)}),
    )


async def test_a_grant_lies_within_its_own_unit_and_that_of_its_assignment(
    keep: SaveAggregates, admit: ResolveActor, tenant_id: TenantId
) -> None:
    top = an_organization(tenant_id)
    low = an_organization(tenant_id, "LOW", top)
    aside = an_organization(tenant_id, "ASIDE", top)
    mara = a_person(tenant_id)
    top_id, low_id, aside_id = (OrganizationId(each.id) for each in (top, low, aside))

    def over(permission: Permission, unit: OrganizationId) -> Grant:
        return Grant(permission, Population.ORGANIZATION, unit)

    chain = Grant(Permission.PEOPLE_MANAGE, Population.REPORTING_CHAIN)
    kpi, other_kpi = a_kpi(top, mara), a_kpi(top, mara)
    of_kpi = Grant(Permission.KPIS_RECORD, Population.KPI, kpi_id=kpi.id)
    role = a_role(
        tenant_id,
        "mixed",
        chain,
        over(Permission.GOALS_READ, top_id),
        over(Permission.GOALS_MANAGE, low_id),
        over(Permission.TEAMS_MANAGE, aside_id),
        of_kpi,
    )
    wide = a_role(tenant_id, "wide", over(Permission.AUDIT_READ, low_id))
    feed = a_role(tenant_id, "feed", replace(of_kpi, kpi_id=other_kpi.id))
    member = a_member(mara, "mara@x.example", wide.id)
    member.assignments += a_member(mara, "", role.id, within=low).assignments
    member.assignments += a_member(mara, "", feed.id).assignments
    member.assignments += a_member(mara, "", wide.id, within=top).assignments
    for each in member.assignments:
        each.member_id = member.id
    await keep(a_tenant(tenant_id), top, low, aside, mara, kpi, other_kpi)
    await keep(role, wide, feed, member)

    actor = await admit("mara@x.example")
    assert isinstance(actor, Actor)
    assert actor.grants == {
        chain.restrict_to(low_id),
        over(Permission.GOALS_READ, low_id),
        over(Permission.GOALS_MANAGE, low_id),
        over(Permission.AUDIT_READ, low_id),
        replace(of_kpi, kpi_id=other_kpi.id),  # that of the limited assignment covers nothing
    }


async def test_today_is_the_day_in_the_tenants_time_zone(
    keep: SaveAggregates, admit: ResolveActor, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id, left_on=date(2026, 6, 16))
    await keep(a_tenant(tenant_id, time_zone="Pacific/Auckland"), mara, a_member(mara, "mara"))

    still = await admit("mara", datetime(2026, 6, 15, 11, 59, tzinfo=UTC))
    assert isinstance(still, Actor)
    assert still.today == date(2026, 6, 15)
    assert await admit("mara", datetime(2026, 6, 15, 12, 0, tzinfo=UTC)) is DenialReason.PERSON_LEFT


async def test_an_unknown_or_removed_member_is_nobody(
    keep: SaveAggregates, admit: ResolveActor, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    member = a_member(mara, "mara")
    member.status = MemberStatus.REMOVED
    await keep(a_tenant(tenant_id), mara, member)

    assert await admit("nobody") is DenialReason.NO_MEMBER
    assert await admit("mara") is DenialReason.MEMBER_REMOVED


@pytest.mark.parametrize("status", [TenantStatus.SUSPENDED, TenantStatus.CLOSING])
async def test_nobody_enters_a_tenant_that_is_not_served(
    keep: SaveAggregates,
    admit: ResolveActor,
    tenant_id: TenantId,
    owner: asyncpg.Connection,
    status: TenantStatus,
) -> None:
    mara = a_person(tenant_id)
    await keep(a_tenant(tenant_id), mara, a_member(mara, "mara"))
    await owner.execute(
        "UPDATE directory.tenants SET status = $2 WHERE id = $1", tenant_id, status.value
    )

    with pytest.raises(TenantNotActive) as raised:
        await admit("mara")
    assert raised.value.status is status


@pytest.fixture
async def inside(
    pool: asyncpg.Pool, tenant_id: TenantId, keep: SaveAggregates
) -> AsyncIterator[Connection]:
    """Open a connection inside the tenant, of which Mara is a member."""
    mara = a_person(tenant_id)
    await keep(a_tenant(tenant_id), mara, a_member(mara, "mara"))
    async with pool.acquire() as lent, lent.transaction(readonly=True):
        await lent.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        yield cast(Connection, lent)


async def test_the_actor_query_works_from_any_parameter_offset(
    inside: Connection, tenant_id: TenantId
) -> None:
    of = actor_params(tenant_id, "mara", NOW)
    said = await load_actor_row(inside, tenant_id, "mara", NOW)
    later = await inside.fetchval(
        f"SELECT ({actor_sql(2)}) WHERE $1::text = 'a read'", "a read", *of
    )
    assert later == said
    assert said is not None
    assert b'"member_status":"active"' in said


async def test_a_tenant_that_is_missing_or_has_no_time_zone(
    inside: Connection, tenant_id: TenantId
) -> None:
    assert actor_from_row(tenant_id, None, NOW) is DenialReason.NO_SUCH_TENANT
    row_json = await load_actor_row(inside, tenant_id, "mara", NOW)
    said = json.loads(row_json or b"")
    mara = actor_from_row(tenant_id, json.dumps(said | {"time_zone": None}).encode(), NOW)
    assert isinstance(mara, Actor)
    assert mara.today == NOW.date()
