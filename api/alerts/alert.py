"""The graph type of an alert."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from api.alerts.proposals import ProposedGoal
from api.alerts.rule import AlertRule
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from api.kpis.status import KpiStatus
from domain.alerts import AlertCloseReason, AlertCondition, AlertStatus
from domain.kpis.analysis.signals import KpiSignalRule
from persistence.alerts import ALERT
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.action_items import ActionItem
    from api.goals import Goal
    from api.kpis import Kpi
    from api.kpis.dimensions import KpiDimensionMember
    from api.people import Person

graph_enum(
    AlertStatus,
    "Whether an alert waits for an answer.",
    open="It waits for an answer.",
    snoozed="It waits until `snoozedUntil`, and is open again on that day.",
    acknowledged="Somebody has answered. It is closed when the KPI recovers.",
    closed="It is over; `closeReason` says why.",
)
graph_enum(
    AlertCloseReason,
    "Why an alert is closed.",
    recovered="The KPI is as it should be again.",
    cause_removed="A corrected value or target shows that there was no reason.",
    rule_deleted="The rule was deleted.",
    kpi_archived="The KPI was archived.",
)


@node(
    ALERT,
    where=(
        "id",
        "condition",
        "status",
        "close_reason",
        "due_on",
        "kpi",
        "recipient",
        "escalated_to",
        "created_at",
        "updated_at",
    ),
    order_by=("due_on", "status", "condition", "created_at", "updated_at"),
)
class Alert:
    """A time in which a KPI is not as it should be, from its first bad period to its recovery.

    It asks a person to act: to acknowledge it with a reason. Missing values are no recovery. Who
    sees the KPI sees its alerts; those of a confined slice are seen by those who see the slice.
    """

    condition: AlertCondition = value("What raised it.")
    threshold: Decimal | None = value(
        "The value that others were compared with. Null for conditions that compare with none."
    )
    status: AlertStatus = value("Whether it waits for an answer.")
    sentence: str = value("What is wrong, as a sentence in English, with the figures of today.")
    member: "KpiDimensionMember | None" = one(
        "The member of a dimension whose slice it is about. Null when it is about the total."
    )
    period: str = value("The label of the newest bad period, such as `2026-03`.")
    first_period: str = value("The label of the first bad period.")
    bad_periods: int = value("The number of bad periods.")
    signal_rule: KpiSignalRule | None = value(
        "The rule of the process behaviour chart that the newest bad period follows. Null for other"
        " conditions."
    )
    is_signal_provisional: bool | None = value(
        "Whether the natural limits are provisional, because there are fewer than 12 values. Null"
        " for other conditions."
    )
    figures: KpiStatus | None = one(
        "How the value of the newest bad period compares with its target. It follows corrections."
    )
    due_on: date = value("The day by which somebody should answer.")
    snoozed_until: date | None = value("The day on which it is open again. Null unless snoozed.")
    reason: str | None = value("The last answer. Null when nobody has answered.")
    acknowledged_at: datetime | None = value("When it was answered. Null when nobody has.")
    closed_at: datetime | None = value("When it was closed. Null while it is not.")
    close_reason: AlertCloseReason | None = value("Why it is closed. Null while it is not.")
    escalation_level: int = value("How many managers were asked as well.")
    recipient: "Person | None" = one(
        "The person who is asked. Null when the viewer may not see them."
    )
    escalated_to: "Person | None" = one(
        "The manager who was asked last. Null when none was, or the viewer may not see them."
    )
    acknowledged_by: "Person | None" = one(
        "Who answered. Null when nobody has, or the viewer may not see them."
    )
    kpi: "Kpi | None" = one("The KPI.")
    action_items: Connection["ActionItem"] = many(
        "What people do about it, as far as the viewer may see it.", usual_size=3
    )
    is_assigned: bool = value("Whether a person handed it to the recipient, by `alertAssign`.")
    goal: "Goal | None" = one(
        "The goal that people set because of it. Null when there is none, or the viewer may not see"
        " it."
    )
    proposed_goal: ProposedGoal = one(
        "What a goal to recover may be, made of the leading drivers of the KPI.", points=5
    )
    rule: AlertRule | None = one("The rule that raised it. Null when it was deleted.")


@input_type(one_of=True)
class AlertBy:
    """Identifies an alert by exactly one of these."""

    id: UUID | None = input_field("The alert's id.")


@queries(ROOT)
class AlertQueries:
    """Root fields of alerts."""

    alert: Alert | None = look_up(
        "An alert. Null when there is none, or when the viewer may not see it.",
        "AlertBy",
        "How the alert is identified.",
    )
    alerts: Connection[Alert] = many(
        "All alerts of KPIs that the viewer may see, the newest first."
    )


alert_changed = change_subscription(Alert)
