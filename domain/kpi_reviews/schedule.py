"""The aggregate of a schedule of reviews: who looks at a KPI or a scorecard, and on which days."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import StateConflict
from domain.kernel.fields import EDITABLE, MaxItems
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import TaskKind, Todo
from domain.kpi_reviews import policy
from domain.kpis import Kpi
from domain.recurrences import RULE, Recurrence
from domain.scorecards import Scorecard
from domain.working_days import WorkingDays, add_working_days


class KpiReviewSubjectKind(StrEnum):
    """What is reviewed."""

    KPI = "kpi"
    SCORECARD = "scorecard"


class KpiReviewScheduleStatus(StrEnum):
    """Whether there will be further reviews."""

    ACTIVE = "active"
    ENDED = "ended"


ACTIVE, ENDED = KpiReviewScheduleStatus
LIFECYCLE = Lifecycle[KpiReviewScheduleStatus](
    {ACTIVE: frozenset({ENDED}), ENDED: frozenset({ACTIVE})}
)


@dataclass(kw_only=True, eq=False)
class KpiReviewSchedule(Aggregate):
    """The days on which a KPI or a scorecard is reviewed. Of its two subject ids one is set.

    `recurs_on` is the day of the rule for which no review was held yet, and `due_on` the working
    day on which it is due. Both are None when the rule has no further day.
    """

    NAME = "kpi_review_schedule"
    LABEL = "schedule of reviews"
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = frozenset(
        {"kpi_id", "owner_id", "participant_ids", "scorecard_id", "status", "subject_kind"}
    )
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = Action("edit", policy.EDIT, ACTIVE)
    HOLD: ClassVar = Action("hold", policy.EDIT, ACTIVE)
    END: ClassVar = Action("end", policy.EDIT, ACTIVE)
    ACTIONS = (EDIT, END)
    EVENTS = ("created", "edited", "held", "ended")

    subject_kind: KpiReviewSubjectKind
    kpi_id: UUID | None = None
    scorecard_id: UUID | None = None
    owner_id: PersonId
    rule: Annotated[str, RULE]
    starts_on: date
    recurs_on: date | None = None
    due_on: date | None = None
    last_held_on: date | None = None
    status: KpiReviewScheduleStatus = ACTIVE
    participant_ids: Annotated[
        set[PersonId], MaxItems("A schedule", "participants", 100), EDITABLE
    ] = field(default_factory=set)

    kpi: ClassVar[Kpi | None] = None
    scorecard: ClassVar[Scorecard | None] = None
    """What is reviewed, loaded for the access rules."""

    def plan(self, after: date, working_days: WorkingDays) -> None:
        """Choose the first day of the rule after a day, moved to a working day of its owner."""
        self.recurs_on = Recurrence(self.rule, self.starts_on).find_next(after)
        self.due_on = self.recurs_on and add_working_days(self.recurs_on, 0, working_days)

    def hold(self, today: date, working_days: WorkingDays) -> None:
        """Record that a review is held today, and plan the next one. Days that passed are over.

        Raises StateConflict where no further day is planned.
        """
        if self.recurs_on is None or self.due_on is None:
            raise StateConflict("The rule has no further day. Change it, or end the schedule.")
        self.last_held_on = today
        self.plan(max(self.recurs_on, self.due_on, today), working_days)
        self.record_event("held")

    def end(self) -> None:
        """Plan no further reviews; those that were held stay. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ENDED)
        self.record_event("ended")

    def list_todos(self) -> Iterator[Todo]:
        """Yield that its owner has to hold the next review."""
        if self.status is ACTIVE and self.due_on is not None:
            yield Todo(self.owner_id, self.due_on, TaskKind.KPI_REVIEW)
