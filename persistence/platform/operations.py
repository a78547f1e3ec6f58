"""Operations of tenants in the directory: begun by the platform's role, done by the owner's.

A worker leases an operation, and extends the lease while it works. The lease of a killed process
ends, so that another continues. The id of the lease guards the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from domain.kernel.identity import generate_id
from domain.platform import OperationKind, OperationState, TenantOperation
from persistence.kernel.pools import Connection

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
"""An operation whose process was killed as often has failed."""

HISTORY_KEPT = timedelta(days=400)

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('tenant operations', 0))"

FIND_OPEN = """
SELECT kind FROM directory.tenant_operations
WHERE finished_at IS NULL AND $1 IN (slug, new_slug) LIMIT 1
"""

INSERT = """
INSERT INTO directory.tenant_operations
    (id, kind, state, tenant_id, slug, new_slug, file_id, is_dry_run, input, operator_id,
     request_id, requested_at)
VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

CLAIM = """
UPDATE directory.tenant_operations AS o
SET state = 'running', attempts = o.attempts + 1, started_at = coalesce(o.started_at, now()),
    lease_id = $1, leased_until = now() + $2::interval
FROM (SELECT id FROM directory.tenant_operations
      WHERE finished_at IS NULL AND (leased_until IS NULL OR leased_until < now())
      ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS next
WHERE o.id = next.id
RETURNING o.id, o.kind, o.state, o.slug, o.new_slug, o.tenant_id, o.file_id, o.is_dry_run, o.input,
          o.attempts
"""

EXTEND = """
UPDATE directory.tenant_operations
SET leased_until = now() + $3::interval, step = $4, steps_done = $5, step_count = $6
WHERE id = $1 AND lease_id = $2 AND finished_at IS NULL RETURNING true
"""

RELEASE = """
UPDATE directory.tenant_operations SET leased_until = now() - interval '1 second'
WHERE id = $1 AND lease_id = $2 AND finished_at IS NULL
"""

FINISH = """
UPDATE directory.tenant_operations
SET state = $3, finished_at = now(), leased_until = NULL, input = NULL, result = $4,
    error_code = $5, error_message = $6
WHERE id = $1 AND lease_id = $2 AND finished_at IS NULL RETURNING true
"""
"""The input is forgotten: it may name the first admin of a sandbox."""

PURGE = "DELETE FROM directory.tenant_operations WHERE finished_at < $1"


@dataclass
class Lease:
    """An operation that this process does, and how far it is."""

    operation: TenantOperation
    id: UUID
    progress: tuple[str, int, int] | None = None

    def report(self, step: str, done: int, total: int) -> None:
        """Note the progress. It is stored when the lease is extended."""
        self.progress = step, done, total


@dataclass(frozen=True)
class Outcome:
    """What an operation brought: what the graph shows of it."""

    row_count: int | None = None
    notes: Sequence[str] = ()
    receipt: str | None = None
    plan: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Failure:
    """Why an operation failed: a code, and what to do."""

    code: str
    message: str


# -- as the platform's role -----------------------------------------------------------------------


async def lock_operations(connection: Connection) -> None:
    """Let nobody else begin an operation, until the end of the transaction."""
    await connection.execute(LOCK)


async def find_open_operation(connection: Connection, slug: str) -> str | None:
    """Return the kind of an operation of a tenant that has not ended, or None."""
    kind: str | None = await connection.fetchval(FIND_OPEN, slug)
    return kind


async def add_operation(
    connection: Connection,
    operation: TenantOperation,
    *,
    operator_id: UUID | None,
    request_id: str | None,
    now: datetime,
) -> None:
    """Add an operation, which a worker takes once the transaction is committed."""
    o = operation
    given = orjson.dumps(o.input).decode()
    place = o.tenant_id, o.slug, o.new_slug, o.file_id, o.is_dry_run
    await connection.execute(INSERT, o.id, o.kind, *place, given, operator_id, request_id, now)


# -- as the owner ---------------------------------------------------------------------------------


async def claim_operation(connection: Connection) -> Lease | None:
    """Lease the oldest operation that waits, or whose process was killed; None without any."""
    lease_id = generate_id()
    row = await connection.fetchrow(CLAIM, lease_id, LEASE)
    if row is None:
        return None
    kind, state = OperationKind(row["kind"]), OperationState(row["state"])
    values = {**row, "kind": kind, "state": state, "input": orjson.loads(row["input"])}
    return Lease(TenantOperation(**values), lease_id)


async def extend_lease(connection: Connection, lease: Lease) -> bool:
    """Extend a lease, and store the progress; return False if it is lost."""
    progress = lease.progress or (None, None, None)
    values = lease.operation.id, lease.id, LEASE, *progress
    return bool(await connection.fetchval(EXTEND, *values))


async def release_lease(connection: Connection, lease: Lease) -> None:
    """Give an operation back: another process may take it at once."""
    await connection.execute(RELEASE, lease.operation.id, lease.id)


async def finish_operation(
    connection: Connection, lease: Lease, outcome: Outcome | Failure
) -> None:
    """Store the end of an operation, unless its lease is lost."""
    state, result, code, message = OperationState.DONE, None, None, None
    if isinstance(outcome, Outcome):
        result = orjson.dumps(outcome).decode()
    else:
        state, code, message = OperationState.FAILED, outcome.code, outcome.message
    await connection.execute(FINISH, lease.operation.id, lease.id, state, result, code, message)


async def purge_operations(connection: Connection, now: datetime) -> None:
    """Remove operations that ended long ago."""
    await connection.execute(PURGE, now - HISTORY_KEPT)
