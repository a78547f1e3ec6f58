"""The aggregate of a sync run, and what is recorded of its rows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid5

from domain.kernel.access import Holds, InheritedFrom
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import NotPermitted, StateConflict
from domain.kernel.external_references import SOURCE
from domain.kernel.fields import PERSONAL, PeriodEnd
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission

MANAGE = Holds(Permission.PEOPLE_MANAGE) & Holds(Permission.EMPLOYMENT_MANAGE)
"""A run speaks of all people of a source, so these permissions count over everyone only."""


class SyncRunKind(StrEnum):
    """What the rows of a run are."""

    FULL = "full"
    DELTA = "delta"


class SyncRunStatus(StrEnum):
    """What became of a run."""

    OPEN = "open"
    FINISHED = "finished"
    BLOCKED = "blocked"
    ABANDONED = "abandoned"
    UNDOING = "undoing"
    UNDONE = "undone"


class SyncRunType(StrEnum):
    """What rows of a run are about: the NAME of the aggregates."""

    PERSON = "person"
    ORGANIZATION = "organization"
    TEAM = "team"
    GOAL = "goal"


ALL_TYPES = tuple(SyncRunType)

NEWEST_CHANGES = "newest_changes_of_run"
"""The statement that returns the ids of the newest changes of a run."""

OPEN, BLOCKED = SyncRunStatus.OPEN, SyncRunStatus.BLOCKED
FINISHED, ABANDONED = SyncRunStatus.FINISHED, SyncRunStatus.ABANDONED
UNDOING, UNDONE = SyncRunStatus.UNDOING, SyncRunStatus.UNDONE
LIFECYCLE = Lifecycle[SyncRunStatus](
    {
        OPEN: frozenset({FINISHED, BLOCKED, ABANDONED, UNDOING, UNDONE}),
        BLOCKED: frozenset({FINISHED, UNDOING, UNDONE}),
        FINISHED: frozenset({UNDOING, UNDONE}),
        ABANDONED: frozenset({UNDOING, UNDONE}),
        UNDOING: frozenset({UNDONE}),
        UNDONE: frozenset(),
    }
)


@dataclass(kw_only=True, eq=False)
class SyncRun(Aggregate):
    """The rows that another system sends as one import, and their outcomes.

    A FULL run has a row for everybody who works according to the source; those without one have
    left. `started_by_id` is the account that started it. `left_on` is the day after the stated last
    day of those who are missing. What it changes is kept until `undoable_until`; None for a run of
    a release that did not keep it.
    """

    NAME = "sync_run"
    LABEL = "sync run"
    SEE = MANAGE
    SEE_HISTORY = MANAGE
    KNOWN_FACTS = frozenset({"status"})
    CREATE: ClassVar = Action("start", MANAGE)
    FINISH: ClassVar = Action("finish", MANAGE, OPEN)
    APPROVE: ClassVar = Action("approve", MANAGE, BLOCKED)
    UNDO: ClassVar = Action("undo", MANAGE, OPEN, BLOCKED, FINISHED, ABANDONED, UNDOING)
    ACTIONS = (FINISH, APPROVE, UNDO)
    EVENTS = ("started", "finished", "blocked", "approved", "abandoned", "undone")

    source: Annotated[str, SOURCE]
    kind: SyncRunKind
    types: tuple[str, ...] = ()
    started_by_id: UUID
    status: SyncRunStatus = SyncRunStatus.OPEN
    left_on: Annotated[date | None, PeriodEnd("last_day")] = None
    ended_count: int = 0
    finished_at: datetime | None = None
    undoable_until: datetime | None = None

    @property
    def ends_people(self) -> bool:
        """Whether people without a row have left."""
        return self.kind is SyncRunKind.FULL and SyncRunType.PERSON in self.types

    def require_starter(self, member_id: UUID | None) -> None:
        """Raise NotPermitted for another account than the one that started the run."""
        if member_id != self.started_by_id:
            message = (
                "Only the account that started a run may send its rows and finish it. Start"
                " another run."
            )
            raise NotPermitted(message)

    def build_issue(
        self,
        code: str,
        external_id: str | None = None,
        *,
        type: SyncRunType | None = None,
        field: str | None = None,
    ) -> "SyncRunIssue":
        """Return an issue of the run, or of a row where there is a `type`."""
        return SyncRunIssue(
            tenant_id=self.tenant_id,
            sync_run_id=self.id,
            type=type,
            source=self.source,
            external_id=external_id,
            code=code,
            field=field,
        )

    def finish(self, left_on: date | None, ended_count: int, at: datetime) -> None:
        """Close the run, after those who are missing were ended. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, SyncRunStatus.FINISHED)
        self.left_on, self.ended_count, self.finished_at = left_on, ended_count, at
        self.record_event("finished")

    def block(self, left_on: date, missing_count: int) -> None:
        """Wait for the approval of a person. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, BLOCKED)
        self.left_on = left_on
        self.record_event("blocked", details={"missing_count": missing_count})

    def approve(self, ended_count: int, at: datetime, *, is_last: bool) -> None:
        """Count those who were ended with an approval, and close the run after the last ones."""
        self.ended_count += ended_count
        if is_last:
            self.status = LIFECYCLE.transition(self.status, SyncRunStatus.FINISHED)
            self.finished_at = at
        self.record_event("approved", details={"ended_count": ended_count})

    def require_undoable(self, at: datetime) -> None:
        """Raise StateConflict where it is not kept any more what the run has changed."""
        if self.undoable_until is None or at >= self.undoable_until:
            message = (
                "What this run changed is not kept any more. Correct the objects one by one; the"
                " history of each has the values before."
            )
            raise StateConflict(message)

    def undo(self, undone_count: int, conflict_count: int, *, is_last: bool) -> None:
        """Count what was undone by one call. Raises StateConflict."""
        status = UNDONE if is_last else UNDOING
        if self.status is not status:
            self.status = LIFECYCLE.transition(self.status, status)
        details = {"undone_count": undone_count, "conflict_count": conflict_count}
        self.record_event("undone", details=details)

    def abandon(self) -> None:
        """Close a run that nobody has finished. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, SyncRunStatus.ABANDONED)
        self.record_event("abandoned")


SEE_PART = InheritedFrom("sync_run_id", "sync_run", MANAGE)


@dataclass(kw_only=True, eq=False)
class SyncRunCounts(Part):
    """How many rows of one type had which outcome. Its id follows from the run and the type."""

    NAME = "sync_run_counts"
    SEE = SEE_PART

    sync_run_id: UUID
    type: SyncRunType
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deferred: int = 0
    rejected: int = 0


@dataclass(kw_only=True, eq=False)
class SyncRunIssue(Part):
    """What is wrong with a row, or with the run where there is no `type`.

    It has no value of the row and no message, which may name one. The external id is that of the
    row, so that its sender finds it.
    """

    NAME = "sync_run_issue"
    SEE = SEE_PART

    sync_run_id: UUID
    type: SyncRunType | None = None
    source: str
    external_id: Annotated[str | None, PERSONAL] = None
    code: str
    field: str | None = None


@dataclass(kw_only=True, eq=False)
class SyncRunRow(Part):
    """That a full run has a row with an external id. The id stands for it and names nobody."""

    NAME = "sync_run_row"

    sync_run_id: UUID


@dataclass(kw_only=True, eq=False)
class SyncRunPerson(Part):
    """Somebody without a row in a full run, and whether the run has ended the employment."""

    NAME = "sync_run_person"

    sync_run_id: UUID
    person_id: PersonId
    is_ended: bool = False


class SyncRunChangeKind(StrEnum):
    """What a run has changed about an object."""

    CREATED = "created"
    FIELD = "field"
    REFERENCE = "reference"
    WAITING = "waiting"
    VERSION = "version"


@dataclass(kw_only=True, eq=False)
class SyncRunChange(Part):
    """What a run has changed about one object, with the values before and after, to undo it.

    Where values alone do not tell whether an object has changed since, `after` has the version that
    it had when the run changed it last. Ids are in the order in which the run made the changes.
    They are undone by their `turn`, from the last one on. Nobody sees one, and an erasure of the
    object deletes it.
    """

    NAME = "sync_run_change"

    sync_run_id: UUID
    type: SyncRunType
    object_id: UUID
    turn: int = 0
    kind: SyncRunChangeKind
    field: str = ""
    valid_from: date | None = None
    before: Annotated[dict[str, Any], PERSONAL]
    after: Annotated[dict[str, Any], PERSONAL]


def build_row_id(run_id: UUID, external_id: str) -> UUID:
    """Return the id of the record that a run has a row with this external id."""
    return uuid5(run_id, f"row {external_id}")


def build_counts_id(run_id: UUID, type: SyncRunType) -> UUID:
    """Return the id of the counts of a type of rows."""
    return uuid5(run_id, f"counts {type}")
