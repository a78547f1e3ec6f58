"""Delete tenants: scheduled with a grace period, then erased, with a signed receipt."""

import shutil
from datetime import UTC, datetime
from typing import Any

import structlog

import persistence.registry  # noqa: F401 - declares every table
from api.commands.console import ProgressCallback
from api.commands.database_url import HOME, Database
from api.commands.tenants import find_tenant, open_platform_work
from api.identity.receipts import sign_receipt
from api.settings import Settings
from domain import platform
from domain.kernel.errors import NotFound, StateConflict
from domain.platform import GRACE_DAYS, Erasure, require_due
from domain.tenants import TenantStatus
from persistence import tenant_erasures as erasures
from persistence.kernel.pools import Connection, open_connection
from persistence.kernel.schema.migrations import get_expected_revision
from persistence.platform import files
from persistence.platform.files import build_path
from persistence.tenant_lifecycle.erasing import erase_from_directory, erase_rows
from persistence.tenant_lifecycle.exporting import list_open_boxes
from persistence.tenant_move import lock_move
from persistence.tenant_registry import TenantRecord, lock_tenant
from persistence.tenant_rows import enter_tenant, list_tenant_tables
from persistence.unit_of_work.ballot_keys import BallotKeyFolder

LOG = structlog.get_logger()

NOT_COVERED = (
    "exports and backups that were made before",
    "row versions and log of the database, until PostgreSQL has removed them",
    "replicas, until they have followed",
)


async def schedule_deletion(database: Database, slug: str, days: int = GRACE_DAYS) -> Erasure:
    """Close a tenant: nobody is served, and all is erased after so many days.

    Raises NotFound, StateConflict if it is closing, and Invalid for other days than 0 to 365.
    """
    async with open_platform_work(database) as work:
        return (await platform.schedule_deletion(work, slug, days))[1]


async def cancel_deletion(database: Database, slug: str) -> TenantStatus:
    """Give up a deletion that has not begun, and return the status, which is that from before.

    Raises NotFound, and StateConflict if none is scheduled or it has begun.
    """
    async with open_platform_work(database) as work:
        return (await platform.cancel_deletion(work, slug)).status


async def erase_due(
    database: Database, settings: Settings, report: ProgressCallback, *, now: datetime | None = None
) -> list[Erasure]:
    """Erase all tenants whose grace period has ended; return their deletions with receipts.

    A tenant that another process is erasing or moving is left out.
    """
    now, done = now or datetime.now(UTC), []
    async with open_connection(database.required_owner_url) as home:
        due = await erasures.list_due(home, now)
    for each in due:
        try:
            done.append(await erase_tenant(database, settings, each.slug, report, now=now))
        except (NotFound, StateConflict):
            continue
        except Exception as error:  # noqa: BLE001 - the next ones are due, too
            reason = type(error).__name__
            LOG.warning("tenant.erasure_failed", tenant_id=str(each.tenant_id), error=reason)
    return done


async def erase_tenant(
    database: Database,
    settings: Settings,
    slug: str,
    report: ProgressCallback,
    *,
    now: datetime | None = None,
) -> Erasure:
    """Erase a tenant whose grace period has ended, or go on with it; return it with its receipt.

    Raises NotFound, and StateConflict if it is not due, or if another process has the tenant.
    """
    now = now or datetime.now(UTC)
    async with open_connection(database.required_owner_url) as home:
        record = await find_tenant(home, slug)
        async with lock_move(home, record):
            erasure = await _begin(home, record, now)
            _destroy_former_keys(settings, record, await _list_boxes(database, home, record))
            counts = dict.fromkeys((each.name for each in list_tenant_tables()), 0)
            for name in database.all:
                removed = await _erase_from(database, home, name, erasure, report)
                counts = {table: each + removed.get(table, 0) for table, each in counts.items()}
            shutil.rmtree(settings.ballot_key_folder / str(record.id), ignore_errors=True)
            for file_id in await files.delete_of_tenant(home, record.id):
                build_path(settings.tenant_file_folder, file_id).unlink(missing_ok=True)
            return await _finish(database, home, settings, erasure, counts)


async def find_deletion(database: Database, slug: str) -> Erasure:
    """Return the deletion of a tenant, also when it is done. Raises NotFound."""
    async with open_connection(database.required_owner_url) as home:
        found = await erasures.find_erasure(home, slug)
    if found is None:
        raise NotFound(f"No deletion of {slug} was scheduled. Check the slug.", "slug")
    return found


async def _begin(home: Connection, record: TenantRecord, now: datetime) -> Erasure:
    """Note that the erasure has begun. Raises StateConflict if it is not due."""
    async with home.transaction():
        locked = await lock_tenant(home, record.id)
        erasure = await erasures.find_erasure(home, record.slug)
        require_due(erasure, record.slug, locked.status, now)
        await erasures.begin(home, record.id, now)
        found = await erasures.find_erasure(home, record.slug)
    assert found is not None, "It was found before, in the same transaction."
    return found


async def _erase_from(
    database: Database, home: Connection, name: str, erasure: Erasure, report: ProgressCallback
) -> dict[str, int]:
    """Erase the tenant from one database; return how many rows of each table were removed."""
    if name == HOME:
        await erase_rows(home, erasure.tenant_id, report)
        return {**await erasures.read_counts(home, erasure.tenant_id)}
    async with open_connection(database.find(name).required_owner_url) as connection:
        await erasures.copy(connection, erasure)
        await erase_rows(connection, erasure.tenant_id, report)
        await erase_from_directory(connection, erasure.tenant_id)
        return {**await erasures.read_counts(connection, erasure.tenant_id)}


async def _finish(
    database: Database,
    home: Connection,
    settings: Settings,
    erasure: Erasure,
    counts: dict[str, int],
) -> Erasure:
    """Remove the tenant from the directory, and store the receipt, in one transaction."""
    finished_at = datetime.now(UTC)
    async with home.transaction():
        issuer_count = await erase_from_directory(home, erasure.tenant_id)
        statement = _build_statement(database, erasure, counts, issuer_count, finished_at)
        receipt = sign_receipt(settings, statement)
        await erasures.finish(home, erasure.tenant_id, finished_at, receipt)
    for name, each in database.all.items():
        if name != HOME:
            async with open_connection(each.required_owner_url) as connection:
                await erasures.remove_copy(connection, erasure.tenant_id)
    found = await erasures.find_erasure(home, erasure.slug)
    assert found is not None, "The row stays as a proof."
    return found


def _build_statement(
    database: Database,
    erasure: Erasure,
    counts: dict[str, int],
    issuer_count: int,
    finished_at: datetime,
) -> dict[str, Any]:
    moments = {
        "scheduled_at": erasure.scheduled_at,
        "due_at": erasure.due_at,
        "begun_at": erasure.begun_at or finished_at,
        "finished_at": finished_at,
    }
    return {
        "statement": "All data of this tenant was erased.",
        "tenant": {"id": str(erasure.tenant_id), "slug": erasure.slug},
        **{name: each.isoformat(timespec="seconds") for name, each in moments.items()},
        "schema_revision": get_expected_revision(),
        "databases": [*database.all],
        "rows": sum(counts.values()),
        "tables": dict(sorted(counts.items())),
        "issuers": issuer_count,
        "ballot_keys": "destroyed",
        "not_covered": list(NOT_COVERED),
    }


async def _list_boxes(database: Database, home: Connection, record: TenantRecord) -> list[Any]:
    """Return the ids of what has sealed ballots, as long as its rows are there."""
    if record.database is None:
        async with home.transaction(readonly=True):
            await enter_tenant(home, record.id)
            return await list_open_boxes(home, record.id)
    async with (
        open_connection(database.find(record.database).required_owner_url) as own,
        own.transaction(readonly=True),
    ):
        await enter_tenant(own, record.id)
        return await list_open_boxes(own, record.id)


def _destroy_former_keys(settings: Settings, record: TenantRecord, boxes: list[Any]) -> None:
    """Destroy keys that lie beside the tenant's folder, where earlier releases kept them."""
    folder = settings.ballot_key_folder
    for each in boxes:
        BallotKeyFolder(folder / str(record.id), folder).destroy(each)
