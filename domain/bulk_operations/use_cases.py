"""Use cases of bulk operations: what is asked for, and what happens later by itself."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from domain import sync_runs
from domain.bulk_operations.model import (
    EXPIRE,
    FORGET_RESULTS,
    FORGET_UPLOAD,
    MAX_FILE_SIZE,
    TIME_TO_KEEP_UPLOAD,
    TIME_TO_RUN,
    UNFINISHED,
    BulkFileFormat,
    BulkOperation,
    BulkOperationFailure,
    BulkOperationKind,
    CsvForm,
    StagedUpload,
    build_run_task,
    get_time_to_download,
)
from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.errors import Code, Invalid, LimitExceeded, StateConflict
from domain.kernel.external_references import SOURCE
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.sync_runs import SyncRunKind, SyncRunType

MAX_UPLOADS, MAX_OWN_UPLOADS = 20, 8
"""Uploads that are kept: of a tenant, and of one account."""
MAX_UNFINISHED, MAX_OWN_UNFINISHED = 5, 2
"""Operations that are not finished: of a tenant, and of one account."""
MAX_TENANT_BYTES = 5 * MAX_FILE_SIZE
"""Bytes of all files of a tenant."""

LOCK = "bulk_operations"
STORED_BYTES = "bytes_of_bulk_files"
UPLOAD_SIZE = "size_of_staged_upload"
DELETE_FILE = "delete_bulk_file"
FORGET_PLACE = "forget_place_of_bulk_operation"

ROW_TYPES: Mapping[BulkOperationKind, SyncRunType] = {
    BulkOperationKind.UPSERT_PEOPLE: SyncRunType.PERSON,
    BulkOperationKind.UPSERT_ORGANIZATIONS: SyncRunType.ORGANIZATION,
    BulkOperationKind.UPSERT_TEAMS: SyncRunType.TEAM,
    BulkOperationKind.UPSERT_GOALS: SyncRunType.GOAL,
}
"""The kinds whose rows can be those of a sync run, and what these are about."""


async def create_upload(work: Work, file_format: BulkFileFormat) -> StagedUpload:
    """Create an upload, whose parts may be sent for a day. Raises LimitExceeded."""
    await work.lock_value(LOCK, "")
    owner_id = get_owner_id(work)
    for whose, maximum, counted in (
        ("An account", MAX_OWN_UPLOADS, await work.count(StagedUpload, owner_id=owner_id)),
        ("A tenant", MAX_UPLOADS, await work.count(StagedUpload)),
    ):
        if counted >= maximum:
            message = (
                f"{whose} has at most {maximum} uploads. Delete one, or wait until the oldest is"
                " deleted, two days after it was made."
            )
            raise LimitExceeded(message)
    await check_space(work)
    upload = StagedUpload(
        tenant_id=work.actor.tenant_id,
        owner_id=owner_id,
        format=file_format,
        expires_at=work.now + TIME_TO_RUN,
    )
    upload.record_event("created")
    await work.add(upload, to=StagedUpload.CREATE)
    arguments = {"upload_id": str(upload.id)}
    work.enqueue(_plan(FORGET_UPLOAD, upload.id, arguments, work, TIME_TO_KEEP_UPLOAD))
    return upload


async def check_space(work: Work, size: int = 0) -> None:
    """Raise LimitExceeded where the tenant may not store as many bytes more."""
    ((stored,),) = await work.run_statement(STORED_BYTES)
    if stored + size > MAX_TENANT_BYTES:
        message = (
            f"The files of a tenant have at most {MAX_TENANT_BYTES:,} bytes. Uploads are deleted"
            " after two days, and results after seven."
        )
        raise LimitExceeded(message)


async def require_run(work: Work, kind: BulkOperationKind) -> None:
    """Raise the faults of the input of `run`, and NotPermitted where the actor may not run it."""
    draft = BulkOperation(
        tenant_id=work.actor.tenant_id,
        owner_id=get_owner_id(work),
        kind=kind,
        files_until=work.now + get_time_to_download(kind),
    )
    await work.require(draft, to=BulkOperation.CREATE)


async def run(  # noqa: PLR0913 - the options of an operation
    work: Work,
    kind: BulkOperationKind,
    upload_id: UUID | None = None,
    *,
    query: str | None = None,
    source: str | None = None,
    mode: SyncRunKind | None = None,
    left_on: date | None = None,
    is_dry_run: bool = False,
    csv_form: CsvForm | None = None,
) -> BulkOperation:
    """Let a worker do something with all rows of an upload, or read all pages of a query.

    Raises Invalid, LimitExceeded, and NotPermitted where the actor may not start a sync run.
    """
    await _check_input(work, kind, upload_id, source, mode, left_on)
    is_run = mode is not None and not is_dry_run
    run_id = await _start_run(work, kind, source, mode) if is_run else None
    await check_limits(work)
    operation = BulkOperation(
        tenant_id=work.actor.tenant_id,
        owner_id=get_owner_id(work),
        kind=kind,
        upload_id=upload_id,
        query=query,
        source=source,
        mode=mode,
        left_on=left_on,
        is_dry_run=is_dry_run,
        sync_run_id=run_id,
        **vars(csv_form or CsvForm()),
        files_until=work.now + get_time_to_download(kind),
    )
    operation.record_event("created")
    await work.add(operation, to=BulkOperation.CREATE)
    enqueue_tasks(work, operation)
    return operation


async def _start_run(
    work: Work, kind: BulkOperationKind, source: str | None, mode: SyncRunKind | None
) -> UUID:
    """Start the sync run of an operation. Raises NotPermitted."""
    assert source is not None, "The input was checked."
    assert mode is not None, "The input was checked."
    return (await sync_runs.start(work, source, mode, [ROW_TYPES[kind]])).id


def enqueue_tasks(work: Work, operation: BulkOperation) -> None:
    """Let a worker run an operation, stop it in time, and delete its results later."""
    id, arguments = operation.id, {"operation_id": str(operation.id)}
    work.enqueue(build_run_task(id))
    work.enqueue(_plan(EXPIRE, id, arguments, work, TIME_TO_RUN))
    kept = get_time_to_download(operation.kind)
    work.enqueue(_plan(FORGET_RESULTS, id, arguments, work, kept))


async def check_limits(work: Work) -> None:
    """Raise LimitExceeded where a tenant has too many operations, or too many bytes."""
    await work.lock_value(LOCK, "")
    for whose, maximum, of in (
        ("an account", MAX_OWN_UNFINISHED, {"owner_id": get_owner_id(work)}),
        ("a tenant", MAX_UNFINISHED, {}),
    ):
        counts = [await work.count(BulkOperation, status=each, **of) for each in UNFINISHED]
        if sum(counts) >= maximum:
            message = (
                f"At most {maximum} bulk operations of {whose} run at once. Wait until one of them"
                " has ended, or cancel one."
            )
            raise LimitExceeded(message)
    await check_space(work)


async def _check_input(
    work: Work,
    kind: BulkOperationKind,
    upload_id: UUID | None,
    source: str | None,
    mode: SyncRunKind | None,
    left_on: date | None,
) -> None:
    """Raise Invalid with all that is wrong with the input."""
    if kind is BulkOperationKind.PERSON_EXPORT:
        message = "Use `personExport` to export what is stored about a person."
        raise Invalid(message, "kind", code=Code.INCONSISTENT)
    faults = FaultCollector()
    with faults.collect():
        is_query = kind is BulkOperationKind.QUERY
        if upload_id is not None and not is_query:
            await _check_upload(work, upload_id)
        elif not is_query:
            message = "These rows come from a file. Fill in its upload."
            raise Invalid(message, "uploadId", code=Code.REQUIRED)
        elif upload_id is not None:
            message = "A query reads no file. Leave this out."
            raise Invalid(message, "uploadId", code=Code.INCONSISTENT)
    with faults.collect():
        if source is not None:
            check_required(SOURCE, source, "source")
        elif mode is not None:
            message = "A sync run has a source. Fill in the name of your system."
            raise Invalid(message, "source", code=Code.REQUIRED)
    with faults.collect():
        if mode is not None and kind not in ROW_TYPES:
            message = "This kind has no sync run. Leave out the mode."
            raise Invalid(message, "mode", code=Code.INCONSISTENT)
    with faults.collect():
        ends_people = mode is SyncRunKind.FULL and kind is BulkOperationKind.UPSERT_PEOPLE
        if ends_people and left_on is None:
            message = "A FULL run of people needs the last day for people without a row."
            raise Invalid(message, "lastDay", code=Code.REQUIRED)
    faults.raise_all()


async def _check_upload(work: Work, id: UUID) -> None:
    """Raise Invalid where an upload has no bytes, or may not be used any more."""
    upload = await work.reference(StagedUpload, id, "uploadId")
    assert upload is not None, "The id is given."
    ((size,),) = await work.run_statement(UPLOAD_SIZE, id=id)
    if upload.expires_at <= work.now:
        message = "This upload is older than a day. Make a new one and send the file again."
        raise Invalid(message, "uploadId", code=Code.INCONSISTENT)
    if not size:
        message = "This upload is empty. Send the file to its address first."
        raise Invalid(message, "uploadId", code=Code.INCONSISTENT)


async def require_open(work: Work, upload: StagedUpload, size: int) -> None:
    """Raise StateConflict or LimitExceeded where an upload takes no further bytes, or not as many.

    An operation reads the file as it was when it began.
    """
    if upload.expires_at <= work.now:
        raise StateConflict("This upload is older than a day. Make a new one.")
    if await work.count(BulkOperation, upload_id=upload.id):
        raise StateConflict("A bulk operation uses this upload. Make a new one for other rows.")
    await check_space(work, size)


async def delete_upload(
    work: Work, id: UUID, *, expected_version: int | None = None
) -> StagedUpload:
    """Delete an upload with its bytes. Raises what `Work.get` raises."""
    upload = await work.get(
        StagedUpload, id, to=StagedUpload.DELETE, expected_version=expected_version
    )
    await _remove_upload(work, upload)
    return upload


async def _remove_upload(work: Work, upload: StagedUpload) -> None:
    await work.run_statement(DELETE_FILE, id=upload.id)
    upload.record_event("deleted")
    await work.remove(upload)


async def expire(work: Work, *, operation_id: str) -> None:
    """Stop an operation that has not ended in time."""
    for operation in await work.load_all(BulkOperation, [UUID(operation_id)], locks=True):
        if not operation.is_finished:
            operation.fail(BulkOperationFailure.TIMEOUT, work.now)


async def forget_results(work: Work, *, operation_id: str) -> None:
    """Delete the results of an operation, and the place of the last one: a cursor holds values."""
    for each in (DELETE_FILE, FORGET_PLACE):
        await work.run_statement(each, id=UUID(operation_id))


async def forget_upload(work: Work, *, upload_id: str) -> None:
    """Delete an upload, unless its owner has."""
    for upload in await work.load_all(StagedUpload, [UUID(upload_id)]):
        await _remove_upload(work, upload)


TASK_HANDLERS: Mapping[str, TaskHandler] = {
    EXPIRE: TaskHandler(expire),
    FORGET_RESULTS: TaskHandler(forget_results),
    FORGET_UPLOAD: TaskHandler(forget_upload),
}
"""The handlers of what happens by itself. The work on rows needs the graph (`api`)."""


def _plan(
    kind: str, id: UUID, arguments: Mapping[str, str], work: Work, after: timedelta
) -> BackgroundTask:
    return BackgroundTask(kind, arguments, f"{kind} {id}", work.now + after)


def get_owner_id(work: Work) -> UUID:
    assert work.actor.member_id is not None, "Only members send files."
    return work.actor.member_id
