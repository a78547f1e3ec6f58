"""Actors: who a caller is at this moment, in one statement.

Looked up anew for each request, so that a removed member, a person who left or a suspended tenant
is turned away at the very next one.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.kernel.access import Actor
from domain.kernel.identity import MemberId, OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.periods import Period
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import MemberStatus
from domain.tenants import TenantStatus
from persistence.kernel.mapping import Connection

ACTOR = """
SELECT d.status AS tenant_status, t.time_zone, m.id AS member_id, m.status AS member_status,
       p.id AS person_id, p.left_on,
       ARRAY(SELECT c.ancestor_id FROM organization_closure c
             WHERE c.tenant_id = $1 AND c.descendant_id = p.organization_id) AS organizations,
       (SELECT json_agg(json_build_array(g.permission, g.population, g.organization_id,
                                         a.organization_id))
        FROM role_assignments a
        JOIN role_grants g ON g.tenant_id = $1 AND g.role_id = a.role_id
        WHERE a.tenant_id = $1 AND a.member_id = m.id) AS grants,
       (SELECT json_agg(json_build_array(l.team_id, l.starts_on, l.ends_on))
        FROM team_memberships l
        WHERE l.tenant_id = $1 AND l.person_id = p.id AND l.role = 'lead') AS leads,
       EXISTS(SELECT FROM reporting_closure r
              WHERE r.tenant_id = $1 AND r.ancestor_id = p.id
                AND (r.ends_on IS NULL OR r.ends_on > $3)) AS has_reports
FROM directory.tenants d
LEFT JOIN tenants t ON t.tenant_id = $1 AND t.id = $1
LEFT JOIN members m ON m.tenant_id = $1 AND m.subject = $2
LEFT JOIN people p ON p.tenant_id = $1 AND p.id = m.person_id
WHERE d.id = $1
"""

FARTHEST_WEST = timedelta(hours=12)
"""The last place where a day ends; the statement is asked before the tenant's zone is known."""


class Barred(StrEnum):
    """Why a caller is nobody here."""

    NO_SUCH_TENANT = "no_such_tenant"
    TENANT_NOT_SERVED = "tenant_not_served"
    NO_MEMBER = "no_member"
    MEMBER_REMOVED = "member_removed"
    PERSON_LEFT = "person_left"


@dataclass
class TenantNotServed(Exception):
    """The tenant is suspended or closing; `status` says which."""

    status: TenantStatus


async def actor_of(
    connection: Connection, tenant_id: TenantId, subject: str, now: datetime
) -> Actor | None:
    """The actor whom a token's subject stands for, or None where that is no active member.

    The connection is inside the tenant already. Raises TenantNotServed.
    """
    found = await admission(connection, tenant_id, subject, now)
    return found if isinstance(found, Actor) else None


async def admission(
    connection: Connection, tenant_id: TenantId, subject: str, now: datetime
) -> Actor | Barred:
    """The same, saying why not. Raises TenantNotServed."""
    earliest = (now.astimezone(UTC) - FARTHEST_WEST).date()
    row = await connection.fetchrow(ACTOR, tenant_id, subject, earliest)
    if row is None:
        return Barred.NO_SUCH_TENANT
    if row["tenant_status"] != TenantStatus.ACTIVE:
        raise TenantNotServed(TenantStatus(row["tenant_status"]))
    today = now.astimezone(ZoneInfo(row["time_zone"] or "UTC")).date()
    if row["member_id"] is None:
        return Barred.NO_MEMBER
    if row["member_status"] != MemberStatus.ACTIVE:
        return Barred.MEMBER_REMOVED
    if row["left_on"] is not None and row["left_on"] <= today:
        return Barred.PERSON_LEFT
    return Actor(
        tenant_id=tenant_id,
        today=today,
        member_id=MemberId(row["member_id"]),
        person_id=PersonId(row["person_id"]),
        grants=_grants(row["grants"]),
        organizations=frozenset(map(OrganizationId, row["organizations"])),
        teams_led=_teams_led(row["leads"], today),
        has_reports=row["has_reports"],
    )


@lru_cache(maxsize=4096)
def _grants(listed: bytes | None) -> frozenset[Grant]:
    """The grants of a role, each narrowed as the role was when it was handed to the member."""
    return frozenset(
        Grant(Permission(permission), Population(population), _unit(own)).within(_unit(narrowed))
        for permission, population, own, narrowed in json.loads(listed or b"[]")
    )


def _teams_led(listed: bytes | None, today: date) -> frozenset[TeamId]:
    return frozenset(
        TeamId(UUID(team))
        for team, starts_on, ends_on in json.loads(listed or b"[]")
        if Period(_day(starts_on) or date.min, _day(ends_on)).covers(today)
    )


def _unit(id: str | None) -> OrganizationId | None:
    return OrganizationId(UUID(id)) if id else None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
