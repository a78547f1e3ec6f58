"""The graph types of the status of a KPI against its target, and of its trend."""

from datetime import date
from decimal import Decimal

from api.kernel.schema.declarations import graph_enum, one, part, value
from api.kpis.targets import KpiTarget
from domain.kpis.targets import KpiTargetStatus
from domain.kpis.trend import KpiChangeKind
from persistence.kpis.status import KPI_STATUS
from persistence.kpis.trend import KPI_DIFFERENCE, KPI_TREND

figure = value
"""The attribute `value` hides the function of that name in a class."""


@part(KPI_STATUS)
class KpiStatus:
    """How the newest value of a KPI compares with its target."""

    status: KpiTargetStatus = figure("How the value compares with the target.")
    sentence: str = figure("The answer as a sentence in English, with the figures rounded.")
    period: str | None = figure(
        "The label of the period, such as `2026-03`. Null when nothing is measured yet."
    )
    starts_on: date | None = figure(
        "The first day of the period. Null when nothing is measured yet."
    )
    last_day: date | None = figure("The last day of the period. Null when nothing is measured yet.")
    value: Decimal | None = figure(
        "The value of the period. Null when nothing is measured yet, or the KPI does not apply."
    )
    compared_value: Decimal | None = figure(
        "The value that is compared: for a target of a fiscal year the sum of the year so far, else"
        " the value of the period. Null when there is none."
    )
    target: KpiTarget | None = one("The target of the period. Null when there is none.")
    expected_value: Decimal | None = figure(
        "The value that should be reached by now: the target times the share of its time that has"
        " passed. Time is counted in working days of the work calendar without a location; without"
        " such a calendar, in calendar days. Only values that are summed over time grow towards"
        " their target; others are compared with the whole target. The lower end of a range. Null"
        " without a target."
    )
    attainment: float | None = figure(
        "The attained share of the whole target: 1 is all of it, and more is possible. With a start"
        " value, the share of the way from there. Null without a value or a target, and for a"
        " target of zero without a start value."
    )
    gap: Decimal | None = figure(
        "The value minus what the target asks for by now; 0 inside a range. Null without a value or"
        " a target."
    )
    is_provisional: bool = figure("Whether the period is not over yet.")
    days_overdue: int | None = figure(
        "How many days the value of the next period is overdue; 0 when it is not. Null when nothing"
        " is measured yet, and for irregular KPIs."
    )
    next_period: str | None = figure(
        "The label of the period after this one, whose value is recorded next. Null when nothing is"
        " measured yet, and for irregular KPIs."
    )
    next_due_on: date | None = figure(
        "The day by which the value of `nextPeriod` is due. Null where `nextPeriod` is null."
        " With `dueInWorkingDays`, also null for some seconds until the day is computed."
    )


graph_enum(
    KpiChangeKind,
    "Whether a change is for the better, by the direction of the KPI.",
    better="The later value is better.",
    worse="The later value is worse.",
    unchanged="Both values are equal.",
    different="The values differ, and the KPI has a target range, so neither direction is better.",
)


@part(KPI_DIFFERENCE)
class KpiDifference:
    """How a value differs from that of an earlier period."""

    sentence: str = figure("The answer as a sentence in English, with the figures rounded.")
    period: str | None = figure(
        "The label of the earlier period. Null when the year before has no such period: 2025 has no"
        " week 53."
    )
    value: Decimal | None = figure("The earlier value. Null when there is none.")
    difference: Decimal | None = figure(
        "The later value minus the earlier one. The difference of shares is in percentage points:"
        " from 0.42 to 0.45 it is 3. Null when a value is missing."
    )
    relative_difference: float | None = figure(
        "The difference as a share of the earlier value without its sign, so more is positive: from"
        " 0.42 to 0.45 it is 0.0714. Null when a value is missing, when the earlier one is zero,"
        " and for KPIs in percentage points."
    )
    kind: KpiChangeKind | None = figure(
        "Whether the change is for the better. Null when a value is missing."
    )


@part(KPI_TREND)
class KpiTrend:
    """How the newest value of a period that is over differs from earlier ones."""

    sentence: str = figure("The answer as a sentence in English, with the figures rounded.")
    period: str | None = figure(
        "The label of the period. Null when no period with a value is over yet."
    )
    starts_on: date | None = figure("The first day of the period. Null when there is none.")
    last_day: date | None = figure("The last day of the period. Null when there is none.")
    value: Decimal | None = figure(
        "The value of the period. Null when there is none, or the KPI does not apply."
    )
    previous_period: KpiDifference | None = one(
        "The change since the period before. Null when no period is over yet."
    )
    previous_year: KpiDifference | None = one(
        "The change since the same period of the year before. Null when no period is over yet."
    )
