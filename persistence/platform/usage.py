"""The usage of tenants: counted and measured in the background, and kept in the directory.

A tenant is measured by one statement as the serving role, in the database where it lives. What it
gives is stored by the platform's role. Processes share the work: each claims the tenants that are
due, so that none is measured twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from domain.kernel.identity import TenantId
from persistence.kernel.pools import Connection, PoolSource, borrow
from persistence.kernel.schema.tables import metadata
from persistence.kernel.transaction import Transaction

MEASURED_EVERY = timedelta(hours=6)
"""The age at which a tenant is measured again."""

CLAIM = timedelta(minutes=10)
"""How long a process has for the tenants that it has claimed."""

REQUEST_DAYS = 30
"""The days whose requests are the usage of a tenant, today included."""

KEPT_DAYS = 400
"""The days of which the numbers of requests are kept."""

ACQUIRE_TIMEOUT = 5.0

CLAIM_TENANTS = """
WITH due AS (
    SELECT t.id, t.database FROM directory.tenants t
    LEFT JOIN directory.tenant_usage u ON u.tenant_id = t.id
    WHERE coalesce(u.due_at <= $1, true) ORDER BY u.due_at NULLS FIRST, t.id LIMIT $3
), claimed AS (
    INSERT INTO directory.tenant_usage AS known (tenant_id, due_at) SELECT id, $2 FROM due
    ON CONFLICT (tenant_id) DO UPDATE SET due_at = excluded.due_at WHERE known.due_at <= $1
    RETURNING tenant_id
)
SELECT due.id, due.database FROM due JOIN claimed ON claimed.tenant_id = due.id
"""

STORE_USAGE = """
UPDATE directory.tenant_usage u
SET name = $2, people = $3, events = $4, storage_bytes = $5, measured_at = $6, due_at = $7,
    requests = (SELECT coalesce(sum(c.requests), 0) FROM directory.request_counts c
                WHERE c.tenant_id = $1 AND c.day > $8)
WHERE tenant_id = $1
"""

ADD_REQUESTS = """
INSERT INTO directory.request_counts AS known (tenant_id, day, requests)
SELECT tenant_id, $2, requests FROM unnest($1::uuid[], $3::bigint[]) AS r (tenant_id, requests)
JOIN directory.tenants t ON t.id = r.tenant_id
ON CONFLICT (tenant_id, day) DO UPDATE SET requests = known.requests + excluded.requests
"""

PURGE_REQUESTS = "DELETE FROM directory.request_counts WHERE tenant_id = $1 AND day < $2"

SELECT_REQUESTS = """
SELECT c.day, c.requests FROM directory.request_counts c
WHERE c.tenant_id = $1 AND c.day BETWEEN $2 AND $3 ORDER BY c.day
"""

SELECT_SIZES = """
SELECT relname AS name, (pg_total_relation_size(oid) / greatest(reltuples, 1))::float8 AS bytes
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
"""About how many bytes a row of each table takes, with its indexes and long texts."""


@dataclass(frozen=True)
class Usage:
    """What a tenant uses. `storage_bytes` is estimated from the numbers of its rows."""

    name: str | None
    people: int
    events: int
    storage_bytes: int


async def claim_due_tenants(
    directory: Connection, now: datetime, limit: int
) -> Sequence[tuple[TenantId, str | None]]:
    """Claim tenants that are due; return the id and the database of each."""
    rows = await directory.fetch(CLAIM_TENANTS, now, now + CLAIM, limit)
    return [(TenantId(row["id"]), row["database"]) for row in rows]


async def load_row_sizes(pool: PoolSource) -> Mapping[str, float]:
    """Return about how many bytes a row of each table takes in a database."""
    async with borrow(pool, None, ACQUIRE_TIMEOUT) as connection:
        rows = await connection.fetch(SELECT_SIZES)
    return {row["name"]: row["bytes"] for row in rows}


async def measure_tenant(
    pool: PoolSource, tenant_id: TenantId, sizes: Mapping[str, float], today: date
) -> Usage:
    """Measure a tenant where it lives, as the serving role. `sizes` are those of its database."""
    async with borrow(pool, tenant_id, ACQUIRE_TIMEOUT) as connection:
        transaction = Transaction(tenant_id, connection)
        (row,) = await (await transaction.begin()).fetch(_build_measurement(), tenant_id, today)
        await transaction.commit()
    counts = zip(_list_tables(), row["rows"], strict=True)
    used = sum(count * sizes.get(name, 0) for name, count in counts)
    return Usage(row["name"], row["people"], row["events"], round(used))


async def store_usage(directory: Connection, tenant_id: UUID, usage: Usage, now: datetime) -> None:
    """Store the usage of a tenant, with the requests of the last 30 days, and drop old counts."""
    await directory.execute(
        STORE_USAGE,
        tenant_id,
        usage.name,
        usage.people,
        usage.events,
        usage.storage_bytes,
        now,
        now + MEASURED_EVERY,
        now.date() - timedelta(days=REQUEST_DAYS),
    )
    await directory.execute(PURGE_REQUESTS, tenant_id, now.date() - timedelta(days=KEPT_DAYS))


async def add_requests(directory: Connection, day: date, counts: Mapping[UUID, int]) -> None:
    """Add numbers of requests to those of a day. Those of removed tenants are dropped."""
    await directory.execute(ADD_REQUESTS, [*counts], day, [*counts.values()])


async def list_requests(
    directory: Connection, tenant_id: UUID, first_day: date, last_day: date
) -> Sequence[tuple[date, int]]:
    """Return the numbers of requests of each day that had some."""
    rows = await directory.fetch(SELECT_REQUESTS, tenant_id, first_day, last_day)
    return [(row["day"], row["requests"]) for row in rows]


@cache
def _list_tables() -> tuple[str, ...]:
    return tuple(sorted(each.name for each in metadata.tables.values() if each.schema is None))


@cache
def _build_measurement() -> str:
    """Return the statement that measures a tenant: its rows in each table, among others."""
    counts = ", ".join(
        f"(SELECT count(*) FROM {name} r WHERE r.tenant_id = $1)" for name in _list_tables()
    )
    return f"""
        SELECT (SELECT s.name FROM tenants s WHERE s.tenant_id = $1) AS name,
               (SELECT count(*)::int FROM people p WHERE p.tenant_id = $1 AND p.hired_on <= $2
                AND (p.left_on IS NULL OR p.left_on > $2)) AS people,
               coalesce((SELECT c.number FROM tenant_clocks c
                         WHERE c.tenant_id = $1 AND c.clock = 'journal'), 0) AS events,
               ARRAY[{counts}] AS rows
    """
