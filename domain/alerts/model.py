"""The aggregate of an alert: an episode in which a KPI is not as it should be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from domain.alerts import policy
from domain.alerts.enums import AlertCloseReason, AlertCondition, AlertStatus
from domain.alerts.points import Point
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import MultiLine, check_required
from domain.kernel.identity import PersonId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import TaskKind, Todo
from domain.kpis import Kpi, build_evaluation
from domain.kpis.analysis.behaviour import Signal
from domain.kpis.analysis.signals import KpiSignalRule
from domain.kpis.dimensions import KpiDimensionMember

OPEN, SNOOZED, ACKNOWLEDGED, CLOSED = AlertStatus
LIFECYCLE = Lifecycle[AlertStatus](
    {
        OPEN: frozenset({SNOOZED, ACKNOWLEDGED, CLOSED}),
        SNOOZED: frozenset({OPEN, SNOOZED, ACKNOWLEDGED, CLOSED}),
        ACKNOWLEDGED: frozenset({CLOSED}),
        CLOSED: frozenset({OPEN}),
    }
)
UNCLOSED = (OPEN, SNOOZED, ACKNOWLEDGED)
MAX_SNOOZE_DAYS = 92
ALERT_REASON = MultiLine(
    "The reason", max_length=2_000, advice="Write what is known, and what will be done."
)


@dataclass(kw_only=True, eq=False)
class Alert(Aggregate):
    """An episode of bad periods of a KPI, by one rule. Its first period identifies it.

    It stores no value: those of its periods are read from the measurements. Of a signal it has the
    rule that its newest period follows, and whether the limits are provisional. `due_on` is the day
    by which somebody should answer. With `is_assigned` a person chose the recipient, else the rule
    did. The goal is what people want to reach because of it. The rule may have been deleted since.
    With a member, it is about that slice.
    """

    NAME = "alert"
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = frozenset({"kpi_id", "member_id", "status"})
    CREATE: ClassVar = Action("open", policy.EDIT)
    ACKNOWLEDGE: ClassVar = Action("acknowledge", policy.ANSWER, OPEN, SNOOZED)
    SNOOZE: ClassVar = Action("snooze", policy.ANSWER, OPEN, SNOOZED)
    ASSIGN: ClassVar = Action("assign", policy.ANSWER, OPEN, SNOOZED)
    SET_GOAL: ClassVar = Action("set_goal", policy.ANSWER, *UNCLOSED)
    ACTIONS = (ACKNOWLEDGE, SNOOZE, ASSIGN, SET_GOAL)
    EVENTS = (
        *("opened", "continued", "reassigned", "escalated", "woken", "reopened"),
        *("acknowledged", "snoozed", "assigned", "goal_set", "closed"),
    )

    kpi_id: UUID
    rule_id: UUID
    member_id: UUID | None = None
    condition: AlertCondition
    threshold: Decimal | None = None
    first_ordinal: int
    first_starts_on: date
    last_ordinal: int
    last_starts_on: date
    bad_periods: int = 1
    signal_rule: KpiSignalRule | None = None
    is_signal_provisional: bool | None = None
    recipient_id: PersonId
    is_assigned: bool = False
    escalated_to_id: PersonId | None = None
    escalation_level: int = 0
    due_on: date
    status: AlertStatus = OPEN
    snoozed_until: date | None = None
    reason: str | None = None
    acknowledged_by_id: PersonId | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: AlertCloseReason | None = None
    goal_id: UUID | None = None

    kpi: ClassVar[Kpi | None] = None
    kpi_dimension_member: ClassVar[KpiDimensionMember | None] = None
    """The KPI and the member, loaded for its access rules."""

    def attach(self, kpi: Kpi, member: KpiDimensionMember | None = None) -> None:
        """Give it the KPI, and the member of a slice, that its access rules ask about."""
        vars(self).update(kpi=kpi, kpi_dimension_member=member)
        if member is not None:
            vars(member)["kpi"] = kpi

    def acknowledge(
        self, reason: Annotated[str, ALERT_REASON], *, by: PersonId | None, at: datetime
    ) -> None:
        """Answer the alert: nobody else is asked, and it ends when the KPI recovers.

        Raises StateConflict and Invalid.
        """
        checked = check_required(ALERT_REASON, reason, "reason")
        self.status = LIFECYCLE.transition(self.status, ACKNOWLEDGED)
        self.reason, self.acknowledged_by_id, self.acknowledged_at = checked, by, at
        self.snoozed_until = None
        self.record_event("acknowledged")

    def snooze(self, until: date, *, today: date) -> None:
        """Ask again on a later day. Raises StateConflict and Invalid."""
        if not 1 <= (until - today).days <= MAX_SNOOZE_DAYS:
            message = f"Choose a day after today, at most {MAX_SNOOZE_DAYS} days ahead."
            raise Invalid(message, "until", code=Code.OUT_OF_RANGE)
        self.status, self.snoozed_until = LIFECYCLE.transition(self.status, SNOOZED), until
        self.record_event("snoozed", effective_on=until)

    def assign(self, person_id: PersonId, due_on: date) -> None:
        """Hand the alert to another person, whom it asks from now on. Raises StateConflict."""
        self.ask("assigned", person_id, due_on)
        self.is_assigned = True

    def set_goal(self, goal_id: UUID | None) -> None:
        """Name the goal that people set because of it, or none."""
        self.goal_id = goal_id
        self.record_event("goal_set")

    def ask(self, event: str, recipient_id: PersonId, due_on: date) -> None:
        """Ask a person to answer by a day, from the lowest level on."""
        if self.status is not OPEN:
            self.status = LIFECYCLE.transition(self.status, OPEN)
        self.is_assigned = self.is_assigned and recipient_id == self.recipient_id
        self.recipient_id, self.due_on = recipient_id, due_on
        self.escalated_to_id, self.escalation_level, self.snoozed_until = None, 0, None
        self.closed_at = self.close_reason = None
        self.record_event(event)

    def escalate(self, person_id: PersonId, due_on: date) -> None:
        """Ask the next person up the line as well."""
        self.escalated_to_id, self.due_on = person_id, due_on
        self.escalation_level += 1
        self.record_event("escalated")

    def extend(self, bad: Sequence[Point], signal: Signal | None) -> None:
        """Note the bad periods of the episode, and the signal in the newest one."""
        values = {
            "last_ordinal": bad[-1].ordinal,
            "last_starts_on": bad[-1].starts_on,
            "bad_periods": len(bad),
            "signal_rule": signal and signal.rule,
            "is_signal_provisional": signal and signal.is_provisional,
        }
        if set_attributes(self, values):
            self.record_event("continued")

    def close(self, reason: AlertCloseReason, *, at: datetime) -> None:
        """End the alert. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, CLOSED)
        self.close_reason, self.closed_at, self.snoozed_until = reason, at, None
        self.record_event("closed")

    def list_todos(self) -> Iterator[Todo]:
        """Yield what people have to do because of it."""
        if self.status is OPEN:
            for each in dict.fromkeys((self.recipient_id, self.escalated_to_id)):
                if each is not None:
                    yield Todo(each, self.due_on, TaskKind.ALERT)

    def list_tasks(self) -> Iterator[BackgroundTask]:
        """Yield what a worker has to do when a person has changed it."""
        if self.status is SNOOZED:
            yield build_evaluation(self.kpi_id)
