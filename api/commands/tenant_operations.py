"""Operations of tenants: begun in the platform graph, done here by the use cases of the commands.

The platform's role may not read a tenant, so a process that knows the owner's address takes them.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog

from api.commands.database_url import Database
from api.commands.operation_acts import ACTS, Attempt
from api.settings import Settings
from domain.kernel.errors import Refusal
from domain.platform import TenantOperation
from persistence.kernel.error_translation import detect_outage
from persistence.kernel.pools import Connection, open_connection
from persistence.kernel.schema.database_role import DatabaseNotReady
from persistence.platform import files, operations
from persistence.platform.operations import MAX_ATTEMPTS, Failure, Lease, Outcome

POLL_INTERVAL = 2.0
"""Seconds between two looks for operations that wait."""

REPORT_INTERVAL = 2.0
"""Seconds between two extensions of a lease, which also store the progress."""

UNKNOWN_FILES_KEPT = timedelta(days=1)
"""How long a file without a row stays: it may be one that is being written."""

KILLED_TOO_OFTEN = (
    f"Its process ended {MAX_ATTEMPTS} times before it was done. Look for the reason, such as too"
    " little memory, in the log of the workers. Then begin it again."
)
INTERNAL = "An error on our side ({}). Look for this operation in the log of the workers."
OUTAGE = "The database could not be reached or took too long. Begin the operation again."

LOG = structlog.get_logger("trellis.operations")


async def run_next(database: Database, settings: Settings) -> TenantOperation | None:
    """Do the oldest operation that waits, and store its result; return None without any.

    A cancelled one is given back, so that another process takes it.
    """
    async with open_connection(database.required_owner_url) as home:
        lease = await operations.claim_operation(home)
        if lease is None:
            return None
        acting = asyncio.create_task(_act(database, settings, lease))
        try:
            if await _keep_lease(home, lease, acting):
                await operations.finish_operation(home, lease, _describe(lease, acting))
        except asyncio.CancelledError:
            await _stop(acting)
            await operations.release_lease(home, lease)
            raise
        return lease.operation


async def _act(database: Database, settings: Settings, lease: Lease) -> Outcome | Failure:
    operation = lease.operation
    if operation.attempts > MAX_ATTEMPTS:
        return Failure("INTERNAL_SERVER_ERROR", KILLED_TOO_OFTEN)
    attempt = Attempt(database, settings, operation, lease.report)
    return await ACTS[operation.kind](attempt)


async def _keep_lease(
    home: Connection, lease: Lease, acting: "asyncio.Task[Outcome | Failure]"
) -> bool:
    """Extend the lease until the work is done; return False if it was lost meanwhile."""
    while not (await asyncio.wait({acting}, timeout=REPORT_INTERVAL))[0]:
        if not await operations.extend_lease(home, lease):
            await _stop(acting)
            return False
    return True


async def _stop(acting: "asyncio.Task[Outcome | Failure]") -> None:
    acting.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await acting


def _describe(lease: Lease, acting: "asyncio.Task[Outcome | Failure]") -> Outcome | Failure:
    """Return the result of an operation; for an error, what an operator can do."""
    error = acting.exception()
    if error is None:
        return acting.result()
    if isinstance(error, Refusal):
        return Failure(str(error.code), str(error))
    if isinstance(error, DatabaseNotReady):
        return Failure("UNAVAILABLE", str(error))
    operation, reason = lease.operation, type(error).__name__
    LOG.warning(
        "operation.failed",
        operation_id=str(operation.id),
        kind=str(operation.kind),
        error=reason,
        exc_info=error,
    )
    if detect_outage(error) is not None:
        return Failure("UNAVAILABLE", OUTAGE)
    return Failure("INTERNAL_SERVER_ERROR", INTERNAL.format(reason))


async def run_all(database: Database, settings: Settings, *, once: bool = False) -> int:
    """Do operations until the task is cancelled, or with `once` until none waits.

    Returns how many were done.
    """
    count = 0
    while True:
        if await run_next(database, settings) is not None:
            count += 1
        elif once:
            return count
        else:
            await asyncio.sleep(POLL_INTERVAL)


async def remove_expired(
    database: Database, settings: Settings, *, now: datetime | None = None
) -> None:
    """Remove files that are not kept any more, and operations that ended long ago."""
    now = now or datetime.now(UTC)
    async with open_connection(database.required_owner_url) as home:
        await files.delete_expired(home, now)
        await operations.purge_operations(home, now)
        known = await files.list_ids(home)
    _remove_unknown(settings.tenant_file_folder, {str(each) for each in known}, now)


def _remove_unknown(folder: Path, known: set[str], now: datetime) -> None:
    """Remove the files without a row, also the beginnings that a killed process left."""
    before = (now - UNKNOWN_FILES_KEPT).timestamp()
    for path in folder.glob("*.trellis*") if folder.is_dir() else ():
        name, _, rest = path.name.partition(".")
        is_known = name in known and rest == "trellis"
        if _is_id(name) and not is_known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _is_id(name: str) -> bool:
    """Return whether a name is an id, so that Trellis has written the file."""
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
