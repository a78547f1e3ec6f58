"""The tasks of bulk operations: each reads the next rows for a few seconds, batch by batch.

A batch is one transaction, with the rights that the owner has then. It stores the results of its
rows and the place after them with what they change. So after a crash, no row is lost, and none is
applied or counted twice.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast
from uuid import UUID

from api.bulk_processing.exporting import Exporter
from api.bulk_processing.lines import (
    MAX_LINES,
    FileRow,
    Place,
    RowTooLong,
    Window,
    read_lines,
)
from api.bulk_processing.person_exports import export_person
from api.bulk_processing.results import NOTHING, list_results, render_results
from api.bulk_processing.rows import CoercedRow, RowReader
from api.bulk_processing.stopping import DENIALS, SLICE, Stopped, require_running
from api.bulk_processing.tables import SAMPLE_SIZE, CsvReader
from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.execution.changes import ChangeRunner
from api.kernel.execution.row_execution import run_rows
from domain import sync_runs
from domain.bulk_operations import (
    MAX_FILE_SIZE,
    RUN,
    BulkOperation,
    BulkOperationFailure,
    BulkOperationStatus,
    build_run_task,
)
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.errors import ConcurrentChange, LimitExceeded, Refusal
from domain.kernel.identity import TenantId
from domain.kernel.unit_of_work import Work as DomainWork
from domain.sync_runs import SyncRunKind
from persistence.bulk_operations.files import (
    Advance,
    Progress,
    advance,
    find_owner,
    load_progress,
    read_window,
)
from persistence.kernel.pools import PoolSource
from persistence.reading.cpu_worker import run_in_worker
from persistence.unit_of_work.work import Work
from persistence.unit_of_work.work import work as open_work

WINDOW_SIZE = 2_000_000
"""Bytes of a file that are read at once."""

Found = TypeVar("Found")
EMPTY = Window(b"", 0, is_last=False)


@dataclass
class Job:
    """An operation that a task works on: who owns it, and how far it has come."""

    operation: BulkOperation
    subject: str
    progress: Progress
    file_size: int
    reader: RowReader
    read: Callable[[Window, Place, int], tuple[list[FileRow], Place]] = read_lines
    window: Window = EMPTY
    stops_at: float = field(default_factory=lambda: time.monotonic() + SLICE)

    @property
    def tenant_id(self) -> TenantId:
        """The tenant of the operation."""
        return TenantId(self.operation.tenant_id)

    @property
    def place(self) -> Place:
        """Where the next row begins."""
        return Place(self.progress.read_size, self.progress.line_count + 1)

    @property
    def has_more(self) -> bool:
        """Whether there are bytes that were not read."""
        return self.progress.read_size < self.file_size


@dataclass(frozen=True)
class BulkRunner:
    """Runs the tasks of bulk operations. Its pool is beside the unit of work of the task."""

    pool: PoolSource
    run_change: ChangeRunner
    exporter: Exporter

    @property
    def handlers(self) -> dict[str, TaskHandler]:
        """The handlers by kind."""
        return {RUN: TaskHandler(self.run)}

    async def run(self, work: Work, *, operation_id: str) -> None:
        """Do the next part of an operation, and plan the task that goes on."""
        id = UUID(operation_id)
        try:
            operation, subject, progress = await self._begin(work, id)
            if operation.subject_id is not None:
                await self._run_as_owner(work, subject, lambda owner: export_person(owner, id))
                has_more = False
            elif operation.query is not None:
                has_more = await self.exporter.run(work, operation, subject, progress)
                if not has_more:
                    (await require_running(work, id)).finish(work.now)
            else:
                job = await self._build_job(work, operation, subject, progress)
                while job.has_more and time.monotonic() < job.stops_at:
                    await self._run_batch(work, job)
                has_more = job.has_more
                if not has_more:
                    await self._run_as_owner(work, job.subject, lambda owner: _finish(owner, id))
            if has_more:
                work.enqueue(build_run_task(id))
        except Stopped as stopped:
            found = await work.find(BulkOperation, id=id)
            if stopped.failure and found is not None and not found.is_finished:
                found.fail(stopped.failure, work.now)

    async def _begin(self, work: Work, id: UUID) -> tuple[BulkOperation, str, Progress]:
        """Return an operation, who owns it and how far it has come. Raises Stopped.

        It is in a transaction of its own, which notes the start.
        """
        tenant_id = work.actor.tenant_id
        async with open_work(self.pool, work.actor, now=work.now) as beginning:
            operation = await beginning.find(BulkOperation, id=id)
            if operation is None or operation.is_finished:
                raise Stopped
            if operation.status is BulkOperationStatus.CREATED:
                operation.start()
            connection = await beginning.get_connection()
            subject = await find_owner(connection, tenant_id, "bulk_operations", id)
            progress = await load_progress(connection, tenant_id, id)
        assert subject is not None, "The account of an operation is never deleted."
        return operation, subject, progress

    async def _build_job(
        self, work: Work, operation: BulkOperation, subject: str, progress: Progress
    ) -> Job:
        """Return how the rows of an operation are read. Raises Stopped."""
        if progress.file_size is None:
            raise Stopped(BulkOperationFailure.FILE_MISSING)
        reader = await RowReader.create(operation.kind, work.actor.tenant_id)
        job = Job(operation, subject, progress, progress.file_size, reader)
        if operation.encoding is not None:
            start = await self._load_window(work, job, 0, SAMPLE_SIZE)
            source, form = operation.source or "", operation.csv_form
            csv_reader = await run_in_worker(
                job.tenant_id, lambda: CsvReader.create(start.data, source, form)
            )
            job.read = csv_reader.read
        return job

    async def _run_batch(self, work: Work, job: Job) -> None:
        """Read and apply a batch of rows; a smaller one where they depend too much on each other.

        Raises Stopped.
        """
        rows, end = await self._read_rows(work, job)
        coerced = await _coerce(job, rows)
        while True:
            try:
                await self._apply(work, job, coerced, end)
            except LimitExceeded:
                if len(coerced) <= 1:
                    raise
                coerced = coerced[: len(coerced) // 2]
                end = coerced[-1].row.end
            else:
                return

    async def _read_rows(self, work: Work, job: Job) -> tuple[list[FileRow], Place]:
        """Return the next rows and the place after them. Raises Stopped."""
        count, place = job.reader.batch_size, job.place
        rows, end = list[FileRow](), place
        try:
            if job.window.covers(place.offset):
                rows, end = await _parse_rows(job, count)
            is_cut = end.line - place.line < MAX_LINES
            if len(rows) < count and is_cut and not job.window.is_last:
                job.window = await self._load_window(work, job, place.offset, WINDOW_SIZE)
                rows, end = await _parse_rows(job, count)
        except RowTooLong:
            raise Stopped(BulkOperationFailure.ROW_TOO_LONG) from None
        return rows, end

    async def _load_window(self, work: Work, job: Job, offset: int, size: int) -> Window:
        """Return a window of the file. Raises Stopped."""
        upload_id = job.operation.upload_id
        assert upload_id is not None, "An operation with rows has an upload."
        async with open_work(self.pool, work.actor, now=work.now) as reading:
            connection = await reading.get_connection()
            data = await read_window(connection, job.tenant_id, upload_id, offset, size)
        if len(data) < min(size, job.file_size - offset):
            raise Stopped(BulkOperationFailure.FILE_MISSING)
        return Window(data, offset, is_last=offset + len(data) >= job.file_size)

    async def _apply(self, work: Work, job: Job, rows: Sequence[CoercedRow], end: Place) -> None:
        """Apply rows, with their results and the place after them, in one transaction."""

        async def change(owner: DomainWork) -> Progress:
            return await _apply_rows(cast(Work, owner), job, rows, end)

        job.progress = await self._run_as_owner(work, job.subject, change)

    async def _run_as_owner(
        self, work: Work, subject: str, change: Callable[[DomainWork], Awaitable[Found]]
    ) -> Found:
        """Run a change with the rights that the owner has now. Raises Stopped."""
        caller = Caller(work.actor.tenant_id, "", "", subject, work.now, "bulk-operation")
        try:
            found: Found = await self.run_change(
                caller, change, request_id=work.request_id or "bulk"
            )
        except (ConcurrentChange, LimitExceeded, Stopped):
            raise
        except Refusal:  # what is wrong with a row is in its result
            raise Stopped(BulkOperationFailure.SYNC_RUN_REFUSED) from None
        except RequestError as error:
            if error.code in DENIALS:
                raise Stopped(BulkOperationFailure.OWNER_WITHOUT_ACCESS) from None
            raise
        return found


async def _parse_rows(job: Job, count: int) -> tuple[list[FileRow], Place]:
    window, place = job.window, job.place
    return await run_in_worker(job.tenant_id, lambda: job.read(window, place, count))


async def _coerce(job: Job, rows: Sequence[FileRow]) -> list[CoercedRow]:
    source = job.operation.source
    return await run_in_worker(
        job.tenant_id, lambda: [job.reader.coerce(each, source) for each in rows]
    )


async def _apply_rows(owner: Work, job: Job, rows: Sequence[CoercedRow], end: Place) -> Progress:
    """Apply rows in a unit of work of their owner, and return how far the operation has come."""
    operation, before = job.operation, job.progress
    await require_running(owner, operation.id)
    inputs = [each.input for each in rows if each.input is not None]
    found, mutation = NOTHING, job.reader.mutation
    if inputs:
        found = await run_rows(
            mutation, owner, job.reader.parse(operation, inputs), is_replay=False
        )
    results = render_results(mutation, rows, found, is_dry_run=operation.is_dry_run)
    if before.result_size + len(results) > MAX_FILE_SIZE:
        raise Stopped(BulkOperationFailure.RESULTS_TOO_LARGE)
    outcomes = Counter(each.outcome for each in list_results(rows, found))
    done = Advance(
        *(end.offset, end.line - 1, job.file_size, results),
        unreadable_count=len(rows) - len(inputs),
        row_count=len(rows),
        outcomes=outcomes,
    )
    connection = await owner.get_connection()
    if not await advance(connection, job.tenant_id, operation.id, before, done):
        raise Stopped
    return Progress(
        *(end.offset, end.line - 1, before.result_size + len(results)),
        *(before.unreadable_count + done.unreadable_count, job.file_size),
    )


async def _finish(owner: DomainWork, id: UUID) -> None:
    """End an operation whose rows were all read, and its sync run. Raises Stopped."""
    operation = await require_running(owner, id)
    if operation.sync_run_id is not None:
        connection = await cast(Work, owner).get_connection()
        progress = await load_progress(connection, operation.tenant_id, id)
        if progress.unreadable_count and operation.mode is SyncRunKind.FULL:
            raise Stopped(BulkOperationFailure.ROWS_UNREADABLE)
        await sync_runs.finish(owner, operation.sync_run_id, left_on=operation.left_on)
    operation.finish(owner.now)
