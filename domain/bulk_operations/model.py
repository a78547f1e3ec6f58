"""The aggregates of bulk operations: a file that is sent, and what a worker does with it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import EVERYBODY, Holds, IsAccount
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.external_references import SOURCE
from domain.kernel.fields import MultiLine, PeriodEnd
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission
from domain.sync_runs import SyncRunKind

OWN = IsAccount("owner_id")
"""Nobody else sees a file or its results, not even an administrator."""

RUN, EXPIRE = "bulk_operation.run", "bulk_operation.expire"
FORGET_RESULTS, FORGET_UPLOAD = "bulk_operation.forget", "staged_upload.forget"
"""The kinds of tasks."""

TIME_TO_RUN = timedelta(days=1)
"""How long an upload may be used, and an operation may take."""
TIME_TO_DOWNLOAD, TIME_TO_DOWNLOAD_OBJECTS = timedelta(days=7), timedelta(days=1)
"""How long results are kept: of rows, and of queries, with what the account could see then."""
TIME_TO_KEEP_UPLOAD = 2 * TIME_TO_RUN
"""An operation that begins late still has its file to the end."""

MAX_FILE_SIZE = 100_000_000
"""Bytes of an upload, and of the results of an operation."""


QUERY = MultiLine("The query", 10_000)


class BulkFileFormat(StrEnum):
    """The format of an upload."""

    JSONL = "jsonl"
    CSV = "csv"


class BulkEncoding(StrEnum):
    """The encoding of a CSV file."""

    UTF_8 = "utf_8"
    UTF_16 = "utf_16"
    WINDOWS_1252 = "windows_1252"


class BulkSeparator(StrEnum):
    """The sign between two cells of a CSV file."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    BAR = "bar"


class BulkDateForm(StrEnum):
    """The form of the dates in a CSV file."""

    YEAR_MONTH_DAY = "year_month_day"
    YEAR_MONTH_DAY_SLASHES = "year_month_day_slashes"
    YEAR_MONTH_DAY_DIGITS = "year_month_day_digits"
    DAY_MONTH_YEAR_DOTS = "day_month_year_dots"
    DAY_MONTH_YEAR_SLASHES = "day_month_year_slashes"
    MONTH_DAY_YEAR_SLASHES = "month_day_year_slashes"
    DAY_MONTH_YEAR = "day_month_year"


@dataclass(frozen=True)
class CsvForm:
    """How a CSV file is read. None, or no columns, means that it is detected.

    A column is `header=field`.
    """

    encoding: BulkEncoding | None = None
    separator: BulkSeparator | None = None
    date_form: BulkDateForm | None = None
    columns: tuple[str, ...] = ()


class BulkOperationKind(StrEnum):
    """What an operation does."""

    UPSERT_PEOPLE = "upsert_people"
    UPSERT_ORGANIZATIONS = "upsert_organizations"
    UPSERT_TEAMS = "upsert_teams"
    UPSERT_GOALS = "upsert_goals"
    RECORD_MEASUREMENTS = "record_measurements"
    QUERY = "query"
    PERSON_EXPORT = "person_export"


READING = (BulkOperationKind.QUERY, BulkOperationKind.PERSON_EXPORT)
"""The kinds without a file of rows."""


class BulkOperationStatus(StrEnum):
    """The state of an operation."""

    CREATED = "created"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BulkOperationFailure(StrEnum):
    """Why an operation failed as a whole."""

    OWNER_WITHOUT_ACCESS = "owner_without_access"
    SYNC_RUN_REFUSED = "sync_run_refused"
    FILE_MISSING = "file_missing"
    ROWS_UNREADABLE = "rows_unreadable"
    ROW_TOO_LONG = "row_too_long"
    RESULTS_TOO_LARGE = "results_too_large"
    TIMEOUT = "timeout"
    QUERY_REFUSED = "query_refused"


CREATED, RUNNING = BulkOperationStatus.CREATED, BulkOperationStatus.RUNNING
DONE, FAILED = BulkOperationStatus.DONE, BulkOperationStatus.FAILED
CANCELLED = BulkOperationStatus.CANCELLED
UNFINISHED = (CREATED, RUNNING)
LIFECYCLE = Lifecycle[BulkOperationStatus](
    {
        CREATED: frozenset({RUNNING, FAILED, CANCELLED}),
        RUNNING: frozenset({DONE, FAILED, CANCELLED}),
        **dict.fromkeys((DONE, FAILED, CANCELLED), frozenset()),
    }
)


@dataclass(kw_only=True, eq=False)
class StagedUpload(Aggregate):
    """A file that a client sends for bulk operations. `owner_id` is the account that sends it."""

    NAME = "staged_upload"
    LABEL = "staged upload"
    SEE = OWN
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("create", EVERYBODY)
    SEND: ClassVar = Action("send", OWN)
    DELETE: ClassVar = Action("delete", OWN, deletes=True)
    ACTIONS = (DELETE,)
    EVENTS = ("created", "deleted")

    owner_id: UUID
    format: BulkFileFormat
    expires_at: datetime


@dataclass(kw_only=True, eq=False)
class BulkOperation(Aggregate):
    """What a worker does with all rows of a file, with the rights that its owner has then.

    One of the kind QUERY has no file: it reads all pages of its `query`. A PERSON_EXPORT has none
    either: it reads all that belongs to the person `subject_id`.

    A `mode` makes the rows a sync run, which `sync_run_id` names; None in a dry run. `left_on` is
    the day after the last day of people without a row. `encoding`, `separator`, `date_form` and
    `columns` say how a CSV file is read. Results can be read until `files_until`.
    """

    NAME = "bulk_operation"
    LABEL = "bulk operation"
    SEE = OWN
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("run", EVERYBODY)
    CANCEL: ClassVar = Action("cancel", OWN, *UNFINISHED)
    DOWNLOAD: ClassVar = Action("download", OWN, DONE, FAILED, CANCELLED)
    ACTIONS = (CANCEL, DOWNLOAD)
    EVENTS = ("created", "started", "done", "failed", "cancelled", "downloaded")

    owner_id: UUID
    kind: BulkOperationKind
    upload_id: UUID | None = None
    query: Annotated[str | None, QUERY] = None
    subject_id: PersonId | None = None
    source: Annotated[str | None, SOURCE] = None
    mode: SyncRunKind | None = None
    left_on: Annotated[date | None, PeriodEnd("last_day")] = None
    is_dry_run: bool = False
    encoding: BulkEncoding | None = None
    separator: BulkSeparator | None = None
    date_form: BulkDateForm | None = None
    columns: tuple[str, ...] = ()
    sync_run_id: UUID | None = None
    status: BulkOperationStatus = CREATED
    failure: BulkOperationFailure | None = None
    finished_at: datetime | None = None
    files_until: datetime

    @property
    def csv_form(self) -> CsvForm:
        """How the CSV file of the operation is read."""
        return CsvForm(self.encoding, self.separator, self.date_form, self.columns)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will be done."""
        return self.status not in UNFINISHED

    def start(self) -> None:
        """Note that a worker has begun. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, RUNNING)
        self.record_event("started")

    def finish(self, at: datetime) -> None:
        """Note that all rows were read. Raises StateConflict."""
        self._end(DONE, at)

    def fail(self, failure: BulkOperationFailure, at: datetime) -> None:
        """Stop for a reason that is none of a row. Raises StateConflict."""
        self._end(FAILED, at)
        self.failure = failure

    def cancel(self, *, at: datetime) -> None:
        """Stop before the next rows. Raises StateConflict."""
        self._end(CANCELLED, at)

    def note_download(self) -> None:
        """Note that an address to download the results was made."""
        self.record_event("downloaded")

    def _end(self, status: BulkOperationStatus, at: datetime) -> None:
        self.status = LIFECYCLE.transition(self.status, status)
        self.finished_at = at
        self.record_event(status.value)


def get_time_to_download(kind: BulkOperationKind) -> timedelta:
    """Return how long the results of an operation are kept."""
    return TIME_TO_DOWNLOAD_OBJECTS if kind in READING else TIME_TO_DOWNLOAD


def build_run_task(id: UUID) -> BackgroundTask:
    """Return the task that works on an operation; there is one at a time."""
    return BackgroundTask(RUN, {"operation_id": str(id)}, str(id))
