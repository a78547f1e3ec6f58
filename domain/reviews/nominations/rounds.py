"""The aggregate of a round of nominations: who writes about one person, in one direction."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.identity import PersonId
from domain.kernel.todos import TaskKind, Todo
from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations import policy
from domain.reviews.nominations.rules import ReviewNominationApprover
from domain.reviews.packets import ReviewPacket


class ReviewRoundStatus(StrEnum):
    """Where a round of nominations stands. It follows the phases of the cycle."""

    PROPOSING = "proposing"
    CHOOSING = "choosing"
    CLOSED = "closed"


PROPOSING, CHOOSING, CLOSED = ReviewRoundStatus
ORDER = tuple(ReviewRoundStatus)


@dataclass(kw_only=True, eq=False)
class ReviewProposal(Part):
    """A writer whom the reviewed person has proposed, and whose proposal was not withdrawn."""

    NAME = "review_proposal"
    SEE = InheritedFrom("round_id", "review_nomination_round", policy.SEE_ROUND)

    round_id: UUID
    person_id: PersonId


@dataclass(kw_only=True, eq=False)
class ReviewNominationRound(Aggregate):
    """The choice of the writers about one person in one direction, with its rules as launched.

    It has what the reviewed person may know: their own proposals. What becomes of them is in the
    nominations, which never change the round: its version would tell of them. Only where the
    reviewed person does not see it, it has the manager, and `chosen_count` counts the nominations.
    """

    NAME = "review_nomination_round"
    LABEL = "round of nominations"
    OWNER_ATTRIBUTES = policy.OWNER
    SEE = policy.SEE_ROUND
    SEE_HISTORY = policy.HR
    OPEN: ClassVar = Action("open", policy.HR)
    NOMINATE: ClassVar = Action("nominate", policy.NOMINATE, PROPOSING, CHOOSING, noun="review")
    WITHDRAW_NOMINATION: ClassVar = Action(
        "withdraw_nomination", policy.SUBJECT_NOMINATES, PROPOSING, CHOOSING, noun="review"
    )
    ACTIONS = (NOMINATE, WITHDRAW_NOMINATION)
    EVENTS = (
        *("opened", "proposed", "chosen", "proposal_withdrawn", "proposing_ended", "closed"),
        "transferred",
    )

    review_packet: ClassVar[ReviewPacket | None] = None

    cycle_id: UUID
    packet_id: UUID
    subject_id: PersonId
    manager_id: PersonId | None = None
    direction: ReviewDirection
    template_id: UUID
    subject_nominates: bool
    manager_nominates: bool
    hr_nominates: bool
    approver: ReviewNominationApprover
    least: int
    most: int
    shows_nominees: bool
    nominate_by: date
    due_on: date
    status: ReviewRoundStatus = PROPOSING
    chosen_count: int = 0
    proposals: list[ReviewProposal] = field(default_factory=list)

    def check_proposal(self, person_id: UUID) -> None:
        """Raise Invalid or LimitExceeded for a proposal that the reviewed person cannot make."""
        if any(each.person_id == person_id for each in self.proposals):
            message = "You have proposed this person already. Choose another person."
            raise Invalid(message, "personId", code=Code.NOT_UNIQUE)
        if len(self.proposals) >= self.most:
            message = f"You have proposed {self.most} people, the most. Withdraw a proposal first."
            raise LimitExceeded(message, "personId")

    def propose(self, person_id: UUID) -> None:
        """Record a proposal of the reviewed person. Raises Invalid and LimitExceeded."""
        self.check_proposal(person_id)
        proposal = ReviewProposal(
            tenant_id=self.tenant_id, round_id=self.id, person_id=PersonId(person_id)
        )
        self.proposals.append(proposal)
        self.record_event("proposed", person_id=person_id)

    def withdraw(self, person_id: UUID) -> None:
        """Take a proposal of the reviewed person back. Raises Invalid."""
        kept = [each for each in self.proposals if each.person_id != person_id]
        if len(kept) == len(self.proposals):
            message = "You have not proposed this person. Choose one of your proposals."
            raise Invalid(message, "personId")
        self.proposals = kept
        self.record_event("proposal_withdrawn", person_id=person_id)

    def count_choice(self) -> None:
        """Record that somebody else nominates, unless the reviewed person would see a trace."""
        if not self.is_seen_by_subject:
            self.chosen_count += 1
            self.record_event("chosen")

    @property
    def is_seen_by_subject(self) -> bool:
        """Whether the reviewed person sees the round."""
        return self.subject_nominates or self.shows_nominees

    def change_manager(self, manager_id: PersonId) -> None:
        """Let another manager have the to-do, if there is one."""
        if not self.is_seen_by_subject:
            self.update_attributes("transferred", {"manager_id": manager_id})

    def begin(self, status: ReviewRoundStatus) -> None:
        """Go on to a later status."""
        if ORDER.index(status) > ORDER.index(self.status):
            self.status = status
            self.record_event("closed" if status is CLOSED else "proposing_ended")

    def list_todos(self) -> Iterator[Todo]:
        """Yield that too few people are proposed: by the reviewed person, or else the manager.

        A merge of two people can make them one, who does not see what the manager sees.
        """
        wanted, kind = max(self.least, 1), TaskKind.REVIEW_NOMINATE
        if self.subject_nominates:
            if self.status is PROPOSING and len(self.proposals) < wanted:
                yield Todo(self.subject_id, self.nominate_by, kind)
        elif self.manager_id in (None, self.subject_id) or self.status is CLOSED:
            return
        elif self.chosen_count < wanted:
            yield Todo(self.manager_id, self.nominate_by, kind)
