"""The aggregate of a review: one form of one writer about one person."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import EVERYBODY
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import PERSONAL, MultiLine, check_required
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import TaskKind, Todo
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import policy

REASON = MultiLine("The reason", 2_000)


class ReviewStatus(StrEnum):
    """Where a form stands."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CANCELLED = "cancelled"
    DECLINED = "declined"


NOT_STARTED, DRAFT, SUBMITTED, CANCELLED, DECLINED = ReviewStatus
OPEN = (NOT_STARTED, DRAFT)
LIFECYCLE = Lifecycle[ReviewStatus](
    {
        NOT_STARTED: frozenset({DRAFT, SUBMITTED, CANCELLED, DECLINED}),
        DRAFT: frozenset({SUBMITTED, CANCELLED, DECLINED}),
        SUBMITTED: frozenset({DRAFT, CANCELLED}),
        CANCELLED: frozenset(),
        DECLINED: frozenset(),
    }
)


@dataclass(kw_only=True, eq=False)
class Review(Aggregate):
    """One form of one writer about one person. Its answers are records, each with a version.

    It repeats who decides on its packet and about an appeal, and whether the packet was shared,
    for the access rules.
    `career_group_keys` are the groups of the template that fitted the position of the person when
    the packet was opened; they never change. None where the template has no groups.
    `is_shown` says whether the subject reads it after sharing. `stand_in_id` writes in place of an
    absent writer. `shown_to_ids` are former managers who read it while they decided, until it is
    written again. `days` of an interim appraisal are those that it counts for.
    The journal has no answers: who reads it may not read them.
    """

    NAME = "review"
    OWNER_ATTRIBUTES = policy.OWNER
    SEE = policy.SEE_REVIEW
    SEE_HISTORY = policy.HR
    OPEN_FORM: ClassVar = Action("open", policy.CREATE_PACKET)
    SAVE_ANSWER: ClassVar = Action("save_answer", policy.WRITE, *OPEN)
    SUBMIT: ClassVar = Action("submit", policy.WRITE, *OPEN)
    REOPEN: ClassVar = Action("reopen", policy.REOPEN, SUBMITTED)
    SET_STAND_IN: ClassVar = Action("set_stand_in", policy.HR, *OPEN)
    DECLINE_NOMINATION: ClassVar = Action("decline_nomination", policy.DECLINE, *OPEN)
    OPEN_NOMINATED: ClassVar = Action("open_nominated", EVERYBODY)
    """An approved nomination opens a form. Who may approve is a rule of the nomination."""
    ACTIONS = (SAVE_ANSWER, SUBMIT, REOPEN, SET_STAND_IN, DECLINE_NOMINATION)
    EVENTS = (
        *("opened", "started", "submitted", "reopened", "stand_in_set", "released", "cancelled"),
        *("transferred", "made_interim", "extended", "reminded", "declined", "erased"),
    )

    packet_id: UUID
    subject_id: PersonId
    writer_id: PersonId
    manager_id: PersonId
    second_level_id: PersonId | None = None
    direction: ReviewDirection
    template_id: UUID
    career_group_keys: tuple[str, ...] | None = None
    status: ReviewStatus = NOT_STARTED
    due_on: date
    is_shown: bool = True
    is_released: bool = False
    submitted_at: datetime | None = None
    submitted_by_id: PersonId | None = None
    stand_in_id: PersonId | None = None
    stand_in_reason: Annotated[str | None, REASON, PERSONAL] = None
    decline_reason: Annotated[str | None, REASON, PERSONAL] = None
    days: int | None = None
    shown_to_ids: set[PersonId] = field(default_factory=set)
    appeal_decider_id: PersonId | None = None

    def start(self) -> None:
        """Record that an answer was saved."""
        if self.status is NOT_STARTED:
            self.status = DRAFT
            self.record_event("started")

    def submit(self, submitted_by_id: PersonId | None, *, at: datetime) -> None:
        """Hand the form in. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, SUBMITTED)
        self.submitted_at, self.submitted_by_id = at, submitted_by_id
        self.record_event("submitted")

    def reopen(self, reason: str) -> None:
        """Let a submitted form be written again. Raises StateConflict and Invalid."""
        checked = check_required(REASON, reason, "reason")
        self.status = LIFECYCLE.transition(self.status, DRAFT)
        self.submitted_at = self.submitted_by_id = None
        self.shown_to_ids = set()  # they have read what is not there any more
        self.record_event("reopened", reason=checked)

    def set_stand_in(self, person_id: PersonId | None, reason: str | None) -> None:
        """Let somebody write in place of an absent writer; None takes it back. Raises Invalid."""
        checked = check_required(REASON, reason, "reason")
        values = {"stand_in_id": person_id, "stand_in_reason": checked if person_id else None}
        self.update_attributes("stand_in_set", values)

    def end_stand_in(self) -> None:
        """Let the writer write again, because the stand-in has left."""
        values = {"stand_in_id": None, "stand_in_reason": None}
        self.update_attributes("stand_in_set", values)

    def release(self) -> None:
        """Show a submitted form to the subject, and end one that was not submitted."""
        if self.status is SUBMITTED:
            self.is_released = True
            self.record_event("released")
        else:
            self.cancel()

    def cancel(self) -> None:
        """End a form that is not needed any more. What was written stays."""
        if self.status in OPEN:
            self.status = LIFECYCLE.transition(self.status, CANCELLED)
            self.record_event("cancelled")

    def change_readers(self, manager_id: PersonId, second_level_id: PersonId | None) -> None:
        """Let others read it as managers. Those who have read it so far keep that."""
        former = {each for each in (self.manager_id, self.second_level_id) if each is not None}
        if self.status is SUBMITTED:
            self.shown_to_ids |= former - {manager_id, second_level_id, self.writer_id}
        readers = {"manager_id": manager_id, "second_level_id": second_level_id}
        self.update_attributes("transferred", readers)

    def make_interim(self, days: int) -> None:
        """Turn the form of a former manager into an interim appraisal for so many days."""
        self.direction, self.days = ReviewDirection.INTERIM, days
        self.record_event("made_interim")

    def extend(self, delay: timedelta) -> None:
        """Move the due day, unless nothing is to be written any more."""
        if self.status in OPEN and delay:
            self.due_on += delay
            self.record_event("extended")

    def decline(self, reason: str) -> None:
        """Record that its writer does not write it. Raises StateConflict and Invalid."""
        checked = check_required(REASON, reason, "reason")
        self.status = LIFECYCLE.transition(self.status, DECLINED)
        self.decline_reason = checked
        self.record_event("declined")

    def list_todos(self) -> Iterator[Todo]:
        """Yield that it has to be written.

        A merge of two people can make the stand-in the reviewed person, who does not see the form.
        """
        if self.status in OPEN:
            stand_in_id = None if self.stand_in_id == self.subject_id else self.stand_in_id
            yield Todo(stand_in_id or self.writer_id, self.due_on, TaskKind.REVIEW)
