"""The graph type of an alert rule."""

from decimal import Decimal
from typing import TYPE_CHECKING

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from domain.alerts import AlertCondition
from persistence.action_items import ALERT_OUTCOMES
from persistence.alerts import ALERT_RULE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.alerts.alert import Alert
    from api.kpis import Kpi
    from api.kpis.dimensions import KpiDimension, KpiDimensionMember
    from api.people import Person

graph_enum(
    AlertCondition,
    "What raises an alert about a KPI. A period that is not over counts only where its sum has"
    " already passed what the whole period may have.",
    red="The status is red.",
    amber_or_red="The status is amber or red.",
    worse_status="The status has become worse. The alert ends when it is as good as before.",
    above="The value is above `threshold`.",
    below="The value is below `threshold`.",
    signal="The value is a signal of the process behaviour chart, as `Kpi.signals` shows it."
    " With fewer than 6 values there are no signals. The alert ends with the first value that is"
    " not"
    " a signal.",
    overdue="No value was recorded by the day on which it is due. KPIs without any value, irregular"
    " and computed ones raise no such alert.",
)


@part(ALERT_OUTCOMES)
class AlertOutcomes:
    """What became of the alerts of a rule. A rule whose alerts lead to nothing may be deleted."""

    raised: int = value("How many alerts it has raised so far.")
    acknowledged: int = value("How many of them somebody has answered.")
    with_action: int = value(
        "How many of them have an action item or a goal that the viewer may see."
    )
    recovered: int = value("How many of them ended because the KPI recovered.")
    unanswered: int = value("How many of them are closed and were never answered.")


@node(
    ALERT_RULE,
    where=("id", "condition", "kpi", "recipient", "created_at", "updated_at"),
    order_by=("condition", "created_at", "updated_at"),
)
class AlertRule:
    """What raises an alert about a KPI, and whom it asks.

    Who sees the KPI sees its rules; one that names a confined member is seen by those who see that.
    """

    condition: AlertCondition = value("What raises an alert.")
    threshold: Decimal | None = value(
        "The value that others are compared with. Null for conditions that compare with none."
    )
    release_threshold: Decimal | None = value(
        "The value from which on a period is good again. Null when that is `threshold` itself."
    )
    periods: int = value(
        "After how many bad periods an alert is opened: in a row, or among `withinPeriods`. Periods"
        " that are not measured are skipped."
    )
    within_periods: int | None = value(
        "Among how many of the last periods the bad ones are counted. Null when they are counted in"
        " a row."
    )
    by_previous_year: bool = value(
        "Whether signals are those of the differences to the previous year, for KPIs with seasons."
    )
    release_periods: int = value("After how many good periods in a row the alert is closed.")
    days_to_answer: int = value(
        "In how many working days somebody should answer, by the work calendar of that person."
    )
    escalation_levels: int = value(
        "How many managers above are asked in turn if nobody answers. A KPI for named people is not"
        " escalated."
    )
    dimension: "KpiDimension | None" = one(
        "The dimension whose slices it looks at: all members that are not archived, or `member`"
        " only. Null when it looks at the total."
    )
    member: "KpiDimensionMember | None" = one(
        "The only member that it looks at. Null for all members of the dimension, or the total."
    )
    recipient: "Person | None" = one(
        "The person who is asked. Null for the owner of the KPI, and when the viewer may not see"
        " them."
    )
    kpi: "Kpi | None" = one("The KPI.")
    outcomes: AlertOutcomes = one("How many alerts it raised, and what became of them.")
    alerts: Connection["Alert"] = many("The alerts of the rule.")


@queries(ROOT)
class AlertRuleQueries:
    """Root fields of alert rules."""

    alert_rules: Connection[AlertRule] = many("All alert rules of KPIs that the viewer may see.")
