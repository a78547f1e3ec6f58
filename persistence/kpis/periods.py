"""The periods of a series of a KPI, with their values. All answers about a series read these."""

from sqlalchemy import Date, FromClause, Integer, case, func, select, true

from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number
from persistence.kpis import calendar
from persistence.kpis.aggregation import aggregate_periods
from persistence.kpis.dimensions import is_about
from persistence.kpis.measurements import has_value, kpi_measurements
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql

ONE, ZERO = literal_number(1), literal_number(0)
RECORDED = ("state", "value", "numerator", "denominator", "revision", "item_count")


def list_periods(series: Row) -> FromClause:
    """Return the periods of the interval; none where they cannot be combined."""
    each = (
        func.generate_series(series.c.first, series.c.last).table_valued("ordinal").render_derived()
    )
    periods = select(*describe_period(series, each.c.ordinal)).select_from(each)
    if is_combined(series):
        periods = periods.where(series.c.problem.is_(None))
    if is_sliced(series):
        periods = periods.where(series.c.member_id.is_not(None))
    return periods.offset(ZERO).correlate_except(each).subquery()


def describe_period(series: Row, ordinal: Sql) -> list[Sql]:
    """Return a period of the interval, with its first and last period of the KPI's own."""
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=ordinal)
    starts_on = calendar.build_start(series.c.interval, ordinal, series)
    ends_before = calendar.build_start(series.c.interval, following, series)
    first = last = ordinal
    if is_combined(series):
        last_day = SqlTemplate("({end} - 1)", Date(), end=ends_before)
        first = calendar.build_ordinal(series.c.frequency, starts_on, series)
        last = calendar.build_ordinal(series.c.frequency, last_day, series)
    return [
        ordinal.label("ordinal"),
        starts_on.label("starts_on"),
        ends_before.label("ends_before"),
        first.label("first_ordinal"),
        last.label("last_ordinal"),
    ]


def is_combined(series: Row) -> bool:
    """Return whether a series was asked for in an interval, so values may have to be combined."""
    return "problem" in series.c


def is_sliced(series: Row) -> bool:
    """Return whether the members of a dimension were asked for."""
    return "member_id" in series.c


def measure_periods(context: FieldContext, series: Row) -> FromClause:
    """Return the periods of the interval with their values, also those without one."""
    periods = list_periods(series)
    values = select_values(context, series, periods, within=(series.c.first, series.c.last))
    return (
        select(*periods.c, *values.c)
        .select_from(periods.outerjoin(values, true()))
        .correlate_except(periods, values)
        .subquery()
    )


def select_values(
    context: FieldContext,
    series: Row,
    periods: FromClause,
    *,
    within: tuple[Sql, Sql] | None = None,
) -> FromClause:
    """Return the value of each period: its measurement, or several that are combined.

    `within` are the first and the last period. With them PostgreSQL reads all of them at once.
    """
    if is_combined(series):
        return aggregate_periods(context, series, periods)
    each = shared_alias(kpi_measurements)
    return (
        select(
            *(each.c[name] for name in RECORDED),
            case((has_value(each), ONE), else_=ZERO).label("measured_periods"),
            case((has_value(each), ZERO), else_=ONE).label("inapplicable_periods"),
        )
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.kpi_id == series.c.id,
            is_about(each, series),
            each.c.period_ordinal == periods.c.ordinal,
            *((each.c.period_ordinal.between(*within),) if within else ()),
        )
        .correlate_except(each)
        .lateral()
    )
