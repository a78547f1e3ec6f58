"""What an operator sees of the queue, and dead tasks that are run again."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from persistence.kernel.pools import Connection
from persistence.queue.enqueueing import NOT_FROZEN, announce

SELECT_QUEUES = """
SELECT t.slug, q.waiting, q.dead FROM directory.queues q
JOIN directory.tenants t ON t.id = q.tenant_id
WHERE t.database IS NULL AND (q.waiting > 0 OR q.dead > 0)
"""
SELECT_TASKS = """
SELECT id, kind, state, attempt, last_error, enqueued_at
FROM background_tasks WHERE tenant_id = $1 ORDER BY enqueued_at, id
"""
REVIVE = f"""
UPDATE background_tasks AS t SET state = 'waiting', attempt = 0, due_at = now()
WHERE t.tenant_id = $1 AND t.state = 'dead' AND ($2::uuid IS NULL OR t.id = $2) AND {NOT_FROZEN}
  AND NOT EXISTS (SELECT FROM background_tasks other WHERE other.tenant_id = $1
                  AND other.key = t.key AND other.id <> t.id
                  AND (other.state <> 'dead' OR other.id > t.id))
RETURNING t.id
"""
"""A task stays dead if a later one with its key waits: that one does the same."""


class QueueCounts(NamedTuple):
    """How many tasks of a tenant wait or run, and how many are dead, as of the last look."""

    slug: str
    waiting: int
    dead: int


class ListedTask(NamedTuple):
    """A task, without its arguments."""

    id: UUID
    kind: str
    state: str
    attempt: int
    last_error: str | None
    enqueued_at: datetime


async def list_queues(connection: Connection) -> list[QueueCounts]:
    """Return the counts of all tenants of a database that have tasks."""
    return [QueueCounts(*row) for row in await connection.fetch(SELECT_QUEUES)]


async def list_tasks(connection: Connection, tenant_id: UUID) -> list[ListedTask]:
    """Return all tasks of a tenant, the oldest first."""
    return [ListedTask(*row) for row in await connection.fetch(SELECT_TASKS, tenant_id)]


async def revive(connection: Connection, tenant_id: UUID, id: UUID | None = None) -> int:
    """Let dead tasks of a tenant wait again, one or all; return their number."""
    rows = await connection.fetch(REVIVE, tenant_id, id)
    if rows:
        await announce(connection, tenant_id)
    return len(rows)
