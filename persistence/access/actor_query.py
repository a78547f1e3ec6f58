"""Actors: who a caller is at this moment, in one statement.

Asked anew for each request, so that a removed member, a person who left or a suspended tenant is
turned away at the very next one. `admissions` says how a read asks, and what it may skip.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.kernel.access import Actor
from domain.kernel.identity import MemberId, OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.periods import Period
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import MemberStatus
from domain.tenants import TenantStatus
from persistence.kernel.mapping.registry import Connection

MAX_CACHED_ROWS = 10_000
ONE_DAY = timedelta(days=1)

# Nothing in the question is put in order: that would cost a quarter of it, and where the order of
# what a tenant says should change for no reason, it is only taken for news.
_ACTOR_SQL = """
SELECT row_to_json(said) FROM (
  SELECT d.status AS tenant_status, t.time_zone, m.id AS member_id, m.status AS member_status,
         p.id AS person_id, p.left_on,
         ARRAY(SELECT c.ancestor_id FROM organization_closure c
               WHERE c.tenant_id = {tenant}
                 AND c.descendant_id = p.organization_id) AS organizations,
         (SELECT json_agg(json_build_array(g.permission, g.population, g.organization_id,
                                           a.organization_id))
          FROM role_assignments a
          JOIN role_grants g ON g.tenant_id = {tenant} AND g.role_id = a.role_id
          WHERE a.tenant_id = {tenant} AND a.member_id = m.id) AS grants,
         (SELECT json_agg(json_build_array(l.team_id, l.starts_on, l.ends_on))
          FROM team_memberships l
          WHERE l.tenant_id = {tenant} AND l.person_id = p.id AND l.role = 'lead') AS leads,
         EXISTS(SELECT FROM reporting_closure r
                WHERE r.tenant_id = {tenant} AND r.ancestor_id = p.id
                  AND (r.ends_on IS NULL OR r.ends_on > {day})) AS has_reports
  FROM directory.tenants d
  LEFT JOIN tenants t ON t.tenant_id = {tenant} AND t.id = {tenant}
  LEFT JOIN members m ON m.tenant_id = {tenant} AND m.subject = {subject}
  LEFT JOIN people p ON p.tenant_id = {tenant} AND p.id = m.person_id
  WHERE d.id = {tenant}
) said
"""


class DenialReason(StrEnum):
    """Why a caller is nobody here."""

    NO_SUCH_TENANT = "no_such_tenant"
    TENANT_NOT_SERVED = "tenant_not_served"
    NO_MEMBER = "no_member"
    MEMBER_REMOVED = "member_removed"
    PERSON_LEFT = "person_left"


@dataclass
class TenantNotActive(Exception):
    """The tenant is suspended or closing; `status` says which."""

    status: TenantStatus


def actor_sql(position: int) -> str:
    """What a tenant says of a subject, as SQL with what `about` gives as parameters from there."""
    return _ACTOR_SQL.format(
        tenant=f"${position}::uuid", subject=f"${position + 1}::text", day=f"${position + 2}::date"
    )


SELECT_ACTORS = f"""
SELECT asked.subject, ({_ACTOR_SQL.format(tenant="$1::uuid", subject="asked.subject", day="$3::date")})
FROM unnest($2::text[]) AS asked (subject)
"""
"""The same of many subjects in one statement."""


def actor_params(tenant_id: TenantId, subject: str, now: datetime) -> tuple[TenantId, str, date]:
    """Of whom the question is asked, and a day before which no report counts in any time zone."""
    return tenant_id, subject, now.date() - ONE_DAY


async def load_actor(
    connection: Connection, tenant_id: TenantId, subject: str, now: datetime
) -> Actor | None:
    """The actor whom a token's subject stands for, or None where that is no active member.

    The connection is inside the tenant already. Raises TenantNotServed.
    """
    found = await load_actor_or_denial(connection, tenant_id, subject, now)
    return found if isinstance(found, Actor) else None


async def load_actor_or_denial(
    connection: Connection, tenant_id: TenantId, subject: str, now: datetime
) -> Actor | DenialReason:
    """The same, saying why not. Raises TenantNotServed."""
    row_json, _ = await fetch_actor_row(connection, tenant_id, subject, now)
    return actor_from_row(tenant_id, row_json, now)


async def fetch_actor_row(
    connection: Connection, tenant_id: TenantId, subject: str, now: datetime
) -> tuple[bytes | None, str]:
    """What the tenant says of a subject, from inside of it, and in which snapshot."""
    row = await connection.fetchrow(SELECT_ACTOR, *actor_params(tenant_id, subject, now))
    assert row is not None, "It selects from nothing."
    row_json, snapshot = row
    return row_json, snapshot


SELECT_ACTOR = f"SELECT ({actor_sql(1)}), pg_current_snapshot()::text"


def actor_from_row(
    tenant_id: TenantId, row_json: bytes | None, now: datetime
) -> Actor | DenialReason:
    """What a tenant said of a subject, as an actor of this moment. Raises TenantNotServed."""
    if row_json is None:
        return DenialReason.NO_SUCH_TENANT
    row = _parse_row(row_json)
    if row["tenant_status"] != TenantStatus.ACTIVE:
        raise TenantNotActive(TenantStatus(row["tenant_status"]))
    today = now.astimezone(ZoneInfo(row["time_zone"] or "UTC")).date()
    return _build_actor(tenant_id, row_json, today)


@lru_cache(maxsize=MAX_CACHED_ROWS)
def _parse_row(row_json: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(row_json)
    return row


@lru_cache(maxsize=MAX_CACHED_ROWS)
def _build_actor(tenant_id: TenantId, row_json: bytes, today: date) -> Actor | DenialReason:
    row = _parse_row(row_json)
    left_on = _parse_date(row["left_on"])
    if row["member_id"] is None:
        return DenialReason.NO_MEMBER
    if row["member_status"] != MemberStatus.ACTIVE:
        return DenialReason.MEMBER_REMOVED
    if left_on is not None and left_on <= today:
        return DenialReason.PERSON_LEFT
    return Actor(
        tenant_id=tenant_id,
        today=today,
        member_id=MemberId(UUID(row["member_id"])),
        person_id=PersonId(UUID(row["person_id"])),
        grants=_build_grants(row["grants"] or []),
        organizations=frozenset(OrganizationId(UUID(each)) for each in row["organizations"]),
        teams_led=_select_teams_led(row["leads"] or [], today),
        has_reports=row["has_reports"],
    )


def _build_grants(rows: list[Any]) -> frozenset[Grant]:
    """The grants of a role, each narrowed as the role was when it was handed to the member."""
    return frozenset(
        Grant(
            Permission(permission), Population(population), _parse_organization_id(own)
        ).restrict_to(_parse_organization_id(scope))
        for permission, population, own, scope in rows
    )


def _select_teams_led(rows: list[Any], today: date) -> frozenset[TeamId]:
    return frozenset(
        TeamId(UUID(team))
        for team, starts_on, ends_on in rows
        if Period(_parse_date(starts_on) or date.min, _parse_date(ends_on)).covers(today)
    )


def _parse_organization_id(id: str | None) -> OrganizationId | None:
    return OrganizationId(UUID(id)) if id else None


def _parse_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
