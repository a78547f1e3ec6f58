"""Tenants whose rows are being stored, before the directory has the tenant itself.

A row is committed before the first row of the tenant. The transaction that adds the tenant to the
directory deletes it at its beginning, and so holds its lock until the end. If the process is
killed, the row is there again without a lock: the next process that looks for such rows removes
what was stored.
"""

from uuid import UUID

from domain.kernel.identity import TenantId
from persistence.kernel.pools import Connection

INSERT = "INSERT INTO directory.tenant_creations (tenant_id, database) VALUES ($1, $2)"
DELETE = "DELETE FROM directory.tenant_creations WHERE tenant_id = $1 RETURNING true"
LOCK_NEXT = """
SELECT tenant_id, database FROM directory.tenant_creations c
WHERE NOT EXISTS (SELECT FROM directory.tenants t WHERE t.id = c.tenant_id)
  AND NOT (tenant_id = ANY($1::uuid[])) ORDER BY begun_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def note_creation(connection: Connection, tenant_id: UUID, database: str | None) -> None:
    """Note that rows of a new tenant will be stored in a database."""
    await connection.execute(INSERT, tenant_id, database)


async def end_creation(connection: Connection, tenant_id: UUID) -> bool:
    """Forget a creation, and hold its lock until the end; return False if there is none."""
    return bool(await connection.fetchval(DELETE, tenant_id))


async def lock_abandoned(
    connection: Connection, seen: list[UUID]
) -> tuple[TenantId, str | None] | None:
    """Return a creation that no process works on, locked; None without any but those seen."""
    row = await connection.fetchrow(LOCK_NEXT, seen)
    return None if row is None else (row["tenant_id"], row["database"])
