"""What each kind of operation does: the same as the command of its name.

A later attempt follows one whose process was killed, and first finds out what that one did.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from api.commands import tenant_clones, tenant_deletions, tenant_files, tenant_moves
from api.commands.database_url import HOME, Database
from api.settings import Settings
from domain.kernel.errors import NotFound, StateConflict
from domain.kernel.identity import TenantId
from domain.platform import FileOrigin, FirstAdmin, OperationKind, TenantFile, TenantOperation
from domain.platform.operations import FILES_KEPT
from persistence.kernel.pools import open_connection
from persistence.platform import files
from persistence.platform.operations import Outcome
from persistence.tenant_lifecycle.exporting import Exported
from persistence.tenant_lifecycle.importing import Imported
from persistence.tenant_lifecycle.planning import ImportPlan, read_head
from persistence.tenant_registry import TenantRegistry

DONE_BEFORE = "It was done before the process that did it ended. How many rows is not known."
LEFT_OUT_BESIDE = (
    "Keys of service clients, webhooks and sealed ballots were left out. Open surveys and feedback"
    " programs, and closed ones that are not counted, are cancelled."
)
NOTHING_ELSE_CLONED = (
    "Its only account is its admin's. It has no keys, no webhooks, no reviews, no feedback, no"
    " surveys and no history."
)
INTERRUPTED_IN_PLACE = (
    "The process ended during the restore. Begin it with `dryRun`: if only rows of the journal"
    " would change, it was done. Otherwise begin it again."
)


@dataclass(frozen=True)
class Attempt:
    """One attempt at an operation. `report` takes a step, its parts that are done, and all."""

    database: Database
    settings: Settings
    operation: TenantOperation
    report: Callable[[str, int, int], None]

    @property
    def is_repeated(self) -> bool:
        """Whether another process began with it, and was killed."""
        return self.operation.attempts > 1

    @property
    def written_path(self) -> Path:
        """The path of the file that the operation writes."""
        return files.build_path(self.settings.tenant_file_folder, self.operation.id)

    def find_given_path(self) -> Path:
        """Return the path of the file that the operation reads. Raises NotFound."""
        assert self.operation.file_id is not None
        path = files.build_path(self.settings.tenant_file_folder, self.operation.file_id)
        if not path.exists():
            message = "The file is not in TRELLIS_TENANT_FILES of the machine of this worker."
            raise NotFound(f"{message} Let all machines share that directory, or send it again.")
        return path

    async def is_registered(self, id: UUID | None) -> bool:
        """Return whether a tenant with this id is in the directory."""
        async with open_connection(self.database.required_owner_url) as home:
            return id in await TenantRegistry(home).find_slugs([id] if id else [])

    async def keep_file(self) -> None:
        """Add the file that was written to the files that can be downloaded."""
        operation = self.operation
        async with open_connection(self.database.required_owner_url) as home:
            file = TenantFile(
                id=operation.id,
                origin=FileOrigin.EXPORT,
                tenant_id=operation.tenant_id,
                size=self.written_path.stat().st_size,
                kept_until=datetime.now(UTC) + FILES_KEPT,
            )
            await files.add_file(home, file)


async def _export(attempt: Attempt) -> Outcome:
    written = await _write_file(attempt)
    notes = []
    if written.open_box_count:
        notes.append(tenant_files.KEYS_ARE_ELSEWHERE.format(count=written.open_box_count))
    await attempt.keep_file()
    return Outcome(written.row_count, notes)


async def _write_file(attempt: Attempt) -> Exported:
    path = attempt.written_path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return await tenant_files.write_export(attempt.database, attempt.operation.slug, path)


async def _import(attempt: Attempt) -> Outcome:
    operation, path = attempt.operation, attempt.find_given_path()
    if operation.is_dry_run:
        return _describe_plan(await tenant_files.plan_import(attempt.database, path, None))
    if attempt.is_repeated and await attempt.is_registered(operation.tenant_id):
        return Outcome(notes=[DONE_BEFORE])
    with_issuers = operation.input["with_issuers"]
    imported = await tenant_files.import_file(attempt.database, path, with_issuers=with_issuers)
    return _describe_imported(attempt, imported, read_head(path).tenant.id)


async def _restore(attempt: Attempt) -> Outcome:
    if attempt.operation.input.get("is_beside"):
        return await _restore_beside(attempt)
    return await _restore_in_place(attempt)


async def _restore_beside(attempt: Attempt) -> Outcome:
    operation, path = attempt.operation, attempt.find_given_path()
    database, slug = attempt.database, operation.slug
    if operation.is_dry_run:
        return _describe_plan(await tenant_files.plan_import(database, path, slug))
    if attempt.is_repeated and await attempt.is_registered(operation.id):
        return Outcome(notes=[DONE_BEFORE])
    restored = await tenant_files.restore_beside(
        database,
        attempt.settings,
        path,
        slug,
        location=operation.input["database"],
        id=TenantId(operation.id),
    )
    notes = [*_describe_issuers(restored), LEFT_OUT_BESIDE]
    return Outcome(restored.row_count, notes)


async def _restore_in_place(attempt: Attempt) -> Outcome:
    operation, path = attempt.operation, attempt.find_given_path()
    database, slug = attempt.database, operation.slug
    if operation.is_dry_run:
        return _describe_plan(await tenant_files.plan_import(database, path, slug, in_place=True))
    if attempt.is_repeated:
        raise StateConflict(INTERRUPTED_IN_PLACE)
    if operation.input["keeps_present"]:
        await _write_file(attempt)
        await attempt.keep_file()
    restored = await tenant_files.restore_in_place(database, path, slug, keep=None)
    return _describe_imported(attempt, restored, read_head(path).tenant.id)


async def _clone(attempt: Attempt) -> Outcome:
    operation, given = attempt.operation, attempt.operation.input
    if attempt.is_repeated and await attempt.is_registered(operation.id):
        return Outcome(notes=[DONE_BEFORE])
    sandbox = tenant_clones.Sandbox(
        operation.new_slug or "",
        given["name"],
        FirstAdmin(*given["admin"]),
        given["with_people"],
        given["database"],
        TenantId(operation.id),
    )
    cloned = await tenant_clones.clone_tenant(
        attempt.database, attempt.settings, operation.slug, sandbox
    )
    return Outcome(cloned.row_count, [NOTHING_ELSE_CLONED])


async def _move(attempt: Attempt) -> Outcome:
    operation = attempt.operation
    to = operation.input["database"] or HOME
    if operation.is_dry_run:
        plan = await tenant_moves.plan_move(attempt.database, operation.slug, to)
        return Outcome(plan.row_count, [f"It would move from {plan.source} to {plan.target}."])
    moved = await tenant_moves.move_tenant(attempt.database, operation.slug, to, attempt.report)
    if moved.source is None:
        return Outcome(notes=[f"It lives in {to} already; what was left elsewhere is removed."])
    seconds = f"{moved.read_only_seconds:.1f}"
    return Outcome(
        notes=[f"It moved from {moved.source} to {to}. Changes waited for {seconds} seconds."]
    )


async def _erase(attempt: Attempt) -> Outcome:
    operation, database = attempt.operation, attempt.database
    if attempt.is_repeated and not await attempt.is_registered(operation.tenant_id):
        erasure = await tenant_deletions.find_deletion(database, operation.slug)
    else:
        erasure = await tenant_deletions.erase_tenant(
            database, attempt.settings, operation.slug, attempt.report
        )
    return Outcome(receipt=erasure.receipt)


ACTS: Mapping[OperationKind, Callable[[Attempt], Awaitable[Outcome]]] = {
    OperationKind.EXPORT: _export,
    OperationKind.IMPORT: _import,
    OperationKind.RESTORE: _restore,
    OperationKind.CLONE: _clone,
    OperationKind.MOVE: _move,
    OperationKind.ERASE: _erase,
}


def _describe_imported(attempt: Attempt, imported: Imported, tenant_id: TenantId) -> Outcome:
    notes = _describe_issuers(imported)
    ballots = tenant_files.describe_ballots(attempt.settings, imported, tenant_id)
    return Outcome(imported.row_count, [*notes, *filter(None, [ballots.strip()])])


def _describe_issuers(imported: Imported) -> list[str]:
    names = ", ".join(map(repr, imported.skipped_issuers))
    text = f"Its issuers were not taken: {names}. Register those that it needs."
    return [text] if imported.skipped_issuers else []


def _describe_plan(plan: ImportPlan) -> Outcome:
    """Return a plan as data, with the tables that would change."""
    head = plan.head
    changes: dict[str, Any] = {
        "slug": head.tenant.slug,
        "exported_at": head.exported_at,
        "revision": head.revision,
        "expected_revision": plan.expected_revision,
        "issuers": head.issuer_names,
        "sealed_box_count": len(head.open_boxes),
        "refusals": plan.refusals,
        "tables": [
            [each.table, each.now, each.in_file, each.removed, each.added]
            for each in plan.tables
            if each.removed or each.added
        ],
    }
    return Outcome(plan=changes)
