"""What a worker reads without a tenant: which tenants have due tasks, and how many there are."""

from dataclasses import dataclass
from uuid import UUID

from persistence.kernel.pools import Connection

MAX_TENANTS = 200
"""Tenants that one look into the directory returns, those waiting longest first."""

SELECT_DUE_TENANTS = f"""
SELECT q.tenant_id FROM directory.queues q JOIN directory.tenants t ON t.id = q.tenant_id
WHERE q.next_due_at <= now() AND t.status = 'active' AND t.database IS NULL
ORDER BY q.next_due_at LIMIT {MAX_TENANTS}
"""
SELECT_NEW_TENANTS = """
SELECT t.id FROM directory.tenants t
WHERE t.database IS NULL AND NOT EXISTS (SELECT FROM directory.queues q WHERE q.tenant_id = t.id)
"""
REGISTER_TENANT = """
INSERT INTO directory.queues (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO NOTHING
"""
"""One by one: Citus wants the right to write for a table of the directory that an INSERT reads."""

SELECT_TOTALS = """
SELECT coalesce(sum(q.waiting), 0)::bigint, coalesce(sum(q.dead), 0)::bigint,
       coalesce(greatest(extract(epoch FROM now() - min(q.next_due_at)), 0), 0)::float8
FROM directory.queues q JOIN directory.tenants t ON t.id = q.tenant_id
WHERE t.database IS NULL AND t.status = 'active'
"""


@dataclass(frozen=True)
class QueueTotals:
    """The tasks of all tenants of a database, as of the last looks, and the longest delay."""

    waiting: int = 0
    dead: int = 0
    delay_seconds: float = 0.0


async def list_due_tenants(connection: Connection) -> list[UUID]:
    """Return the active tenants of this database with due tasks, those waiting longest first."""
    return [row[0] for row in await connection.fetch(SELECT_DUE_TENANTS)]


async def register_tenants(connection: Connection) -> None:
    """Let workers look at tenants that are new in this database, by a move or a backup too."""
    new = [tuple(row) for row in await connection.fetch(SELECT_NEW_TENANTS)]
    await connection.executemany(REGISTER_TENANT, new)


async def read_totals(connection: Connection) -> QueueTotals:
    """Return the totals of this database."""
    row = await connection.fetchrow(SELECT_TOTALS)
    return QueueTotals(*(row or ()))
