"""Bulk operations in the graph: what a worker does with all rows of a file."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from api.bulk_operations.uploads import BulkFileAddress, sign_address
from api.bulk_processing.addresses import Purpose
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.kernel.schema.verbs import verb
from api.sync_runs import SyncRun
from domain import bulk_operations
from domain.bulk_operations import BulkOperationFailure, BulkOperationKind, BulkOperationStatus
from domain.kernel.external_references import SOURCE
from domain.kernel.unit_of_work import Work
from domain.sync_runs import SyncRunKind
from persistence.bulk_operations import BULK_OPERATION
from persistence.reading.read_model import ROOT

graph_enum(
    BulkOperationKind,
    "What a bulk operation does with each row of its file.",
    upsert_people="As `peopleUpsert`. A row is a `PersonUpsertRowInput`.",
    upsert_organizations="As `organizationsUpsert`. A row is an `OrganizationUpsertRowInput`.",
    upsert_teams="As `teamsUpsert`. A row is a `TeamUpsertRowInput`.",
    record_measurements="As `kpiRecordMeasurements`. A row is a `KpiMeasurementRowInput`.",
)
graph_enum(
    BulkOperationStatus,
    "The state of a bulk operation.",
    created="It waits for a worker.",
    running="A worker reads its rows.",
    done="All rows were read. Some may be rejected: see the results.",
    failed="It has stopped. The results have the rows that were read before.",
    cancelled="It was cancelled. The results have the rows that were read before.",
)
graph_enum(
    BulkOperationFailure,
    "Why a bulk operation failed as a whole.",
    owner_without_access="Its account may not sign in any more.",
    sync_run_refused=(
        "Its sync run takes no rows any more, or could not be finished. See `syncRun`."
    ),
    file_missing="Its staged upload was deleted.",
    rows_unreadable=(
        "Its FULL sync run has ended nobody, because some rows could not be read. Correct them and"
        " send the file again, or finish the run with `syncRunFinish`."
    ),
    row_too_long="A row has more than 1,000,000 bytes. Perhaps a line break or a quote is missing.",
    results_too_large="The results have more than 100,000,000 bytes. Send fewer rows.",
    timeout="It did not end within a day.",
)


@node(
    BULK_OPERATION,
    where=("id", "kind", "status", "created_at"),
    order_by=("created_at",),
)
class BulkOperation:
    """What a worker does with all rows of a file.

    Only the account that began it sees it. Each batch of rows is one transaction, with the rights
    that the account has then. After a crash it goes on with the next batch.
    """

    kind: BulkOperationKind = value("What it does.")
    source: str | None = value("The other system. Null when none was given.")
    mode: SyncRunKind | None = value(
        "Whether its sync run is FULL or a DELTA. Null for rows without a run."
    )
    last_day: date | None = value(
        "The last day for people without a row. Null when none was given."
    )
    is_dry_run: bool = value("Whether it checks the rows, and stores nothing.")
    sync_run: SyncRun | None = one(
        "The sync run of its rows. Null without a `mode`, in a dry run, and when the viewer may not"
        " see it."
    )
    status: BulkOperationStatus = value("The state.")
    failure: BulkOperationFailure | None = value("Why it failed. Null when it did not.")
    row_count: int = value("How many rows were read so far.")
    created_count: int = value("Rows that created an object, or would in a dry run.")
    updated_count: int = value("Rows that changed an object, or would in a dry run.")
    unchanged_count: int = value("Rows that were equal to what is stored.")
    deferred_count: int = value("Rows that were stored, and wait for an object they refer to.")
    rejected_count: int = value("Rows that were refused.")
    file_size: int = value("The bytes of the file. 0 until a worker has begun.")
    read_size: int = value("How many bytes of the file were read. With `fileSize`, the progress.")
    result_size: int = value("The bytes of the results so far.")
    finished_at: datetime | None = value("When it ended. Null when it has not.")
    files_until: datetime = value("Until when its results are kept: seven days.")


@input_type(one_of=True)
class BulkOperationBy:
    """Identifies a bulk operation by exactly one of these."""

    id: UUID | None = input_field("The bulk operation's id.")


@queries(ROOT)
class BulkOperationQueries:
    """Root fields of bulk operations."""

    bulk_operation: BulkOperation | None = look_up(
        "A bulk operation. Null when there is none, or when it is not the viewer's.",
        "BulkOperationBy",
        "How the bulk operation is identified.",
    )
    bulk_operations: Connection[BulkOperation] = many(
        "The bulk operations of the viewer, the newest first."
    )


@input_type()
class BulkOperationRunInput:
    """Input of `bulkOperationRun`."""

    kind: BulkOperationKind = input_field("What to do with each row.")
    upload_id: UUID = input_field(
        "The staged upload with the rows. Once an operation uses it, it takes no further bytes.",
        id_prefix="upload",
    )
    source: Annotated[str | None, SOURCE] = input_field(
        "The other system: the source of each `externalReference` of a row that names none."
        " Required with `mode`. Default: each row names its source."
    )
    mode: SyncRunKind | None = input_field(
        "Makes the rows a sync run, which is finished after the last one, and can be undone. Only"
        " for upserts. Default: no sync run."
    )
    left_on: date | None = input_field(
        "The last day for people without a row. Required for a FULL run of people, ignored for"
        " others.",
        graph_name="lastDay",
        is_period_end=True,
    )
    dry_run: bool | None = input_field(
        "Whether to check the rows without storing anything. The results then also have what each"
        " row would change. Default: false."
    )


@mutation(BulkOperation)
async def bulk_operation_run(
    work: Work, input: BulkOperationRunInput
) -> bulk_operations.BulkOperation:
    """Let a worker do something with all rows of a staged upload.

    It costs no points for its rows. A tenant has at most 5 operations that are not finished.
    """
    return await bulk_operations.run(
        work,
        input.kind,
        input.upload_id,
        source=input.source,
        mode=input.mode,
        left_on=input.left_on,
        is_dry_run=bool(input.dry_run),
    )


bulk_operation_cancel = verb(
    BulkOperation,
    bulk_operations.BulkOperation.CANCEL,
    "Stop a bulk operation before its next batch. Rows that were read stay as they are. Its sync"
    " run stays OPEN: undo it with `syncRunUndo`, or leave it as it is.",
)


@input_type()
class BulkOperationDownloadInput:
    """Input of `bulkOperationDownload`."""

    id: UUID = input_field("Id of the BulkOperation.", id_prefix="bulk")
    expected_version: int | None = expected_version_field()


@mutation(BulkOperation, computes={"address": BulkFileAddress})
async def bulk_operation_download(work: Work, input: BulkOperationDownloadInput) -> Computed:
    """Make an address from which the results of an operation that has ended can be downloaded.

    It holds for 15 minutes. The results are JSONL: an object for each row, with its `line`, its
    `outcome`, the `id` of its object, and its `errors`.
    """
    kind = bulk_operations.BulkOperation
    operation = await work.get(
        kind, input.id, to=kind.DOWNLOAD, expected_version=input.expected_version
    )
    operation.note_download()
    tenant_id = work.actor.tenant_id
    return Computed(operation.id, sign_address(Purpose.RESULTS, tenant_id, operation.id, work.now))
