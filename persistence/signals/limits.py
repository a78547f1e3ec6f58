"""The natural limits of a KPI in SQL."""

from sqlalchemy import (
    FromClause,
    Integer,
    Numeric,
    Subquery,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from domain.kpis.analysis.signals import (
    FIRM_POINTS,
    LIMIT_FACTOR,
    MIN_POINTS,
    RANGE_FACTOR,
    KpiLimitState,
)
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_text
from persistence.kpis import KPI
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.signals.baselines import (
    FOREVER,
    has_limits,
    list_baselines,
    number_values,
    summarize,
)

KPI_LIMITS = ReadModel("KpiNaturalLimits", None)
ONE, ZERO = literal_column("1", Integer), literal_column("0", Integer)


def build_newest_limits(kpi: Row, context: FieldContext) -> Subquery:
    """Return one row: the limits of the newest baseline, or why there are none."""
    limits = _build_limits(kpi, context)
    return select(limits).where(limits.c.ends_before.is_(None)).correlate_except(limits).subquery()


def build_all_limits(kpi: Row, context: FieldContext) -> Subquery:
    """Return a row for each baseline, but not for the first if the second has all its values."""
    limits = _build_limits(kpi, context)
    is_needed = or_(limits.c.points > ZERO, limits.c.baseline > FOREVER)
    return (
        select(limits)
        .where(or_(is_needed, limits.c.ends_before.is_(None)))
        .order_by(limits.c.baseline)
        .correlate_except(limits)
        .subquery()
    )


def _build_limits(kpi: Row, context: FieldContext) -> FromClause:
    """Return a row for each baseline: its limits, or why there are none."""
    numbered = number_values(kpi, context, list_baselines(kpi, context))
    sums = (
        select(
            numbered.c.baseline,
            numbered.c.ends_before,
            func.min(numbered.c.starts_on).label("starts_on"),
            *(each.label(name) for name, each in summarize(numbered).items()),
        )
        .group_by(numbered.c.baseline, numbered.c.ends_before)
        .correlate_except(numbered)
        .subquery()
    )
    state = case(
        (
            (sums.c.n < literal_column(str(MIN_POINTS))) | (sums.c.m == ZERO),
            literal_text(KpiLimitState.TOO_FEW_POINTS),
        ),
        (sums.c.ranges == ZERO, literal_text(KpiLimitState.NO_VARIATION)),
        (
            sums.c.n < literal_column(str(FIRM_POINTS)),
            literal_text(KpiLimitState.PROVISIONAL),
        ),
        else_=literal_text(KpiLimitState.FIRM),
    )
    return (
        select(
            type_coerce(state, EnumText(KpiLimitState)).label("state"),
            sums.c.n.label("points"),
            *(sums.c[name] for name in ("baseline", "starts_on", "ends_before")),
            *(each.label(name) for name, each in _compute_limits(sums).items()),
        )
        .correlate_except(sums)
        .subquery()
    )


def _compute_limits(sums: FromClause) -> dict[str, Sql]:
    """Return the mean and the limits of a baseline; null where there are none."""
    distance = "{ranges} / nullif({m}, 0)"
    forms = {
        "mean": "{total} / nullif({n}, 0)",
        "lower_limit": f"{{total}} / nullif({{n}}, 0) - {LIMIT_FACTOR} * {distance}",
        "upper_limit": f"{{total}} / nullif({{n}}, 0) + {LIMIT_FACTOR} * {distance}",
        "range_limit": f"{RANGE_FACTOR} * {distance}",
    }
    parts = {name: sums.c[name] for name in ("n", "m", "total", "ranges")}
    return {
        name: case(
            (
                has_limits(sums),
                SqlTemplate(f"trim_scale(round({form}, 6))", Numeric(), **parts),
            )
        )
        for name, form in forms.items()
    }


for name in ("state", "points", "starts_on", "mean", "lower_limit", "upper_limit", "range_limit"):
    KPI_LIMITS.value(name)
KPI_LIMITS.value("last_day", lambda row, _: row.c.ends_before - ONE)
KPI.computed_one("natural_limits", KPI_LIMITS, build_newest_limits)
KPI.computed_list("limits_by_baseline", KPI_LIMITS, build_all_limits, order="baseline")
