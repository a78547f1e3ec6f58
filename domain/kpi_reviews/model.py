"""The aggregate of a review that was held: what was looked at, and what was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import MultiLine, check_required
from domain.kernel.identity import PersonId, TenantId
from domain.kpi_reviews import policy
from domain.kpi_reviews.schedule import KpiReviewSchedule
from domain.kpis import KpiTargetStatus

NOTE = MultiLine("The note", max_length=4_000)
DECISION = MultiLine("The decision", max_length=2_000)
MAX_DECISIONS = 50


@dataclass(kw_only=True, eq=False)
class KpiReviewEntry(Part):
    """The newest period of a KPI and its target, as the one who held the review saw them.

    Later corrections do not change it. `revision` is that of the measurement; None without one.
    `compared_from` is the first day of the periods that were compared with the target.
    """

    NAME = "kpi_review_entry"
    SEE = policy.SEE_PART & policy.SEE_KPI_OF_ENTRY

    review_id: UUID
    kpi_id: UUID
    position: int
    status: KpiTargetStatus
    period_ordinal: int | None = None
    period: str | None = None
    starts_on: date | None = None
    last_day: date | None = None
    compared_from: date | None = None
    is_provisional: bool = False
    revision: int | None = None
    value: Decimal | None = None
    compared_value: Decimal | None = None
    target_value: Decimal | None = None
    target_upper_value: Decimal | None = None


@dataclass(kw_only=True, eq=False)
class KpiReviewDecision(Part):
    """What was decided in a review."""

    NAME = "kpi_review_decision"
    SEE = policy.SEE_PART

    review_id: UUID
    position: int
    text: Annotated[str, DECISION]


@dataclass(kw_only=True, eq=False)
class KpiReview(Aggregate):
    """A review that was held. It never changes.

    It does not load its entries, and so the journal has none of them: who reads the journal may not
    see their KPIs.
    """

    NAME = "kpi_review"
    LABEL = "review"
    SEE = policy.SEE_REVIEW
    SEE_HISTORY = policy.HOLD
    KNOWN_FACTS = frozenset({"schedule_id"})
    HOLD: ClassVar = Action("hold", policy.HOLD)
    EVENTS = ("held",)

    schedule_id: UUID
    held_by_id: PersonId | None = None
    held_on: date
    due_on: date
    note: Annotated[str | None, NOTE] = None
    decisions: list[KpiReviewDecision] = field(default_factory=list)

    kpi_review_schedule: ClassVar[KpiReviewSchedule | None] = None
    """The schedule, loaded for the access rules."""

    @classmethod
    def create(
        cls,
        tenant_id: TenantId,
        schedule: KpiReviewSchedule,
        due_on: date,
        held_on: date,
        held_by_id: PersonId | None,
        *,
        note: str | None = None,
        decisions: Sequence[str] = (),
    ) -> "KpiReview":
        """Return a new review without entries. Raises Invalid and LimitExceeded."""
        faults = FaultCollector()
        review = cls(
            tenant_id=tenant_id,
            schedule_id=schedule.id,
            held_by_id=held_by_id,
            held_on=held_on,
            due_on=due_on,
        )
        vars(review)["kpi_review_schedule"] = schedule
        with faults.collect():
            review.note = NOTE.check(note, "note")
        with faults.collect():
            review.decisions = [*review._list_decisions(decisions)]
        faults.raise_all()
        review.record_event("held")
        return review

    def _list_decisions(self, texts: Sequence[str]) -> Iterable[KpiReviewDecision]:
        if len(texts) > MAX_DECISIONS:
            message = f"A review has at most {MAX_DECISIONS} decisions. Join some."
            raise LimitExceeded(message, "decisions")
        faults = FaultCollector()
        for position, each in enumerate(texts):
            with faults.collect():
                yield KpiReviewDecision(
                    tenant_id=self.tenant_id,
                    review_id=self.id,
                    position=position,
                    text=check_required(DECISION, each, "decisions", position),
                )
        faults.raise_all()
