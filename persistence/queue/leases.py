"""Leasing tasks of one tenant to a worker, and what becomes of them.

A lease ends by itself, so the task of a worker that was killed is run again. Each lease counts as
an attempt. Its id guards the end: a worker that lost it cannot commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import random
from uuid import UUID

import orjson

from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.identity import generate_id
from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.kernel.pools import Connection
from persistence.queue.enqueueing import NOT_FROZEN, announce, build_key

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
"""A task that failed as often is dead: it waits for a person."""

BASE_DELAY = timedelta(seconds=2)
MAX_DELAY = timedelta(hours=1)
VISIT_INTERVAL = timedelta(hours=1)
"""Every tenant is looked at as often, even if nothing announced a task."""

CRASHED = "CRASHED"
"""The error of a task whose last worker did not come back."""

LEASE_TASKS = f"""
UPDATE background_tasks AS t
SET state = 'running', attempt = t.attempt + 1, lease_id = $3, due_at = now() + $4::interval
FROM (SELECT id FROM background_tasks
      WHERE tenant_id = $1 AND state <> 'dead' AND due_at <= now() AND (kind = ANY($5)) = $6
      ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS due
WHERE t.tenant_id = $1 AND t.id = due.id AND {NOT_FROZEN}
RETURNING t.id, t.kind, t.arguments::text, t.attempt
"""
SELECT_TIME_ZONE = "SELECT time_zone FROM tenants WHERE tenant_id = $1"

DELETE_DONE = f"""
DELETE FROM background_tasks
WHERE tenant_id = $1 AND id = $2 AND lease_id = $3 AND again_at IS NULL AND {NOT_FROZEN}
RETURNING id
"""
RUN_AGAIN = f"""
UPDATE background_tasks
SET state = 'waiting', attempt = 0, lease_id = NULL, last_error = NULL, again_at = NULL,
    due_at = again_at
WHERE tenant_id = $1 AND id = $2 AND lease_id = $3 AND {NOT_FROZEN}
RETURNING due_at
"""
FAIL = f"""
UPDATE background_tasks
SET state = CASE WHEN attempt >= $5 THEN 'dead' ELSE 'waiting' END,
    lease_id = NULL, last_error = $4,
    due_at = now() + $6::interval
WHERE tenant_id = $1 AND id = $2 AND lease_id = $3 AND {NOT_FROZEN}
RETURNING due_at
"""

LOCK_QUEUE = """
SELECT 1 FROM directory.queues WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED
"""
COUNT_TASKS = """
SELECT count(*) FILTER (WHERE state <> 'dead') AS waiting,
       count(*) FILTER (WHERE state = 'dead') AS dead,
       min(due_at) FILTER (WHERE state <> 'dead') AS next_due_at
FROM background_tasks WHERE tenant_id = $1
"""
UPDATE_QUEUE = """
UPDATE directory.queues
SET waiting = $2, dead = $3, next_due_at = least($4::timestamptz, now() + $5::interval)
WHERE tenant_id = $1
"""


class LeaseLost(DatabaseUnavailable):
    """The lease has ended, or the tenant is being moved. What the task did must be undone."""

    def __init__(self) -> None:
        super().__init__("Another worker may be running this task.")


@dataclass(frozen=True)
class LeasedTask:
    """A task that a worker may run until its lease ends. `attempt` is 1 for the first time."""

    tenant_id: UUID
    id: UUID
    lease_id: UUID
    kind: str
    arguments: dict[str, object]
    attempt: int


async def lease_tasks(
    connection: Connection, tenant_id: UUID, limit: int, kinds: Sequence[str], *, others: bool
) -> list[LeasedTask]:
    """Lease due tasks of the tenant of these kinds, or of all others, the oldest first.

    Commit at once.
    """
    lease_id = generate_id()
    rows = await connection.fetch(LEASE_TASKS, tenant_id, limit, lease_id, LEASE, kinds, not others)
    return [
        LeasedTask(tenant_id, id, lease_id, kind, orjson.loads(arguments), attempt)
        for id, kind, arguments, attempt in rows
    ]


async def finish(connection: Connection, task: LeasedTask) -> None:
    """End a task, in the transaction of its effects. Raises LeaseLost."""
    key = task.tenant_id, task.id, task.lease_id
    if await connection.fetchval(DELETE_DONE, *key) is None:
        due_at = await connection.fetchval(RUN_AGAIN, *key)
        if due_at is None:
            raise LeaseLost
        await announce(connection, task.tenant_id, due_at)


async def fail(
    connection: Connection, task: LeasedTask, error: str, *, max_attempts: int = MAX_ATTEMPTS
) -> None:
    """Let a task wait for its next attempt, or bury it. Without its lease, nothing is done.

    `error` is a code and no message, which could name a person. The delay is random, so that what
    failed together is not tried again together. Citus computes none from a column.
    """
    delay = random() * min(MAX_DELAY, BASE_DELAY * 2**task.attempt)  # noqa: S311 - no secret
    await connection.execute(
        FAIL, task.tenant_id, task.id, task.lease_id, error, max_attempts, delay
    )
    await announce(connection, task.tenant_id)


async def settle(connection: Connection, tenant_id: UUID) -> None:
    """Write into the directory when the tenant has to be looked at again, and what is waiting.

    The row is locked before the tasks are read: a task that is committed later announces itself
    afterwards. If somebody enqueues just now, nothing is done.
    """
    if await connection.fetchval(LOCK_QUEUE, tenant_id) is None:
        return
    row = await connection.fetchrow(COUNT_TASKS, tenant_id)
    assert row is not None, "An aggregate returns one row."
    await connection.execute(
        UPDATE_QUEUE, tenant_id, row["waiting"], row["dead"], row["next_due_at"], VISIT_INTERVAL
    )


async def find_time_zone(connection: Connection, tenant_id: UUID) -> str:
    """Return the time zone of the tenant."""
    return str(await connection.fetchval(SELECT_TIME_ZONE, tenant_id) or "UTC")


SELECT_KEYS = """
SELECT key FROM background_tasks WHERE tenant_id = $1 AND state <> 'dead' AND key = ANY($2::text[])
"""


async def list_missing(
    connection: Connection, tenant_id: UUID, tasks: Sequence[BackgroundTask]
) -> list[BackgroundTask]:
    """Return those of the tasks that are not enqueued, by their keys."""
    rows = await connection.fetch(SELECT_KEYS, tenant_id, [build_key(each) for each in tasks])
    known = {row["key"] for row in rows}
    return [each for each in tasks if build_key(each) not in known]
