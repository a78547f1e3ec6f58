"""Scheduled deletions of tenants: rows of the directory, also after the tenant is gone."""

import json
from collections.abc import Mapping
from datetime import datetime

import asyncpg
from sqlalchemy import Column, DateTime, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.identity import TenantId
from domain.platform import Erasure
from domain.tenants import TenantStatus
from persistence.kernel.pools import Connection
from persistence.kernel.schema.tables import EnumText, enum_check, metadata

directory_erasures = Table(
    "erasures",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False),
    Column(
        "status_before",
        EnumText(TenantStatus),
        enum_check("status_before", TenantStatus),
        nullable=False,
    ),
    Column("scheduled_at", DateTime(timezone=True), primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("begun_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("receipt", Text),
    Index("ix_erasures_due_at", "due_at"),
    schema="directory",
)
"""`counts` has the rows removed so far, by table. A database where the tenant also has rows has a
row of its own while they are removed."""

OPEN = "finished_at IS NULL AND cancelled_at IS NULL"
COLUMNS = "tenant_id, slug, status_before, scheduled_at, due_at, begun_at, finished_at, receipt"
INSERT = """
INSERT INTO directory.erasures (tenant_id, slug, status_before, scheduled_at, due_at)
VALUES ($1, $2, $3, $4, $5)
"""
FIND = f"""
SELECT {COLUMNS} FROM directory.erasures WHERE slug = $1 AND cancelled_at IS NULL
ORDER BY finished_at IS NOT NULL, finished_at DESC LIMIT 1
"""
LIST_DUE = f"""
SELECT {COLUMNS} FROM directory.erasures WHERE {OPEN} AND due_at <= $1 ORDER BY due_at
"""
BEGIN = f"""
UPDATE directory.erasures SET begun_at = coalesce(begun_at, $2) WHERE tenant_id = $1 AND {OPEN}
"""
CANCEL = f"""
UPDATE directory.erasures SET cancelled_at = $2
WHERE tenant_id = $1 AND begun_at IS NULL AND {OPEN} RETURNING true
"""
FINISH = f"""
UPDATE directory.erasures SET finished_at = $2, receipt = $3 WHERE tenant_id = $1 AND {OPEN}
"""
COPY = """
INSERT INTO directory.erasures (tenant_id, slug, status_before, scheduled_at, due_at, begun_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
REMOVE_COPY = f"DELETE FROM directory.erasures WHERE tenant_id = $1 AND {OPEN}"
SELECT_COUNTS = f"SELECT counts FROM directory.erasures WHERE tenant_id = $1 AND {OPEN}"
ADD_COUNT = f"""
UPDATE directory.erasures
SET counts = counts || jsonb_build_object($2::text, coalesce((counts ->> $2)::bigint, 0) + $3)
WHERE tenant_id = $1 AND {OPEN}
"""


async def add_erasure(connection: Connection, erasure: Erasure) -> None:
    """Schedule a deletion, in the home database."""
    await connection.execute(
        INSERT,
        erasure.tenant_id,
        erasure.slug,
        erasure.status_before,
        erasure.scheduled_at,
        erasure.due_at,
    )


async def find_erasure(connection: Connection, slug: str) -> Erasure | None:
    """Return the deletion of a tenant; the one that is not done, else the last one."""
    row = await connection.fetchrow(FIND, slug)
    return None if row is None else _build(row)


async def list_due(connection: Connection, now: datetime) -> list[Erasure]:
    """Return the deletions that may begin or go on, those due first at the beginning."""
    return [_build(row) for row in await connection.fetch(LIST_DUE, now)]


async def begin(connection: Connection, tenant_id: TenantId, now: datetime) -> None:
    """Note that rows are being removed: from now on the deletion cannot be cancelled."""
    await connection.execute(BEGIN, tenant_id, now)


async def cancel(connection: Connection, tenant_id: TenantId, now: datetime) -> bool:
    """Give up a deletion; return False if it has begun."""
    return bool(await connection.fetchval(CANCEL, tenant_id, now))


async def finish(connection: Connection, tenant_id: TenantId, now: datetime, receipt: str) -> None:
    """Store the receipt of a deletion."""
    await connection.execute(FINISH, tenant_id, now, receipt)


async def copy(connection: Connection, erasure: Erasure) -> None:
    """Count in this database what is removed from it."""
    e = erasure
    await connection.execute(
        COPY, e.tenant_id, e.slug, e.status_before, e.scheduled_at, e.due_at, e.begun_at
    )


async def remove_copy(connection: Connection, tenant_id: TenantId) -> None:
    """Remove the counts of a database beside the home database."""
    await connection.execute(REMOVE_COPY, tenant_id)


async def add_count(connection: Connection, tenant_id: TenantId, table: str, count: int) -> None:
    """Add to the rows that were removed from a table, in the transaction that removed them."""
    await connection.execute(ADD_COUNT, tenant_id, table, count)


async def read_counts(connection: Connection, tenant_id: TenantId) -> Mapping[str, int]:
    """Return how many rows were removed from each table of this database."""
    counts: dict[str, int] = json.loads(await connection.fetchval(SELECT_COUNTS, tenant_id) or "{}")
    return counts


def _build(row: asyncpg.Record) -> Erasure:
    values = {**row, "status_before": TenantStatus(row["status_before"])}
    return Erasure(**values)
