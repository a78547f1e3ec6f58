"""The linear trend of a series: the straight line with the least squares through its values.

The sums are exact, and each figure is divided and rounded once. A test compares them with the
published figures of Anscombe.
"""

from sqlalchemy import FromClause, Integer, Numeric, Text, func, select, type_coerce

from domain.kpis.analysis.smoothing import MIN_TREND_POINTS, KpiAnalysisState
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_number
from persistence.kernel.wire_format import ratio_sql
from persistence.kpis import calendar
from persistence.kpis.comparing import join_definition
from persistence.kpis.periods import measure_periods
from persistence.kpis.sentences import write_number
from persistence.kpis.series import KPI_SERIES
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql

ONE = literal_number(1)
KPI_LINEAR_TREND = ReadModel("KpiLinearTrend", None)

STATE = f"""(CASE WHEN {{n}} < {MIN_TREND_POINTS} THEN '{KpiAnalysisState.TOO_FEW_POINTS}'
 ELSE '{KpiAnalysisState.COMPUTED}' END)"""
ENOUGH = f"CASE WHEN {{n}} >= {MIN_TREND_POINTS} THEN"
COVARIANCE = "({n} * {xy} - {x} * {y})"
VARIANCE = "({n} * {xx} - {x} * {x})"
SLOPE = f"({ENOUGH} round(({COVARIANCE} + 0e-20) / {VARIANCE}, 12) END)"
INTERCEPT = f"""({ENOUGH} round(({{y}} * {VARIANCE} - {{x}} * {COVARIANCE} + 0e-20)
 / ({{n}} * {VARIANCE}), 12) END)"""
R_SQUARED = f"""({ENOUGH} round((({COVARIANCE} * {COVARIANCE} + 0e-20)
 / nullif({VARIANCE} * ({{n}} * {{yy}} - {{y}} * {{y}}), 0)), 12) END)"""
"""x counts periods from the first measured one. Without variation there is no r squared."""

SENTENCE = f"""(CASE WHEN {{n}} < {MIN_TREND_POINTS} THEN 'There are ' || {{n}} || ' values in'
  || ' periods that are over. A linear trend needs {MIN_TREND_POINTS}.'
 ELSE 'Least squares through ' || {{n}} || ' of ' || {{periods}} || ' periods, from ' || {{first}}
  || ' to ' || {{last}} || ': ' || (CASE WHEN {{slope}} > 0 THEN '+' ELSE '' END) || {{change}}
  || ' a period' || coalesce('; the line explains ' || round({{r_squared}} * 100) || ' % of the'
  || ' variation', '') || '. It assumes that the values follow a straight line, without seasons.'
 END)"""


def _build_trend(series: Row, context: FieldContext) -> FromClause:
    """Return one row: the sums of the values, the periods that they are from, and their unit."""
    sums = _sum_values(context, series)
    following = SqlTemplate("({last} + 1)", Integer(), last=sums.c.last)
    ends = {"starts_on": sums.c.first, "last_starts_on": sums.c.last, "ends_before": following}
    row = (
        select(
            *sums.c,
            *(series.c[name] for name in (*calendar.SETTINGS, "interval")),
            (series.c.last - series.c.first + ONE).label("periods"),
            series.c.id.label("kpi_id"),
            *(
                calendar.build_start(series.c.interval, ordinal, series).label(name)
                for name, ordinal in ends.items()
            ),
        )
        .correlate_except(sums)
        .subquery()
    )
    return _show_more_decimals(join_definition(context, row))


def _sum_values(context: FieldContext, series: Row) -> FromClause:
    """Return one row: the sums of the values in periods that are over, with their number."""
    periods = measure_periods(context, series)
    place = periods.c.ordinal - func.min(periods.c.ordinal).over()
    used = (
        select(periods.c.ordinal, place.label("x"), periods.c.value.label("y"))
        .where(periods.c.value.is_not(None), periods.c.ends_before <= series.c.today)
        .correlate_except(periods)
        .subquery()
    )
    x, y = used.c.x, used.c.y
    products = {"x": x, "y": y, "xx": x * x, "xy": x * y, "yy": y * y}
    return (
        select(
            func.count(type_=Integer()).label("n"),
            func.min(used.c.ordinal, type_=Integer()).label("first"),
            func.max(used.c.ordinal, type_=Integer()).label("last"),
            *(func.sum(each, type_=Numeric()).label(name) for name, each in products.items()),
        )
        .select_from(used)
        .correlate_except(used)
        .subquery()
    )


def _show_more_decimals(row: FromClause) -> FromClause:
    """Return the row with more decimals for sentences: a change is smaller than the values."""
    others = (each for each in row.c if each.name != "decimals")
    decimals = (row.c.decimals + literal_number(2)).label("decimals")
    return select(*others, decimals).correlate_except(row).subquery()


def _fill(template: str, row: Row) -> Sql:
    parts = {name: row.c[name] for name in ("n", "x", "y", "xx", "xy", "yy")}
    number = SqlTemplate(template, Numeric(), **parts)
    return SqlTemplate("trim_scale({number})", Numeric(), number=number)


def _build_sentence(row: Row) -> Sql:
    slope = _fill(SLOPE, row)
    return SqlTemplate(
        SENTENCE,
        Text(),
        n=row.c.n,
        periods=row.c.periods,
        first=calendar.build_label(row.c.interval, row.c.first, row.c.starts_on, row),
        last=calendar.build_label(row.c.interval, row.c.last, row.c.last_starts_on, row),
        slope=slope,
        change=write_number(row, slope, is_difference=True),
        r_squared=_fill(R_SQUARED, row),
    )


KPI_SERIES.computed_one("linear_trend", KPI_LINEAR_TREND, _build_trend)
KPI_LINEAR_TREND.value(
    "state",
    lambda row, _: type_coerce(SqlTemplate(STATE, Text(), n=row.c.n), EnumText(KpiAnalysisState)),
)
KPI_LINEAR_TREND.value("points", lambda row, _: row.c.n)
KPI_LINEAR_TREND.value("starts_on")
KPI_LINEAR_TREND.value("last_day", lambda row, _: row.c.ends_before - ONE)
KPI_LINEAR_TREND.value("slope", lambda row, _: _fill(SLOPE, row))
KPI_LINEAR_TREND.value("intercept", lambda row, _: _fill(INTERCEPT, row))
KPI_LINEAR_TREND.value("r_squared", lambda row, _: ratio_sql(_fill(R_SQUARED, row)))
KPI_LINEAR_TREND.value("sentence", lambda row, _: _build_sentence(row))
