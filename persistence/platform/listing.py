"""The list of all tenants with their usage: filtered, ordered and paged by statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.tenants import TenantStatus
from persistence.kernel.pools import Connection
from persistence.platform.reading import Page

COLUMNS = """
t.id, t.slug, t.status, t.database, t.created_at, t.plan, t.caller_budget, t.tenant_budget,
u.name, u.people, u.events, u.storage_bytes, u.requests, u.measured_at, e.due_at AS erased_from
"""

FROM_MEASURED = "FROM directory.tenants t LEFT JOIN directory.tenant_usage u ON u.tenant_id = t.id"
FROM_TENANTS = f"""
{FROM_MEASURED} LEFT JOIN directory.erasures e
       ON e.tenant_id = t.id AND e.finished_at IS NULL AND e.cancelled_at IS NULL
"""


class TenantOrderField(StrEnum):
    """What tenants can be ordered by."""

    SLUG = "slug"
    CREATED_AT = "created_at"
    PEOPLE = "people"
    REQUESTS = "requests"
    EVENTS = "events"
    STORAGE_BYTES = "storage_bytes"


_KEYS = {
    TenantOrderField.SLUG: ("t.slug", "text"),
    TenantOrderField.CREATED_AT: ("t.created_at", "timestamptz"),
    **{
        each: (f"coalesce(u.{each}, 0)::bigint", "bigint")
        for each in (
            TenantOrderField.PEOPLE,
            TenantOrderField.REQUESTS,
            TenantOrderField.EVENTS,
            TenantOrderField.STORAGE_BYTES,
        )
    },
}
"""The SQL and the type of each order. Tenants that were not measured yet count as 0."""

INDEXED = (TenantOrderField.SLUG,)
"""The orders that an index of tenants gives."""


@dataclass(frozen=True)
class TenantFilter:
    """Which tenants are listed. What is None matches all."""

    statuses: Sequence[TenantStatus] | None = None
    plan: str | None = None
    search: str | None = None
    """A part of the slug or of the name, without regard to case."""

    @property
    def matches_all(self) -> bool:
        """Whether there is no condition."""
        return self.statuses is None and self.plan is None and not self.search

    def build(self, values: list[Any]) -> str:
        """Return the condition, and append its values."""
        conditions, word = ["true"], self.search and self.search.lower()
        for condition, value in (
            ("t.status = ANY(${}::text[])", self.statuses),
            ("t.plan = ${}::text", self.plan),
            ("strpos(t.slug || ' ' || lower(coalesce(u.name, '')), ${}) > 0", word),
        ):
            if value is not None:
                values.append(value)
                conditions.append(condition.format(len(values)))
        return " AND ".join(conditions)


async def find_tenant(connection: Connection, slug: str) -> Any:
    """Return the row of the tenant with this slug, or None."""
    return await connection.fetchrow(f"SELECT {COLUMNS} {FROM_TENANTS} WHERE t.slug = $1", slug)


async def find_tenants(connection: Connection, ids: Sequence[Any]) -> Sequence[Any]:
    """Return the rows of tenants with these ids; unknown ones are left out."""
    sql = f"SELECT {COLUMNS} {FROM_TENANTS} WHERE t.id = ANY($1::uuid[])"
    return await connection.fetch(sql, ids)


async def list_tenants(
    connection: Connection,
    where: TenantFilter,
    *,
    order: TenantOrderField,
    is_descending: bool,
    after: Sequence[Any] | None,
    limit: int,
) -> Page:
    """Return a page of tenants. The rows have their sort value as `sort_value`, as text.

    Where all tenants have to be looked at, the page also has the number of those that match.
    """
    values: list[Any] = []
    condition = where.build(values)
    (key, type_), direction = _KEYS[order], "DESC" if is_descending else "ASC"
    following = ""
    if after is not None:
        comparison = "<" if is_descending else ">"
        values += after
        n = len(values)
        # As text, because a cursor has the value as the database wrote it.
        following = f" {comparison} (${n - 1}::text::{type_}, ${n}::text::uuid)"
    build = _build_walk if where.matches_all and order in INDEXED else _build_scan
    sql = build(condition, key, following, direction, limit + 1)
    rows = await connection.fetch(sql, *values)
    total = rows[0]["total"] if rows else None
    return Page(rows[:limit], len(rows) > limit, total)


def _build_walk(condition: str, key: str, following: str, direction: str, limit: int) -> str:
    """Return the statement that follows the index of the order, and ends after the page."""
    after = f" AND ({key}, t.id){following}" if following else ""
    return (
        f"SELECT {COLUMNS}, {key}::text AS sort_value, NULL::bigint AS total {FROM_TENANTS}"
        f" WHERE {condition}{after} ORDER BY {key} {direction}, t.id {direction} LIMIT {limit}"
    )


def _build_scan(condition: str, key: str, following: str, direction: str, limit: int) -> str:
    """Return the statement that looks at each tenant once, and sorts ids and keys only."""
    after = f" WHERE (key, id){following}" if following else ""
    return (
        f"WITH matching AS MATERIALIZED (SELECT t.id, {key} AS key {FROM_MEASURED}"
        f" WHERE {condition}), page AS MATERIALIZED (SELECT id, key FROM matching{after}"
        f" ORDER BY key {direction}, id {direction} LIMIT {limit})"
        f" SELECT {COLUMNS}, page.key::text AS sort_value,"
        f" (SELECT count(*) FROM matching) AS total {FROM_TENANTS} JOIN page ON page.id = t.id"
        f" ORDER BY page.key {direction}, page.id {direction}"
    )


async def count_tenants(connection: Connection, where: TenantFilter) -> int:
    """Return how many tenants there are."""
    values: list[Any] = []
    condition = where.build(values)
    return int(
        await connection.fetchval(f"SELECT count(*) {FROM_MEASURED} WHERE {condition}", *values)
    )
