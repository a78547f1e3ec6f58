"""The aggregate of a nomination: one person who may write about another, and what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import EVERYBODY
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import PERSONAL, MultiLine
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import TaskKind, Todo
from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations import policy
from domain.reviews.nominations.rules import ReviewNominationApprover

REASON = MultiLine("The reason", 2_000)


class ReviewNominationStatus(StrEnum):
    """What became of a nomination."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    REPLACED = "replaced"
    EXPIRED = "expired"


PROPOSED, APPROVED, REJECTED, WITHDRAWN, DECLINED, REPLACED, EXPIRED = ReviewNominationStatus
LIFECYCLE = Lifecycle[ReviewNominationStatus](
    {
        PROPOSED: frozenset({APPROVED, REJECTED, WITHDRAWN, EXPIRED}),
        APPROVED: frozenset({REJECTED, DECLINED, REPLACED}),
        REJECTED: frozenset({APPROVED}),
        WITHDRAWN: frozenset({PROPOSED, APPROVED}),
        DECLINED: frozenset({REJECTED, REPLACED}),
    }
)


@dataclass(kw_only=True, eq=False)
class ReviewNomination(Aggregate):
    """A person who is to write about another. The reviewed person never sees it.

    `proposer_id` is None for somebody who is no person. `decided_by_id` is None where nobody has to
    approve. `needs_replacement` says that the nominee has declined, and nobody was found yet.
    `asked_id` is the HR officer whose task it is to decide, where only HR may; None without one.
    """

    NAME = "review_nomination"
    LABEL = "nomination"
    OWNER_ATTRIBUTES = policy.OWNER
    SEE = policy.SEE_NOMINATION
    SEE_HISTORY = policy.SEE_NOMINATION
    PROPOSE: ClassVar = Action("propose", EVERYBODY)
    """Who may nominate is a rule of the round."""
    APPROVE_NOMINATION: ClassVar = Action(
        "approve_nomination", policy.DECIDE, PROPOSED, REJECTED, noun="review"
    )
    REJECT_NOMINATION: ClassVar = Action(
        "reject_nomination", policy.DECIDE, PROPOSED, APPROVED, DECLINED, noun="review"
    )
    ACTIONS = (APPROVE_NOMINATION, REJECT_NOMINATION)
    EVENTS = (
        *("proposed", "approved", "rejected", "withdrawn", "declined", "replaced", "expired"),
        *("left_open", "transferred", "asked", "erased"),
    )

    round_id: UUID
    packet_id: UUID
    subject_id: PersonId
    manager_id: PersonId
    direction: ReviewDirection
    approver: ReviewNominationApprover
    nominee_id: PersonId
    proposer_id: PersonId | None = None
    decide_by: date
    due_on: date
    status: ReviewNominationStatus = PROPOSED
    reason: Annotated[str | None, REASON, PERSONAL] = None
    decided_by_id: PersonId | None = None
    review_id: UUID | None = None
    replaces_id: UUID | None = None
    needs_replacement: bool = False
    asked_id: PersonId | None = None

    def approve(self, review_id: UUID, decided_by_id: PersonId | None) -> None:
        """Let the nominee write this form. Raises StateConflict."""
        self._change(APPROVED, "approved")
        self.review_id, self.decided_by_id, self.reason = review_id, decided_by_id, None

    def reject(self, reason: str | None, decided_by_id: PersonId | None) -> None:
        """Decide that the nominee does not write. Raises Invalid and StateConflict."""
        checked = REASON.check(reason, "reason")
        self._change(REJECTED, "rejected")
        self.reason, self.decided_by_id = checked, decided_by_id

    def propose_again(self, proposer_id: PersonId | None) -> None:
        """Propose somebody whose proposal was withdrawn. Raises StateConflict."""
        self._change(PROPOSED, "proposed")
        self.proposer_id = proposer_id

    def withdraw(self) -> None:
        """Take the proposal back, if nobody has decided."""
        if self.status is PROPOSED:
            self._change(WITHDRAWN, "withdrawn")

    def decline(self, *, can_be_replaced: bool) -> None:
        """Record that the nominee does not write. Raises StateConflict."""
        self._change(DECLINED, "declined")
        self.needs_replacement = can_be_replaced

    def replace(self) -> None:
        """Record that somebody else writes instead. Raises StateConflict."""
        self._change(REPLACED, "replaced")

    def ask(self, officer_id: PersonId | None) -> None:
        """Let another HR officer decide; None where there is nobody."""
        self.update_attributes("asked", {"asked_id": officer_id})

    def change_manager(self, manager_id: PersonId) -> None:
        """Let another manager decide."""
        self.update_attributes("transferred", {"manager_id": manager_id})

    def close(self) -> None:
        """End what is still to be decided, because the phase is over."""
        if self.status is PROPOSED:
            self._change(EXPIRED, "expired")
        elif self.needs_replacement:
            self.needs_replacement = False
            self.record_event("left_open")

    def list_todos(self) -> Iterator[Todo]:
        """Yield that somebody has to approve it, or to find a replacement.

        HR are many, so one officer is asked. A merge of two people can make one who decides the
        reviewed person, who does not see it.
        """
        return (each for each in self._list_todos() if each.person_id != self.subject_id)

    def _list_todos(self) -> Iterator[Todo]:
        is_for_manager = self.approver is not ReviewNominationApprover.HR
        if self.status is PROPOSED:
            person_id = self.manager_id if is_for_manager else self.asked_id
            if person_id is not None:
                yield Todo(person_id, self.decide_by, TaskKind.REVIEW_APPROVE_NOMINATION)
        elif self.needs_replacement:
            person_id = self.manager_id if is_for_manager else self.decided_by_id
            yield Todo(person_id or self.manager_id, self.due_on, TaskKind.REVIEW_REPLACE_WRITER)

    def _change(self, status: ReviewNominationStatus, event: str) -> None:
        self.status = LIFECYCLE.transition(self.status, status)
        self.needs_replacement = False
        self.record_event(event)
