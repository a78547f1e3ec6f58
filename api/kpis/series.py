"""The graph types of a series of a KPI and of its points."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    many,
    one,
    part,
    value,
)
from api.kpis.benchmarks import KpiBenchmarkPosition
from api.kpis.dimensions import USUAL_MEMBERS, KpiDimensionMember
from api.kpis.status import KpiDifference
from domain.kernel.text import MAX_KEY_LENGTH
from domain.kpis import KpiFrequency, KpiTargetStatus
from domain.kpis.analysis.peers import KpiPosition
from domain.kpis.analysis.smoothing import MAX_AVERAGED, MIN_AVERAGED, KpiAnalysisState
from domain.kpis.benchmarks import MAX_COHORT_LENGTH
from domain.kpis.series import MAX_POINTS, USUAL_POINTS, KpiComparison, KpiPointState
from persistence.kpis import KPI_LINEAR_TREND, KPI_PEERS
from persistence.kpis.series import KPI_POINT, KPI_SERIES

if TYPE_CHECKING:
    from api.annotations import Annotation

figure = value
"""The attribute `value` hides the function of that name in a class."""

graph_enum(
    KpiComparison,
    "What the points of a series are compared with.",
    previous_period="The period before.",
    previous_year="The same period of the year before.",
    target="What the target asks for by the end of the period, or until now.",
    peers="The median of the peers: at least five other organizations of the same kind, with half"
    " to double the people, whose KPI has the same template, frequency and unit, and is seen by the"
    " whole tenant.",
    benchmark="The median of a benchmark: the newest one that had begun by the end of the period.",
)
graph_enum(
    KpiPointState,
    "Whether a point of a series has a value.",
    measured="There is a value; it may be zero.",
    not_measured="There is no value yet. A chart breaks the line here.",
    not_applicable="There cannot be a value.",
    suppressed="There is a value, but one of its periods is about few people, so it is not shown.",
)


graph_enum(
    KpiAnalysisState,
    "Whether an analysis has a result.",
    computed="There are enough values.",
    too_few_points="There are too few values, so nothing is computed.",
)


graph_enum(
    KpiPosition,
    "Where a value lies among others. A value on a quartile belongs to the better part.",
    best_quarter="At least as good as the better quartile.",
    better_than_median="Between the median and the better quartile.",
    worse_than_median="Between the worse quartile and the median.",
    worst_quarter="Worse than the worse quartile.",
)


@part(KPI_PEERS)
class KpiPeers:
    """The values of the same period of internal peers, as quartiles. No single value is shown.

    An organization has at most one KPI among the peers. Organizations above and below the own one
    are none of them.
    """

    sentence: str = figure("The quartiles and the position, or why there are none, for people.")
    organizations: int | None = figure(
        "The number of peers with a value. Null when there are fewer than five."
    )
    lower_quartile: Decimal | None = figure(
        "A quarter of the values lies below it. Between two values it is interpolated. Null when"
        " there are fewer than five values, and for a period that is not over."
    )
    median: Decimal | None = figure("Half of the values lie below it. Null as `lowerQuartile`.")
    upper_quartile: Decimal | None = figure(
        "A quarter of the values lies above it. Null as `lowerQuartile`."
    )
    position: KpiPosition | None = figure(
        "Where the value lies. Null without quartiles or a value, and for the direction BAND."
    )


@part(KPI_POINT)
class KpiPoint:
    """One period of a series."""

    period: str = figure("The label of the period, such as `2026-03`, `2026-W09` or `FY2026-Q1`.")
    starts_on: date = figure("The first day of the period.")
    last_day: date = figure("The last day of the period.")
    state: KpiPointState = figure("Whether there is a value.")
    value: Decimal | None = figure(
        "The value, not rounded; that of several periods has up to 12 decimals. Null when there is"
        " none."
    )
    compared_value: Decimal | None = figure(
        "The value that is compared with the target: for a target of a fiscal year the sum of the"
        " year so far, else the value. Null when there is none."
    )
    item_count: int | None = figure(
        "How many items or people are behind the value. Null when it is not known."
    )
    target: Decimal | None = figure(
        "What the target asks for by the end of the period, or until now. In an interval of several"
        " periods, sums have the targets of all of them. The lower end of a range. Null without a"
        " target, and for sums where the target changes within the interval."
    )
    upper_target: Decimal | None = figure("The upper end of a range. Null for other targets.")
    status: KpiTargetStatus = figure("How the value compares with the target.")
    is_provisional: bool = figure("Whether the period is not over yet.")
    is_restated: bool = figure("Whether a value of the period was corrected.")
    measured_periods: int = figure("The number of periods in the interval that have a value.")
    expected_periods: int = figure(
        "The number of periods in the interval in which the KPI applies: 12 for the months of a"
        " year. With fewer in `measuredPeriods`, the value is incomplete."
    )
    moving_average: Decimal | None = figure(
        "The mean of this value and those before it, over as many periods as `movingAverage` asks"
        " for; of a ratio, the sum of their numerators divided by that of their denominators. Null"
        " when one of these periods has no value, for a period that is not over, and without the"
        " argument."
    )
    annotations: Connection["Annotation"] = many(
        "The annotations that touch a day of the period: of the KPI, its team and the teams above,"
        " its unit and the units above, and of the tenant.",
        usual_size=2,
    )
    comparison: KpiDifference | None = one(
        "The difference to what `compareTo` names. Null without it."
    )
    peers: KpiPeers | None = one(
        "Where the value lies among the peers. Null unless `compareTo` is PEERS."
    )
    benchmark: KpiBenchmarkPosition | None = one(
        "Where the value lies among others, by the newest benchmark that had begun by the end of"
        " the period. Null in each of these cases: `compareTo` is not BENCHMARK; there is no such"
        " benchmark; `by` is given; `interval` is longer than the KPI's own periods."
    )


@part(KPI_LINEAR_TREND)
class KpiLinearTrend:
    """The straight line with the least squares through the values of a series.

    It describes the past, and is no forecast. The value of the line is `intercept` in the first
    period with a value, and `slope` more in each further period.
    """

    state: KpiAnalysisState = figure("Whether there are enough values.")
    sentence: str = figure("The method, the data, the result and what it assumes, for people.")
    points: int = figure("The number of values: those of measured periods that are over.")
    starts_on: date | None = figure("The first day of the first of them. Null when there is none.")
    last_day: date | None = figure("The last day of the last of them. Null when there is none.")
    slope: Decimal | None = figure(
        "The change a period, in the unit of the KPI; of a share, 0.01 is a percentage point. Null"
        " with too few values. Rounded to 12 decimals."
    )
    intercept: Decimal | None = figure(
        "The value of the line in the first period with a value. Null with too few values."
    )
    r_squared: float | None = figure(
        "The share of the variation that the line explains, from 0 to 1. Null with too few values,"
        " and when all values are equal."
    )


@part(KPI_SERIES)
class KpiSeries:
    """The values of a KPI over time, for a chart."""

    member: KpiDimensionMember | None = one(
        "The member of the dimension in `by`. Null for the total."
    )
    interval: KpiFrequency = figure("How long the period of a point is.")
    problem: str | None = figure("Why there are no points, as a sentence. Null when there are.")
    linear_trend: KpiLinearTrend | None = one(
        "The straight line through the values of the periods that are over. Never null."
    )
    points: list[KpiPoint] = list_of(
        "A point for each period, in their order, also where nothing is measured. Its cost counts"
        f" {USUAL_POINTS} points.",
        usual_size=USUAL_POINTS,
    )


SERIES_ARGUMENTS: dict[str, Any] = {
    "from_": argument(
        date,
        f"A day in the first period. Default: {USUAL_POINTS - 1} periods before the last one.",
        graph_name="from",
    ),
    "to": argument(date, "A day in the last period. Default: today."),
    "interval": argument(
        KpiFrequency,
        "How long the period of a point is. Longer periods have the values of the KPI's own,"
        " combined by its definition. Default: the frequency of the KPI.",
    ),
    "moving_average": argument(
        int,
        "The number of periods of `movingAverage`, with that of the point:"
        f" {MIN_AVERAGED} to {MAX_AVERAGED}. Default: none.",
    ),
    "by": argument(
        str,
        "The key of a dimension: one series for each of its members that the viewer may see, in"
        " their order. A slice has no peers, and no target but its own. Default: one series of the"
        " total.",
        max_length=MAX_KEY_LENGTH,
    ),
    "cohort": argument(
        str,
        "The cohort of the benchmark for `compareTo: BENCHMARK`. Default: any.",
        max_length=MAX_COHORT_LENGTH,
    ),
    "compare_to": argument(KpiComparison, "What the points are compared with. Default: nothing."),
}
ABOUT_SERIES = (
    "The values over time: a list of one series, that of the total, or with `by` one for each"
    f" member of a dimension. A series has at most {MAX_POINTS} points, the latest ones. With `by`"
    f" its cost counts {USUAL_MEMBERS} series."
)
