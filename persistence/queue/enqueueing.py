"""Enqueuing tasks, in the transaction of the change that causes them.

The row of the tenant in the directory is locked until the commit. So a worker that finds nothing
more to do (`leases.settle`) cannot overlook a task that is being committed.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.identity import generate_id
from persistence.kernel.engine_kind import count_inserted
from persistence.kernel.location import TenantMoved
from persistence.kernel.pools import Connection

NOT_FROZEN = """
NOT EXISTS (SELECT FROM tenant_clocks WHERE tenant_id = $1 AND frozen_at IS NOT NULL)
"""
"""While a tenant moves to another database, its tasks must not change; see tenant_move."""

INSERT_TASKS = count_inserted(
    f"""
    INSERT INTO background_tasks AS known (tenant_id, id, kind, arguments, key, state, due_at)
    SELECT $1::uuid, new.id, new.kind, new.arguments::jsonb, new.key, 'waiting',
           coalesce(new.due_at, now())
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
         AS new (id, kind, arguments, key, due_at)
    WHERE {NOT_FROZEN}
    ON CONFLICT (tenant_id, key) WHERE state <> 'dead' DO UPDATE
    SET arguments = excluded.arguments,
        due_at = CASE known.state WHEN 'running' THEN known.due_at
                 ELSE least(known.due_at, excluded.due_at) END,
        again_at = CASE known.state WHEN 'running' THEN least(known.again_at, excluded.due_at)
                   ELSE known.again_at END"""
)

ANNOUNCE = """
INSERT INTO directory.queues AS known (tenant_id, next_due_at)
VALUES ($1::uuid, coalesce($2::timestamptz, now()))
ON CONFLICT (tenant_id) DO UPDATE
SET next_due_at = least(known.next_due_at, excluded.next_due_at)
"""


async def enqueue_tasks(
    connection: Connection, tenant_id: UUID, tasks: Sequence[BackgroundTask]
) -> None:
    """Enqueue tasks in the transaction of the connection. Raises TenantMoved."""
    rows = sorted(_merge(tasks), key=lambda each: (each.kind, each.key or ""))
    count = await connection.fetchval(
        INSERT_TASKS,
        tenant_id,
        [generate_id() for _ in rows],
        [each.kind for each in rows],
        [json.dumps(dict(each.arguments)) for each in rows],
        [build_key(each) for each in rows],
        [each.not_before for each in rows],
    )
    if count < len(rows):
        raise TenantMoved
    await announce(connection, tenant_id, find_earliest([each.not_before for each in rows]))


def build_key(task: BackgroundTask) -> str | None:
    """Return the key of a task among those of all kinds."""
    return None if task.key is None else f"{task.kind} {task.key}"


async def announce(connection: Connection, tenant_id: UUID, due_at: datetime | None = None) -> None:
    """Let workers look at the tenant at this moment or earlier; None means at once."""
    await connection.execute(ANNOUNCE, tenant_id, due_at)


def _merge(tasks: Sequence[BackgroundTask]) -> list[BackgroundTask]:
    """Return one task of each kind and key: the last, at the earliest time of all."""
    merged: dict[tuple[str, str | int], BackgroundTask] = {}
    for position, each in enumerate(tasks):
        place = each.kind, position if each.key is None else each.key
        earlier = merged.get(place)
        merged[place] = each if earlier is None else _take_earlier_time(each, earlier)
    return list(merged.values())


def _take_earlier_time(task: BackgroundTask, other: BackgroundTask) -> BackgroundTask:
    earliest = find_earliest((task.not_before, other.not_before))
    return task if task.not_before == earliest else replace(task, not_before=earliest)


def find_earliest(moments: Sequence[datetime | None]) -> datetime | None:
    """Return the earliest moment; None, which means at once, is before all others."""
    known = [each for each in moments if each is not None]
    return min(known) if len(known) == len(moments) else None
