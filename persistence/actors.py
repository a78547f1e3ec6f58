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
from persistence.kernel.mapping import Connection

MOST_REMEMBERED = 10_000
A_DAY = timedelta(days=1)

# Nothing in the question is put in order: that would cost a quarter of it, and where the order of
# what a tenant says should change for no reason, it is only taken for news.
_SAID = """
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


def question(place: int) -> str:
    """What a tenant says of a subject, as SQL with what `about` gives as parameters from there."""
    return _SAID.format(
        tenant=f"${place}::uuid", subject=f"${place + 1}::text", day=f"${place + 2}::date"
    )


QUESTION_OF_MANY = f"""
SELECT asked.subject, ({_SAID.format(tenant="$1::uuid", subject="asked.subject", day="$3::date")})
FROM unnest($2::text[]) AS asked (subject)
"""
"""The same of many subjects in one statement."""


def about(tenant_id: TenantId, subject: str, now: datetime) -> tuple[TenantId, str, date]:
    """Of whom the question is asked, and a day before which no report counts in any time zone."""
    return tenant_id, subject, now.date() - A_DAY


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
    said, _ = await ask(connection, tenant_id, subject, now)
    return admitted(tenant_id, said, now)


async def ask(
    connection: Connection, tenant_id: TenantId, subject: str, now: datetime
) -> tuple[bytes | None, str]:
    """What the tenant says of a subject, from inside of it, and in which snapshot."""
    row = await connection.fetchrow(QUESTION, *about(tenant_id, subject, now))
    assert row is not None, "It selects from nothing."
    said, snapshot = row
    return said, snapshot


QUESTION = f"SELECT ({question(1)}), pg_current_snapshot()::text"


def admitted(tenant_id: TenantId, said: bytes | None, now: datetime) -> Actor | Barred:
    """What a tenant said of a subject, as an actor of this moment. Raises TenantNotServed."""
    if said is None:
        return Barred.NO_SUCH_TENANT
    row = _read(said)
    if row["tenant_status"] != TenantStatus.ACTIVE:
        raise TenantNotServed(TenantStatus(row["tenant_status"]))
    today = now.astimezone(ZoneInfo(row["time_zone"] or "UTC")).date()
    return _actor(tenant_id, said, today)


@lru_cache(maxsize=MOST_REMEMBERED)
def _read(said: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(said)
    return row


@lru_cache(maxsize=MOST_REMEMBERED)
def _actor(tenant_id: TenantId, said: bytes, today: date) -> Actor | Barred:
    row = _read(said)
    left_on = _day(row["left_on"])
    if row["member_id"] is None:
        return Barred.NO_MEMBER
    if row["member_status"] != MemberStatus.ACTIVE:
        return Barred.MEMBER_REMOVED
    if left_on is not None and left_on <= today:
        return Barred.PERSON_LEFT
    return Actor(
        tenant_id=tenant_id,
        today=today,
        member_id=MemberId(UUID(row["member_id"])),
        person_id=PersonId(UUID(row["person_id"])),
        grants=_grants(row["grants"] or []),
        organizations=frozenset(OrganizationId(UUID(each)) for each in row["organizations"]),
        teams_led=_teams_led(row["leads"] or [], today),
        has_reports=row["has_reports"],
    )


def _grants(listed: list[Any]) -> frozenset[Grant]:
    """The grants of a role, each narrowed as the role was when it was handed to the member."""
    return frozenset(
        Grant(Permission(permission), Population(population), _unit(own)).restrict_to(
            _unit(narrowed)
        )
        for permission, population, own, narrowed in listed
    )


def _teams_led(listed: list[Any], today: date) -> frozenset[TeamId]:
    return frozenset(
        TeamId(UUID(team))
        for team, starts_on, ends_on in listed
        if Period(_day(starts_on) or date.min, _day(ends_on)).covers(today)
    )


def _unit(id: str | None) -> OrganizationId | None:
    return OrganizationId(UUID(id)) if id else None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
