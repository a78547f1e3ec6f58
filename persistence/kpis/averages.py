"""The moving average of a series: the mean of a point and of those before it."""

from sqlalchemy import FromClause, Integer, Numeric, case, func, not_, select, true

from persistence.kpis.periods import describe_period, select_values
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row

AVERAGE = """(CASE WHEN count({value}) = {asked}
 THEN trim_scale(round(CASE WHEN count({denominator}) = {asked}
  THEN sum({numerator}) / nullif(sum({denominator}), 0) ELSE avg({value}) END, 12)) END)"""
"""Of a ratio, the sum of the numerators over that of the denominators: ratios are never averaged.

A period without a value leaves fewer values than were asked for, so there is no average.
"""


def average_points(context: FieldContext, series: Row, points: FromClause) -> FromClause:
    """Return the points with their moving average, over the number of periods that is asked for.

    Earlier periods are read beyond the first point. A period that is not over has no average.
    """
    asked, last = series.c.moving_average, points.c.ordinal
    first = SqlTemplate("({last} - {asked} + 1)", Integer(), last=last, asked=asked)
    each = func.generate_series(first, last).table_valued("ordinal").render_derived()
    periods = (
        select(*describe_period(series, each.c.ordinal))
        .select_from(each)
        .correlate_except(each)
        .subquery()
    )
    values = select_values(context, series, periods)
    parts = {name: values.c[name] for name in ("value", "numerator", "denominator")}
    average = (
        select(SqlTemplate(AVERAGE, Numeric(), asked=asked, **parts))
        .select_from(periods.outerjoin(values, true()))
        .correlate_except(periods, values)
        .scalar_subquery()
    )
    shown = case((not_(points.c.is_provisional), average))
    return select(*points.c, shown.label("average")).correlate_except(points).subquery()
