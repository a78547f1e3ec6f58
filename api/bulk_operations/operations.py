"""Bulk operations in the graph: what a worker does with all rows of a file."""

from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, cast
from uuid import UUID

from api.bulk_operations.uploads import BulkFileAddress, sign_address
from api.bulk_processing.addresses import Purpose
from api.bulk_processing.bulk_query import check_bulk_query
from api.bulk_processing.tables import SAMPLE_SIZE, detect
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
from api.people import Person
from api.sync_runs import SyncRun
from domain import bulk_operations
from domain.bulk_operations import (
    BulkDateForm,
    BulkEncoding,
    BulkFileFormat,
    BulkOperationFailure,
    BulkOperationKind,
    BulkOperationStatus,
    BulkSeparator,
    CsvForm,
)
from domain.bulk_operations.model import QUERY
from domain.kernel.errors import Code, Invalid
from domain.kernel.external_references import SOURCE
from domain.kernel.fields import SingleLine
from domain.kernel.unit_of_work import Work
from domain.sync_runs import SyncRunKind
from persistence.bulk_operations import BULK_OPERATION
from persistence.bulk_operations.files import read_window
from persistence.reading.cpu_worker import run_in_worker
from persistence.reading.read_model import ROOT
from persistence.unit_of_work.work import Work as StoredWork

MAX_COLUMNS = 100
HEADER = SingleLine("The name", max_length=200)

graph_enum(
    BulkOperationKind,
    "What a bulk operation does with each row of its file.",
    upsert_people="As `peopleUpsert`. A row is a `PersonUpsertRowInput`.",
    upsert_organizations="As `organizationsUpsert`. A row is an `OrganizationUpsertRowInput`.",
    upsert_teams="As `teamsUpsert`. A row is a `TeamUpsertRowInput`.",
    upsert_goals="As `goalsUpsert`. A row is a `GoalUpsertRowInput`.",
    record_measurements="As `kpiRecordMeasurements`. A row is a `KpiMeasurementRowInput`.",
    query="It has no file: it reads all pages of a query. The results are the objects.",
    person_export="It takes no file: it exports what is stored about a person. See `personExport`.",
)
graph_enum(
    BulkEncoding,
    "The encoding of a CSV file.",
    utf_8="UTF-8, with or without a byte order mark.",
    utf_16="UTF-16 with a byte order mark.",
    windows_1252="That of Windows in western Europe.",
)
graph_enum(
    BulkSeparator,
    "The sign between two cells of a CSV file.",
    comma="A comma.",
    semicolon="A semicolon.",
    tab="A tab.",
    bar="A vertical bar.",
)
graph_enum(
    BulkDateForm,
    "The form of the dates in a CSV file.",
    year_month_day="2026-03-31.",
    year_month_day_slashes="2026/03/31.",
    year_month_day_digits="20260331.",
    day_month_year_dots="31.03.2026.",
    day_month_year_slashes="31/03/2026.",
    month_day_year_slashes="03/31/2026.",
    day_month_year="31-03-2026.",
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
    owner_without_access=(
        "Its account may not sign in any more, or may not export this person any more."
    ),
    sync_run_refused=(
        "Its sync run takes no rows any more, or could not be finished. See `syncRun`."
    ),
    file_missing="Its staged upload was deleted.",
    query_refused="A page of its query was refused. Execute the query to learn why.",
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
    query: str | None = value("Its query. Null for the other kinds.")
    subject: Person | None = one(
        "The person of a PERSON_EXPORT. Null for the other kinds, and when the viewer may not see"
        " them."
    )
    source: str | None = value("The other system. Null when none was given.")
    mode: SyncRunKind | None = value(
        "Whether its sync run is FULL or a DELTA. Null for rows without a run."
    )
    last_day: date | None = value(
        "The last day for people without a row. Null when none was given."
    )
    is_dry_run: bool = value("Whether it checks the rows, and stores nothing.")
    encoding: BulkEncoding | None = value(
        "The encoding of its CSV file, as it was stated or detected. Null for a JSONL file."
    )
    separator: BulkSeparator | None = value("The separator of its CSV file. Null for a JSONL file.")
    date_form: BulkDateForm | None = value(
        "The form of the dates in its CSV file. Null for a JSONL file."
    )
    columns: list[str] = value(
        "The columns of its CSV file that are read, each as `header=field`. Others are left out."
        " Empty for a JSONL file."
    )
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
    files_until: datetime = value(
        "Until when its results are kept: seven days, and one day for a QUERY or a PERSON_EXPORT."
    )


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
class BulkColumnInput:
    """A column of a CSV file, and the field that it gives."""

    header: Annotated[str, HEADER] = input_field("The name of the column in the first line.")
    field: Annotated[str, HEADER] = input_field(
        "The field: `id`, `manager` or `organization` for ids of your system, or a field of"
        " `PersonUpsertRowInput` such as `hiredOn`."
    )


@input_type()
class BulkCsvInput:
    """How a CSV file is read. What is left out is detected, from the first 1,000,000 bytes."""

    encoding: BulkEncoding | None = input_field(
        "The encoding. Default: that of the byte order mark, else UTF-8 where the file is valid,"
        " else that of Windows."
    )
    separator: BulkSeparator | None = input_field(
        "The sign between two cells. Default: comma, semicolon, tab or bar, which the first line"
        " has most often."
    )
    date_form: BulkDateForm | None = input_field(
        "The form of the dates. Default: the one that fits most of them. Required where several"
        " fit as many."
    )
    columns: list[BulkColumnInput] | None = input_field(
        "Columns whose headers do not name their field. Default: usual headers are known, such as"
        " `Employee ID` and `First name`.",
        max_items=MAX_COLUMNS,
        unique_by=attrgetter("header"),
    )


@input_type()
class BulkOperationRunInput:
    """Input of `bulkOperationRun`."""

    kind: BulkOperationKind = input_field("What to do with each row.")
    upload_id: UUID | None = input_field(
        "The staged upload with the rows. Once an operation uses it, it takes no further bytes."
        " Required, except for QUERY.",
        id_prefix="upload",
    )
    query: Annotated[str | None, QUERY] = input_field(
        "A query of one connection with the variable `$after: String`, whose `nodes` become lines"
        " of the results. It selects `pageInfo { hasNextPage endCursor }`. Required for QUERY."
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
    csv: BulkCsvInput | None = input_field(
        "How a CSV file is read. Default: all is detected. The operation shows how it reads the"
        " file: check it in a dry run."
    )
    dry_run: bool | None = input_field(
        "Whether to check the rows without storing anything. The results then also have what each"
        " row would change. Each batch of 250 rows is checked by itself, so a row that refers to"
        " one of another batch is DEFERRED. Default: false."
    )


async def find_csv_form(work: Work, input: BulkOperationRunInput) -> CsvForm | None:
    """Return how the file of an input is read; None for a JSONL file. Raises Invalid."""
    upload = await work.reference(bulk_operations.StagedUpload, input.upload_id, "uploadId")
    assert upload is not None, "The id is given."
    if upload.format is BulkFileFormat.JSONL:
        if input.csv is not None:
            message = "The upload is a JSONL file. Leave this out."
            raise Invalid(message, "csv", code=Code.INCONSISTENT)
        return None
    if input.kind is not BulkOperationKind.UPSERT_PEOPLE:
        message = "A CSV file can only have people. Send these rows as JSONL."
        raise Invalid(message, "kind", code=Code.INCONSISTENT)
    if not input.source:
        message = "The ids of a CSV file are those of a system. Fill in its name."
        raise Invalid(message, "source", code=Code.REQUIRED)
    connection = await cast(StoredWork, work).get_connection()
    sample = await read_window(connection, upload.tenant_id, upload.id, 0, SAMPLE_SIZE)
    given = input.csv
    stated = CsvForm(given.encoding, given.separator, given.date_form) if given else CsvForm()
    columns = {each.header.strip(): each.field for each in (given and given.columns) or ()}
    source = input.source
    return await run_in_worker(
        work.actor.tenant_id, lambda: detect(sample, source, stated, columns)
    )


async def _check_query(work: Work, input: BulkOperationRunInput) -> None:
    """Raise Invalid for a query that no worker can read, and for one that another kind has."""
    if input.kind is not BulkOperationKind.QUERY:
        if input.query is not None:
            message = "Only the kind QUERY has a query. Leave this out."
            raise Invalid(message, "query", code=Code.INCONSISTENT)
    elif not input.query:
        raise Invalid("Fill in the query.", "query", code=Code.REQUIRED)
    else:
        await check_bulk_query(work.actor.tenant_id, input.query)


@mutation(BulkOperation)
async def bulk_operation_run(
    work: Work, input: BulkOperationRunInput
) -> bulk_operations.BulkOperation:
    """Let a worker do something with all rows of a staged upload, or read all pages of a query.

    It costs no points for its rows. At most 5 operations of a tenant are not finished, and 2 of an
    account. A CSV file can only be used with UPSERT_PEOPLE, and needs a `source`.
    """
    await bulk_operations.require_run(work, input.kind)
    csv_form = await find_csv_form(work, input) if input.upload_id else None
    await _check_query(work, input)
    return await bulk_operations.run(
        work,
        input.kind,
        input.upload_id,
        query=input.query,
        source=input.source,
        mode=input.mode,
        left_on=input.left_on,
        is_dry_run=bool(input.dry_run),
        csv_form=csv_form,
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
    `outcome`, the `id` of its object, and its `errors`. Those of a PERSON_EXPORT are a ZIP file
    with `person.json` and `person.html`.
    """
    kind = bulk_operations.BulkOperation
    operation = await work.get(
        kind, input.id, to=kind.DOWNLOAD, expected_version=input.expected_version
    )
    operation.note_download()
    tenant_id = work.actor.tenant_id
    return Computed(operation.id, sign_address(Purpose.RESULTS, tenant_id, operation.id, work.now))
