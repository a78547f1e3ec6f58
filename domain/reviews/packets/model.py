"""The aggregate of a packet: all reviews of one person in one period, up to the signature."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import PERSONAL, MultiLine, SingleLine, WholeNumber, check_required
from domain.kernel.identity import PersonId
from domain.kernel.todos import TaskKind, Todo
from domain.reviews.packets import policy
from domain.reviews.packets.decisions import (
    Decision,
    Demands,
    find_faults,
    find_level_faults,
)
from domain.reviews.packets.statuses import (
    ACKNOWLEDGED,
    APPROVED,
    CANCELLED,
    COLLECTING,
    DECIDED,
    DISPUTED,
    LIFECYCLE,
    REFUSED,
    SHARED,
    UNSHARED,
    UNSHARED_DECIDED,
    ReviewPacketStatus,
    ReviewRelease,
)
from domain.reviews.score_rules import ReviewOutcome
from domain.reviews.scoring import ReviewMissingAnswers

FOLLOW_PACKET_TASK = "review_packet.update_nominations"
LEVEL = WholeNumber("The level", 1, 30)
REASON = MultiLine("The reason", 4_000)
SHORT_REASON = SingleLine("The reason", max_length=500)
STATEMENT = MultiLine("The statement", 10_000)
RESOLUTION = MultiLine("The resolution", 10_000)


APPEAL_DAYS = WholeNumber("The number of days", 0, 365)
USUAL_APPEAL_DAYS = 14
DISPUTE_DAYS = timedelta(days=14)


def _verb(name: str, rule: Rule, *states: ReviewPacketStatus) -> Action:
    """Return an action that clients know as one on a review, such as `reviewShare`."""
    return Action(name, rule, *states, noun="review")


@dataclass(kw_only=True, eq=False)
class ReviewPacket(Aggregate):
    """Everything about one person's review in one period.

    `manager_id` decides. When the person gets another manager, the rule of the cycle says whether
    that one decides instead; not where HR has named the manager by hand (`is_manager_named`).
    `is_escalated` says whether the second level is asked, because it is late.
    `level` is a place on the scale. `is_released` says whether the subject has been shown it.
    `asked_id` is asked to answer a dispute, and `appeal_decider_id` decides about an appeal.
    `days` and the rules about missing answers are those of the cycle when the packet was opened.
    """

    NAME = "review_packet"
    LABEL = "packet"
    OWNER_ATTRIBUTES = policy.OWNER
    SEE = policy.SEE_PACKET
    SEE_HISTORY = policy.HR
    CREATE: ClassVar = Action("create", policy.CREATE_PACKET)
    COMPUTE_SCORE: ClassVar = _verb("compute_score", policy.DECIDE, COLLECTING)
    DECIDE: ClassVar = _verb("decide", policy.DECIDE, *UNSHARED)
    APPROVE: ClassVar = _verb("approve", policy.APPROVE, DECIDED)
    RETURN: ClassVar = _verb("return", policy.APPROVE, *UNSHARED_DECIDED)
    SHARE: ClassVar = _verb("share", policy.DECIDE, *UNSHARED_DECIDED)
    CANCEL: ClassVar = Action("cancel", policy.HR, *UNSHARED)
    TRANSFER: ClassVar = _verb("transfer", policy.HR, COLLECTING)
    EXTEND: ClassVar = _verb("extend", policy.HR, *UNSHARED)
    ACKNOWLEDGE: ClassVar = _verb("acknowledge", policy.SUBJECT, SHARED)
    REFUSE_TO_SIGN: ClassVar = _verb("refuse_to_sign", policy.SUBJECT, SHARED)
    DISPUTE: ClassVar = _verb("dispute", policy.SUBJECT, SHARED)
    RESOLVE: ClassVar = _verb("resolve", policy.RESOLVE, DISPUTED)
    ACTIONS = (
        *(COMPUTE_SCORE, DECIDE, APPROVE, RETURN, SHARE, CANCEL),
        *(ACKNOWLEDGE, REFUSE_TO_SIGN, DISPUTE, RESOLVE, TRANSFER, EXTEND),
    )
    EVENTS = (
        *("created", "decided", "reopened", "shared", "acknowledged", "refused_to_sign"),
        *("disputed", "resolved", "cancelled", "transferred", "extended", "calibrated"),
        *("reminded", "escalated"),
        *("level_changed", "left_to_manager"),
        *("scored", "approved", "returned", "erased"),
    )

    subject_id: PersonId
    manager_id: PersonId
    second_level_id: PersonId | None = None
    is_manager_named: bool = False
    is_escalated: bool = False
    cycle_id: UUID | None = None
    starts_on: date
    last_day: date
    due_on: date
    status: ReviewPacketStatus = COLLECTING
    is_released: bool = False
    release: ReviewRelease = ReviewRelease.BY_MANAGER
    release_on: date | None = None
    scale_id: UUID | None = None
    score_rule_id: UUID | None = None
    days: int | None = None
    missing_answers: ReviewMissingAnswers = ReviewMissingAnswers.EXCLUDE
    min_answered_percent: int = 0
    always_needs_approval: bool = False
    proposed_level: int | None = None
    proposed_outcome: ReviewOutcome | None = None
    level: int | None = None
    outcome: ReviewOutcome | None = None
    level_reason: Annotated[str | None, REASON, PERSONAL] = None
    decided_by_id: PersonId | None = None
    decided_at: datetime | None = None
    needs_approval: bool = False
    approved_by_id: PersonId | None = None
    approved_at: datetime | None = None
    return_reason: Annotated[str | None, REASON, PERSONAL] = None
    shared_at: datetime | None = None
    signed_at: datetime | None = None
    content_hash: str | None = None
    statement: Annotated[str | None, STATEMENT, PERSONAL] = None
    resolution: Annotated[str | None, RESOLUTION, PERSONAL] = None
    resolved_by_id: PersonId | None = None
    asked_id: PersonId | None = None
    appeal_days: Annotated[int, APPEAL_DAYS] = USUAL_APPEAL_DAYS
    appeal_until: date | None = None
    appeal_decider_id: PersonId | None = None

    def propose(self, level: int | None, outcome: ReviewOutcome | None) -> None:
        """Set what the score proposes. None for both takes a proposal back."""
        self.proposed_level, self.proposed_outcome = level, outcome
        self.record_event("scored")

    def decide(
        self,
        decision: Decision,
        demands: Demands,
        decided_by_id: PersonId | None,
        *,
        needs_second_level: bool = False,
        at: datetime,
    ) -> None:
        """Decide the overall level, or that there is none. An approval is taken back.

        Raises StateConflict, and Invalid with all faults: where the level is none of the scale, or
        a reason is missing for what differs from the proposal or needs a narrative.
        """
        status, faults, reason = LIFECYCLE.transition(self.status, DECIDED), FaultCollector(), None
        with faults.collect():
            reason = REASON.check(decision.reason, "reason")
        if not faults.faults:
            decision = Decision(decision.level, decision.outcome, reason)
        raise_faults([*faults.faults, *find_faults(decision, demands)])
        self._clear_decision()
        self.status, self.level, self.outcome = status, decision.level, decision.outcome
        self.level_reason, self.return_reason = reason, None
        self.decided_by_id, self.decided_at = decided_by_id, at
        self.needs_approval = self.always_needs_approval or needs_second_level
        self.record_event("decided")

    def approve(self, approved_by_id: PersonId | None, *, at: datetime) -> None:
        """Approve the decision. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, APPROVED)
        self.approved_by_id, self.approved_at = approved_by_id, at
        self.record_event("approved")

    def return_decision(self, reason: str) -> None:
        """Give the decision back to the manager, with the reason. Raises StateConflict, Invalid."""
        checked = check_required(REASON, reason, "reason")
        self.status = LIFECYCLE.transition(self.status, COLLECTING)
        self._clear_decision()
        self.return_reason = checked
        self.record_event("returned")

    def reopen(self) -> None:
        """Take the decision back, because a review is written again. Raises StateConflict."""
        if self.status in UNSHARED_DECIDED:
            self.status = LIFECYCLE.transition(self.status, COLLECTING)
            self._clear_decision()
            self.record_event("reopened")

    def _clear_decision(self) -> None:
        self.level = self.outcome = self.level_reason = None
        self.decided_by_id = self.decided_at = None
        self._clear_approval()

    def _clear_approval(self) -> None:
        self.approved_by_id = self.approved_at = None
        self.needs_approval = False

    def calibrate(self, level: int, session_id: UUID) -> bool:
        """Change the level as a calibration session says, and return whether it changes.

        Who decided stays: the history has the level before and after, and the session. An approval
        is taken back. Raises StateConflict.
        """
        if level == self.level:
            return False
        self.status, self.level = LIFECYCLE.transition(self.status, DECIDED), level
        self.approved_by_id = self.approved_at = None
        self.record_event("calibrated", calibration_session_id=session_id)
        return True

    def share(self, today: date, *, at: datetime, by_cycle: bool = False) -> None:
        """Show the packet to its subject. Raises StateConflict, also where its cycle shares it."""
        if not by_cycle:
            self._require_own_release(today)
        if self.status is DECIDED and self.needs_approval:
            raise StateConflict("The second level has to approve the decision first.")
        self.status = self._leave(*UNSHARED_DECIDED, target=SHARED)
        self.is_released, self.shared_at = True, at
        if self.appeal_days:
            self.appeal_until = today + timedelta(days=self.appeal_days)
        self.record_event("shared")

    def _require_own_release(self, today: date) -> None:
        if self.release is ReviewRelease.ALL_AT_ONCE:
            raise StateConflict("HR shares all reviews of this cycle at once. Wait for it.")
        if self.release is ReviewRelease.ON_DATE and self.release_on and today < self.release_on:
            day = self.release_on.isoformat()
            raise StateConflict(f"The reviews of this cycle are shared on {day}. Wait for it.")

    def leave_to_manager(self) -> None:
        """Let its manager share it, because it was not ready when its cycle was shared."""
        self.update_attributes("left_to_manager", {"release": ReviewRelease.BY_MANAGER})

    def cancel(self) -> None:
        """End the packet without a decision. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, CANCELLED)
        self.record_event("cancelled")

    def transfer(
        self,
        manager_id: PersonId,
        second_level_id: PersonId | None,
        reason: str,
        *,
        effective_on: date | None = None,
        is_named: bool = False,
    ) -> None:
        """Let another manager decide. `effective_on` is the day since which they are the manager.

        Raises StateConflict.
        """
        if self.status is not COLLECTING:
            raise StateConflict("The review is decided. Its manager stays.")
        self.manager_id, self.second_level_id = manager_id, second_level_id
        self.is_escalated = False
        self.is_manager_named = self.is_manager_named or is_named
        self.record_event("transferred", effective_on, reason)

    def extend(self, due_on: date, last_day: date, reason: str) -> None:
        """Move the due day, and the end of the period. Raises Invalid with all faults."""
        faults = FaultCollector()
        with faults.collect():
            checked = check_required(SHORT_REASON, reason, "reason")
        with faults.collect():
            if due_on <= self.due_on:
                message = f"The review is due on {self.due_on} already. Choose a later day."
                raise Invalid(message, "dueOn", code=Code.OUT_OF_RANGE)
        with faults.collect():
            if last_day < self.last_day:
                message = f"The period lasts until {self.last_day}. It cannot become shorter."
                raise Invalid(message, "lastDay", code=Code.OUT_OF_RANGE)
        faults.raise_all()
        self.due_on, self.last_day, self.is_escalated = due_on, last_day, False
        self.record_event("extended", reason=checked)

    def escalate(self) -> None:
        """Ask the second level, who sees the packet anyway, unless they are asked already."""
        if self.second_level_id and self.status in UNSHARED and not self.is_escalated:
            self.is_escalated = True
            self.record_event("escalated")

    def acknowledge(self, content_hash: str, *, at: datetime) -> None:
        """Sign that the subject has read what has this hash. Raises StateConflict."""
        self._sign(ACKNOWLEDGED, content_hash, at)

    def refuse_to_sign(self, statement: str | None, content_hash: str, *, at: datetime) -> None:
        """Record that the subject has read it and does not sign. Raises StateConflict, Invalid."""
        checked = STATEMENT.check(statement, "statement")
        self._sign(REFUSED, content_hash, at)
        self.statement = checked or self.statement

    def dispute(self, statement: str, content_hash: str, *, at: datetime) -> None:
        """Disagree, with a statement of one's own. Raises StateConflict and Invalid."""
        checked = check_required(STATEMENT, statement, "statement")
        self._sign(DISPUTED, content_hash, at)
        self.statement, self.resolution, self.resolved_by_id = checked, None, None

    def resolve(self, resolution: str, resolved_by_id: PersonId | None) -> None:
        """Answer a statement; the subject signs after that. Raises StateConflict and Invalid."""
        checked = check_required(RESOLUTION, resolution, "resolution")
        self.status = self._leave(DISPUTED, target=SHARED)
        self.resolution, self.resolved_by_id = checked, resolved_by_id
        self.signed_at = self.content_hash = None
        self.record_event("resolved")

    def check_changed_level(self, level: int, level_count: int) -> None:
        """Check the new level that an appeal leads to. Raises Invalid."""
        raise_faults(find_level_faults(level, level_count))
        if level == self.level:
            message = "The review has this level. Leave it out to let the review stay as it is."
            raise Invalid(message, "level")

    def change_level(
        self, level: int, reason: str, decided_by_id: PersonId | None, *, at: datetime
    ) -> None:
        """Set a checked level after an appeal; the subject signs again. Raises StateConflict.

        Nobody approves the decision of an appeal, and who approved the former level did not approve
        this one.
        """
        self.status = LIFECYCLE.transition(self.status, SHARED)
        self.level, self.outcome, self.level_reason = level, None, reason
        self.decided_by_id, self.decided_at = decided_by_id, at
        self._clear_approval()
        self.signed_at = self.content_hash = None
        self.record_event("level_changed")

    def build_nomination_update(self) -> BackgroundTask:
        """Return the task that lets its nominations follow its status and its manager."""
        return BackgroundTask(FOLLOW_PACKET_TASK, {"packet_id": str(self.id)}, str(self.id))

    def list_todos(self) -> Iterator[Todo]:
        """Yield who has to approve, share or sign it, or to answer a dispute.

        A merge of two people can make one who decides the reviewed person, who does not see it.
        """
        for each in self._list_todos():
            if each.kind is TaskKind.REVIEW_SIGN or each.person_id != self.subject_id:
                yield each

    def _list_todos(self) -> Iterator[Todo]:
        is_decided = self.status in UNSHARED_DECIDED
        is_held = is_decided and self.release is not ReviewRelease.BY_MANAGER
        approver = None if self.second_level_id == self.decided_by_id else self.second_level_id
        if self.status is DECIDED and self.needs_approval and approver is not None:
            yield Todo(approver, self.due_on, TaskKind.REVIEW_APPROVE)
        elif (self.status is COLLECTING or is_decided) and not is_held:
            yield Todo(self.manager_id, self.due_on, TaskKind.REVIEW_SHARE)
            if self.is_escalated and self.second_level_id:
                yield Todo(self.second_level_id, self.due_on, TaskKind.REVIEW_ESCALATION)
        elif self.status is SHARED:
            yield Todo(self.subject_id, self.due_on, TaskKind.REVIEW_SIGN)
        elif self.status is DISPUTED and self.asked_id is not None and self.signed_at is not None:
            due_on = self.signed_at.date() + DISPUTE_DAYS
            yield Todo(self.asked_id, due_on, TaskKind.REVIEW_RESOLVE)

    def _leave(
        self, *statuses: ReviewPacketStatus, target: ReviewPacketStatus
    ) -> ReviewPacketStatus:
        """Return the target, which more statuses lead to, if it is left from one of these."""
        if self.status not in statuses:
            names = " or ".join(each.name for each in statuses)
            raise StateConflict(
                f"This is possible only while the packet is {names}; it is {self.status.name}."
            )
        return LIFECYCLE.transition(self.status, target)

    def _sign(self, status: ReviewPacketStatus, content_hash: str, at: datetime) -> None:
        self.status = LIFECYCLE.transition(self.status, status)
        self.signed_at, self.content_hash = at, content_hash
        self.record_event(status.value)
