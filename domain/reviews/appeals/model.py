"""The aggregate of an appeal against a shared review, from the statement to the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import PERSONAL, MultiLine, check_required
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import TaskKind, Todo
from domain.reviews.appeals import policy
from domain.reviews.packets import policy as packets

STATEMENT = MultiLine("The statement", 10_000)
ANSWER = MultiLine("The answer", 10_000)


class ReviewAppealStatus(StrEnum):
    """Where an appeal stands."""

    FILED = "filed"
    UNDER_REVIEW = "under_review"
    UPHELD = "upheld"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


FILED, UNDER_REVIEW, UPHELD, CHANGED, WITHDRAWN = ReviewAppealStatus
LIFECYCLE = Lifecycle[ReviewAppealStatus](
    {
        FILED: frozenset({UNDER_REVIEW, WITHDRAWN}),
        UNDER_REVIEW: frozenset({UNDER_REVIEW, UPHELD, CHANGED, WITHDRAWN}),
        UPHELD: frozenset(),
        CHANGED: frozenset(),
        WITHDRAWN: frozenset(),
    }
)


@dataclass(kw_only=True, eq=False)
class ReviewAppeal(Aggregate):
    """An appeal of a reviewed person against their review.

    It repeats who took part in the decision, for the access rules. `asked_id` is the HR officer
    whose task it is to assign it. It keeps the level, the reason and the hash of the content that
    it is about, and the new ones of a changed level.
    """

    NAME = "review_appeal"
    LABEL = "appeal"
    OWNER_ATTRIBUTES = packets.OWNER
    SEE = policy.SEE
    SEE_HISTORY = packets.HR
    FILE: ClassVar = Action("file", packets.SUBJECT)
    ASSIGN: ClassVar = Action("assign", policy.ASSIGN, FILED, UNDER_REVIEW)
    DECIDE: ClassVar = Action("decide", policy.APPEAL_DECIDER, UNDER_REVIEW)
    WITHDRAW: ClassVar = Action("withdraw", packets.SUBJECT, FILED, UNDER_REVIEW)
    ACTIONS = (ASSIGN, DECIDE, WITHDRAW)
    EVENTS = ("filed", "assigned", "upheld", "changed", "withdrawn", "erased")

    packet_id: UUID
    subject_id: PersonId
    manager_id: PersonId
    second_level_id: PersonId | None = None
    level_decided_by_id: PersonId | None = None
    level_approved_by_id: PersonId | None = None
    asked_id: PersonId | None = None
    decider_id: PersonId | None = None
    status: ReviewAppealStatus = FILED
    due_on: date
    statement: Annotated[str | None, STATEMENT, PERSONAL]
    answer: Annotated[str | None, ANSWER, PERSONAL] = None
    decided_at: datetime | None = None
    scale_id: UUID | None = None
    level_before: int | None = None
    level_reason_before: Annotated[str | None, ANSWER, PERSONAL] = None
    content_hash_before: str
    level_after: int | None = None
    content_hash_after: str | None = None

    def assign(self, decider_id: PersonId, due_on: date) -> None:
        """Name who decides; again, in place of somebody else. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, UNDER_REVIEW)
        self.update_attributes("assigned", {"decider_id": decider_id, "due_on": due_on})

    def uphold(self, answer: str, *, at: datetime) -> None:
        """Let the review stay as it is. Raises StateConflict and Invalid."""
        self._answer(UPHELD, answer, at)

    def change(self, answer: str, level: int, content_hash: str, *, at: datetime) -> None:
        """Record a new level, and the hash of the content with it. Raises what `uphold` raises."""
        self._answer(CHANGED, answer, at)
        self.level_after, self.content_hash_after = level, content_hash

    def withdraw(self) -> None:
        """Take it back. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, WITHDRAWN)
        self.record_event("withdrawn")

    def list_todos(self) -> Iterator[Todo]:
        """Yield that HR has to assign it, or that somebody has to decide it."""
        if self.status is FILED and self.asked_id is not None:
            yield Todo(self.asked_id, self.due_on, TaskKind.REVIEW_APPEAL_ASSIGN)
        elif self.status is UNDER_REVIEW and self.decider_id is not None:
            yield Todo(self.decider_id, self.due_on, TaskKind.REVIEW_APPEAL_DECIDE)

    def _answer(self, status: ReviewAppealStatus, answer: str, at: datetime) -> None:
        checked = check_required(ANSWER, answer, "answer")
        self.status = LIFECYCLE.transition(self.status, status)
        self.answer, self.decided_at = checked, at
        self.record_event(status.value)
