"""The graph types of the process behaviour chart of a KPI: natural limits and signals."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from api.kernel.schema.declarations import argument, graph_enum, one, part, value
from domain.kpis.analysis.signals import (
    BASELINE_POINTS,
    FIRM_POINTS,
    MIN_POINTS,
    KpiLimitState,
    KpiSignalRule,
)
from persistence.kpis import KPI_BASELINE
from persistence.signals import KPI_LIMITS, KPI_SIGNAL

if TYPE_CHECKING:
    from api.kpis.kpi import Kpi

figure = value
"""The attribute `value` hides the function of that name in a class."""

graph_enum(
    KpiLimitState,
    "How far natural limits can be trusted.",
    too_few_points=f"There are fewer than {MIN_POINTS} values, so there are no limits.",
    no_variation="All values of the baseline are equal, so there are no limits.",
    provisional=f"There are fewer than {FIRM_POINTS} values. Limits will still move.",
    firm="There are enough values.",
)
graph_enum(
    KpiSignalRule,
    "The rule that a signal follows.",
    outside_limits="The value is above the upper limit, or below the lower one.",
    eight_on_one_side="It is at least the eighth value in a row on one side of the mean.",
    three_of_four_near_a_limit="Three of the last four values, with this one, are nearer to the"
    " same limit than to the mean.",
)


@part(KPI_LIMITS)
class KpiNaturalLimits:
    """The range in which a KPI varies when nothing changes: the limits of an XmR chart.

    The method is that of D. J. Wheeler, "Understanding Variation". The limits are 2.66 mean moving
    ranges away from the mean. They assume that values do not follow each other: seasons, running
    totals and moving averages give false signals.
    """

    state: KpiLimitState = value("How far the limits can be trusted.")
    points: int = value(
        f"The number of values that the limits are computed from: the first {BASELINE_POINTS} of"
        " the baseline. Later values are compared with these limits and do not move them."
    )
    starts_on: date | None = value(
        "The first day of the period of the first value. Null when there is no value."
    )
    last_day: date | None = value(
        "The last day before the next baseline. Null when these limits still hold."
    )
    mean: Decimal | None = value("The mean. Null without limits. Rounded to 6 decimals.")
    lower_limit: Decimal | None = value(
        "The lower natural limit. It may lie where no value can be, such as below 0. Null without"
        " limits."
    )
    upper_limit: Decimal | None = value("The upper natural limit. Null without limits.")
    range_limit: Decimal | None = value(
        "The limit of the difference between two values that follow each other. Null without"
        " limits."
    )


@part(KPI_SIGNAL)
class KpiSignal:
    """A value that differs from the ordinary variation of a KPI. What it means, people decide."""

    period: str = figure("The label of the period, such as `2026-03`, `2026-W09` or `FY2026-Q1`.")
    starts_on: date = figure("The first day of the period.")
    value: Decimal = figure("The value, or its difference to the previous year.")
    rule: KpiSignalRule = figure("The rule that it follows; of several, the strongest.")
    is_above: bool = figure("Whether the value is above the mean.")


@part(KPI_BASELINE, where=("starts_on",), order_by=("starts_on",))
class KpiBaseline:
    """A reset of the natural limits: from this period on they are computed anew."""

    starts_on: date = figure("The first day of the first period.")
    reason: str = figure("What changed for good.")
    recorded_at: datetime = figure("When it was recorded, or its reason last corrected.")
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")


BY_PREVIOUS_YEAR = argument(
    bool,
    "Use the difference of each value to the same period of the year before. For KPIs with seasons."
    " Default: false.",
)
SIGNAL_ARGUMENTS: dict[str, Any] = {
    "from": argument(date, "Only signals in periods that last until this day. Default: all."),
    "to": argument(date, "Only signals in periods that begin by this day. Default: all."),
    "by_previous_year": BY_PREVIOUS_YEAR,
}
