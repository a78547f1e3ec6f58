"""The baselines of a process behaviour chart in SQL: their values, and the sums of these."""

from typing import Any

from sqlalchemy import (
    Date,
    FromClause,
    Integer,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from domain.kpis.analysis.signals import BASELINE_POINTS, MIN_POINTS
from persistence.kernel.schema.tables import shared_alias
from persistence.kpis import kpi_baselines
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.signals.values import select_values, subtract_previous_year

ONE, ZERO = literal_column("1", Integer), literal_column("0", Integer)
FOREVER = literal_column("date '-infinity'", Date)
"""The day on which the first baseline begins: it has all values before the first reset."""


def list_baselines(kpi: Row, context: FieldContext) -> FromClause:
    """Return the first day of each baseline, and that of the next one; null for the newest."""
    reset = shared_alias(kpi_baselines)
    resets = tenant_subquery(context, reset, reset.c.starts_on, reset.c.kpi_id == kpi.c.id)
    starts = union_all(resets, select(FOREVER.label("starts_on"))).subquery()
    following = func.lead(starts.c.starts_on, type_=Date()).over(order_by=starts.c.starts_on)
    return (
        select(starts.c.starts_on, following.label("ends_before"))
        .correlate_except(starts)
        .subquery()
    )


def number_values(kpi: Row, context: FieldContext, baselines: FromClause) -> FromClause:
    """Return the values with their places in their baseline, and the ranges between neighbours."""
    by_year = context.has_argument("by_previous_year")
    values = subtract_previous_year(kpi, context) if by_year else select_values(kpi, context)
    own: dict[str, Any] = {
        "partition_by": baselines.c.starts_on,
        "order_by": values.c.ordinal,
    }
    before = func.lag(values.c.ordinal).over(**own)
    change = func.abs(values.c.value - func.lag(values.c.value).over(**own))
    is_own = and_(
        values.c.starts_on >= baselines.c.starts_on,
        or_(baselines.c.ends_before.is_(None), values.c.starts_on < baselines.c.ends_before),
    )
    return (
        select(
            *values.c,
            baselines.c.starts_on.label("baseline"),
            baselines.c.ends_before,
            func.row_number().over(**own).label("place"),
            case((before == values.c.ordinal - ONE, change)).label("range"),
        )
        .select_from(baselines.outerjoin(values, is_own))
        .correlate_except(values, baselines)
        .subquery()
    )


def summarize(numbered: FromClause) -> dict[str, Any]:
    """Return the sums of a baseline: of values and of ranges, with their numbers."""
    is_used = numbered.c.place <= literal_column(str(BASELINE_POINTS))
    value, change = numbered.c.value, numbered.c.range
    return {
        "n": func.count(value).filter(is_used),
        "total": func.sum(value).filter(is_used),
        "m": func.count(change).filter(is_used),
        "ranges": func.sum(change).filter(is_used),
    }


def has_limits(sums: FromClause) -> Sql:
    return and_(sums.c.n >= literal_column(str(MIN_POINTS)), sums.c.ranges > ZERO)
