"""The query for who a caller is and what they may do, and the actor built from its result."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.kernel.access import Actor
from domain.kernel.identity import MemberId, OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.periods import Period
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import MemberStatus
from domain.service_clients import ServiceClientStatus
from domain.tenants import TenantStatus
from persistence.access.assignment_terms import RUNNING, SECONDS_TO_CHANGE
from persistence.kernel.clocks import Clock, select_number
from persistence.kernel.location import require_here
from persistence.kernel.pools import Connection

MAX_CACHED_ROWS = 10_000
ONE_DAY = timedelta(days=1)

# Without ORDER BY, which would take a quarter of the query's time. A changed order of rows only
# makes another key for the functions below that remember their results.
_ACTOR_SQL = """
SELECT row_to_json(said) FROM (
  SELECT d.status AS tenant_status, d.database AS location,
         ({rights_number}) AS rights_number, t.time_zone,
         m.id AS member_id, m.status AS member_status, p.id AS person_id, p.left_on,
         s.status AS client_status, s.last_day,
         ARRAY(SELECT c.ancestor_id FROM organization_closure c
               WHERE c.tenant_id = {tenant}
                 AND c.descendant_id = p.organization_id) AS organizations,
         CASE WHEN p.unit_changes_on IS NOT NULL THEN
           (SELECT json_agg(json_build_array(j.starts_on, ARRAY(
              SELECT c.ancestor_id FROM organization_closure c
              WHERE c.tenant_id = {tenant} AND c.descendant_id = j.organization_id)))
            FROM jobs j
            WHERE j.tenant_id = {tenant} AND j.person_id = p.id AND j.superseded_at IS NULL
              AND j.starts_on >= p.unit_changes_on) END AS planned_organizations,
         (SELECT min(q.unit_changes_on) FROM people q
          WHERE q.tenant_id = {tenant}) AS first_move_on,
         (SELECT json_agg(json_build_array(g.permission, g.population,
            CASE WHEN g.organization_id IS NULL THEN a.organization_id
                 WHEN a.organization_id IS NULL THEN g.organization_id
                 ELSE (SELECT c.descendant_id FROM organization_closure c
                       WHERE c.tenant_id = {tenant}
                         AND (c.descendant_id, c.ancestor_id) IN (
                           (g.organization_id, a.organization_id),
                           (a.organization_id, g.organization_id))
                       LIMIT 1)
            END, g.kpi_id, a.expires_at IS NOT NULL))
          FROM role_assignments a
          JOIN role_grants g ON g.tenant_id = {tenant} AND g.role_id = a.role_id
          WHERE a.tenant_id = {tenant} AND a.member_id = m.id AND {is_running}) AS grants,
         (SELECT {seconds_to_change} FROM role_assignments a
          WHERE a.tenant_id = {tenant} AND a.member_id = m.id) AS seconds_to_change,
         (SELECT json_agg(json_build_array(l.team_id, l.starts_on, l.ends_on))
          FROM team_memberships l
          WHERE l.tenant_id = {tenant} AND l.person_id = p.id AND l.role = 'lead') AS leads,
         EXISTS(SELECT FROM reporting_closure r
                WHERE r.tenant_id = {tenant} AND r.ancestor_id = p.id
                  AND (r.ends_on IS NULL OR r.ends_on > {day})
                  AND (r.left_on IS NULL OR r.left_on > {day})) AS has_reports
  FROM directory.tenants d
  LEFT JOIN tenants t ON t.tenant_id = {tenant} AND t.id = {tenant}
  LEFT JOIN members m ON m.tenant_id = {tenant} AND m.subject = {subject}
  LEFT JOIN people p ON p.tenant_id = {tenant} AND p.id = m.person_id
  LEFT JOIN service_clients s ON s.tenant_id = {tenant} AND s.member_id = m.id
  WHERE d.id = {tenant}
) said
"""


class DenialReason(StrEnum):
    """Why a caller is not an active member of the tenant."""

    NO_SUCH_TENANT = "no_such_tenant"
    NO_MEMBER = "no_member"
    MEMBER_REMOVED = "member_removed"
    MEMBER_SUSPENDED = "member_suspended"
    PERSON_LEFT = "person_left"
    CLIENT_SUSPENDED = "client_suspended"
    CLIENT_EXPIRED = "client_expired"


DENIED_STATES = {
    str(MemberStatus.INVITED): DenialReason.NO_MEMBER,
    str(MemberStatus.SUSPENDED): DenialReason.MEMBER_SUSPENDED,
    str(MemberStatus.REMOVED): DenialReason.MEMBER_REMOVED,
}
"""Why an account in such a state may not sign in."""


@dataclass
class AccessDenied(Exception):
    """The caller is not an active member of the tenant."""

    reason: DenialReason


@dataclass
class TenantNotActive(Exception):
    """The tenant is suspended or closing, so nobody may use it."""

    status: TenantStatus


@cache
def actor_sql(position: int) -> str:
    """Return the SQL of a caller's row, with the values of `actor_params` from this position on."""
    return _format_actor_sql(position, f"${position + 1}::text")


def _format_actor_sql(position: int, subject: str) -> str:
    tenant = f"${position}::uuid"
    rights_number = select_number(Clock.RIGHTS, tenant)
    day = f"${position + 2}::date"
    return _ACTOR_SQL.format(
        tenant=tenant,
        rights_number=rights_number,
        subject=subject,
        day=day,
        is_running=RUNNING.format("a"),
        seconds_to_change=SECONDS_TO_CHANGE.format("a"),
    )


_ROW_OF_EACH = _format_actor_sql(1, "asked.subject")
SELECT_ACTORS = f"SELECT asked.subject, ({_ROW_OF_EACH}) FROM unnest($2::text[]) AS asked (subject)"
"""The rows of many subjects of one tenant in one statement; parameters as in `actors_params`."""


SELECT_SUBJECT = "SELECT m.subject FROM members m WHERE m.tenant_id = $1 AND m.person_id = $2"


def actor_params(tenant_id: TenantId, subject: str, now: datetime) -> tuple[TenantId, str, date]:
    """Return the parameters of `actor_sql`.

    The last is a day that is over in every time zone; reports that ended by then do not count.
    """
    return tenant_id, subject, now.date() - ONE_DAY


def actors_params(
    tenant_id: TenantId, subjects: Sequence[str], now: datetime
) -> tuple[TenantId, Sequence[str], date]:
    """Return the parameters of `SELECT_ACTORS`."""
    return tenant_id, subjects, now.date() - ONE_DAY


async def load_actor_of(
    connection: Connection, tenant_id: TenantId, person_id: UUID, now: datetime
) -> Actor | None:
    """Return the actor that a person is; None without an active account, or after they left."""
    subject = await connection.fetchval(SELECT_SUBJECT, tenant_id, person_id)
    if subject is None:
        return None
    parameters = actors_params(tenant_id, [subject], now)
    ((_, row_json),) = await connection.fetch(SELECT_ACTORS, *parameters)
    found = actor_from_row(tenant_id, row_json, now)
    return found if isinstance(found, Actor) else None


def actor_from_row(
    tenant_id: TenantId, row_json: bytes | None, now: datetime
) -> Actor | DenialReason:
    """Return the actor at this moment, or why there is none.

    Raises TenantMoved or TenantNotActive.
    """
    if row_json is None:
        return DenialReason.NO_SUCH_TENANT
    row = _parse_row(row_json)
    require_here(row["location"])
    if row["tenant_status"] != TenantStatus.ACTIVE:
        raise TenantNotActive(TenantStatus(row["tenant_status"]))
    today = now.astimezone(_get_time_zone(row)).date()
    return _build_actor(tenant_id, row_json, today)


def find_validity(
    row_json: bytes, today: date, now: datetime
) -> tuple[int | None, datetime, datetime]:
    """Return until when the rights in a row may be used without loading it again.

    That is while the clock of rights has the same number, and from the first to the second moment:
    the tenant's day of `today`, at most until an assignment of a role begins or ends. On another
    day teams and people may begin or end. `now` is when the row was asked for.
    """
    row = _parse_row(row_json)
    start, end = (
        datetime.combine(day, time.min, _get_time_zone(row)).astimezone(UTC)
        for day in (today, today + ONE_DAY)
    )
    seconds = row["seconds_to_change"]
    if seconds is not None and seconds < ONE_DAY.total_seconds():
        end = min(end, now + timedelta(seconds=seconds))
    return row["rights_number"], start, end


def _get_time_zone(row: dict[str, Any]) -> ZoneInfo:
    return ZoneInfo(row["time_zone"] or "UTC")


@lru_cache(maxsize=MAX_CACHED_ROWS)
def _parse_row(row_json: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(row_json)
    return row


@lru_cache(maxsize=MAX_CACHED_ROWS)
def _build_actor(tenant_id: TenantId, row_json: bytes, today: date) -> Actor | DenialReason:
    row = _parse_row(row_json)
    left_on, first_move_on = _parse_date(row["left_on"]), _parse_date(row["first_move_on"])
    if row["member_id"] is None:
        return DenialReason.NO_MEMBER
    if row["member_status"] in DENIED_STATES:
        return DENIED_STATES[row["member_status"]]
    if left_on is not None and left_on <= today:
        return DenialReason.PERSON_LEFT
    if row["client_status"] == ServiceClientStatus.SUSPENDED:
        return DenialReason.CLIENT_SUSPENDED
    if (_parse_date(row["last_day"]) or today) < today:
        return DenialReason.CLIENT_EXPIRED
    return Actor(
        tenant_id=tenant_id,
        today=today,
        member_id=MemberId(UUID(row["member_id"])),
        person_id=PersonId(UUID(row["person_id"])) if row["person_id"] else None,
        grants=_build_grants(row["grants"] or []),
        temporary_grants=_build_temporary_grants(row["grants"] or []),
        organizations=_select_organizations(row, today),
        teams_led=_select_teams_led(row["leads"] or [], today),
        has_reports=row["has_reports"],
        has_moves=first_move_on is not None and first_move_on <= today,
    )


def _build_grants(rows: list[Any]) -> frozenset[Grant]:
    """Return the grants of all roles, each within its own subtree and that of its assignment.

    A grant that covers nobody is left out.
    """
    grants = (
        Grant(Permission(permission), Population(population), kpi_id=_parse_id(kpi)).restrict_to(
            _parse_organization_id(root)
        )
        for permission, population, root, kpi, _ in rows
    )
    return _share_grants(frozenset(each for each in grants if not _covers_nobody(each)))


def _build_temporary_grants(rows: list[Any]) -> frozenset[Grant]:
    """Return the grants that only assignments with an end give."""
    lasting = [row for row in rows if not row[-1]]
    if len(lasting) == len(rows):
        return frozenset()
    return _build_grants(rows) - _build_grants(lasting)


def _select_organizations(row: dict[str, Any], today: date) -> frozenset[OrganizationId]:
    """Return the actor's unit today and all above it."""
    planned = [(starts_on, units) for starts_on, units in row["planned_organizations"] or ()]
    begun = [each for each in planned if date.fromisoformat(each[0]) <= today]
    units = max(begun)[1] if begun else row["organizations"]
    return frozenset(OrganizationId(UUID(each)) for each in units)


def _covers_nobody(grant: Grant) -> bool:
    """Return whether two limits exclude each other, or a subtree limits a grant of one KPI."""
    if grant.population is Population.KPI:
        return grant.organization_id is not None
    return grant.population is Population.ORGANIZATION and grant.organization_id is None


@lru_cache(maxsize=1_000)
def _share_grants(grants: frozenset[Grant]) -> frozenset[Grant]:
    """Return the same object for equal grants: most actors have those of a built-in role."""
    return grants


def _select_teams_led(rows: list[Any], today: date) -> frozenset[TeamId]:
    return frozenset(
        TeamId(UUID(team))
        for team, starts_on, ends_on in rows
        if Period(_parse_date(starts_on) or date.min, _parse_date(ends_on)).covers(today)
    )


def _parse_organization_id(id: str | None) -> OrganizationId | None:
    return OrganizationId(UUID(id)) if id else None


def _parse_id(id: str | None) -> UUID | None:
    return UUID(id) if id else None


def _parse_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
