"""The process behaviour chart of a KPI in SQL: natural limits, and the values that are signals.

Comparisons are exact: both sides are multiplied by the number of values and of ranges, so nothing
is divided. A test compares the result with an implementation in fractions.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    FromClause,
    Integer,
    Numeric,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)

from domain.kpis.analysis.signals import (
    BASELINE_POINTS,
    FIRM_POINTS,
    LIMIT_FACTOR,
    MAX_SIGNALS,
    MIN_POINTS,
    NEAR_POINTS,
    NEAR_WINDOW,
    RANGE_FACTOR,
    RUN_LENGTH,
    KpiLimitState,
    KpiSignalRule,
)
from persistence.annotations import annotations, is_shown_with
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.kpis import KPI, kpi_measurements
from persistence.kpis.calendar import (
    build_label,
    build_previous_year,
    build_start,
    select_settings,
)
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery

KPI_LIMITS = ReadModel("KpiNaturalLimits", None)
KPI_SIGNAL = ReadModel("KpiSignal", None)
ONE, ZERO = literal_column("1", Integer), literal_column("0", Integer)


def _select_values(kpi: Row, context: FieldContext) -> FromClause:
    """Return the values of the total by period, without the periods that people left out."""
    found, settings = shared_alias(kpi_measurements), select_settings(context).subquery()
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=found.c.period_ordinal)
    ends_before = build_start(kpi.c.frequency, following, settings)
    annotation = shared_alias(annotations)
    left_out = tenant_subquery(
        context,
        annotation,
        ONE,
        annotation.c.is_excluded_from_baselines,
        annotation.c.starts_on < ends_before,
        annotation.c.last_day >= found.c.starts_on,
        is_shown_with(kpi, annotation, context),
    )
    columns = (found.c.period_ordinal.label("ordinal"), found.c.starts_on, found.c.value)
    return (
        select(*columns, *settings.c)
        .where(
            found.c.tenant_id == context.facts.tenant(),
            found.c.kpi_id == kpi.c.id,
            found.c.member_id.is_(None),
            found.c.value.is_not(None),
            not_(left_out.exists()),
        )
        .correlate_except(found, settings)
        .subquery()
    )


def _subtract_previous_year(kpi: Row, context: FieldContext) -> FromClause:
    """Return the differences to the previous year, if the argument asks for them.

    A period without a value a year before is left out.
    """
    is_asked = context.bind_argument("by_previous_year", Boolean())
    values, earlier = _select_values(kpi, context), _select_values(kpi, context)
    previous = build_previous_year(kpi.c.frequency, values.c.ordinal, values.c.starts_on, values)
    others = [each for each in values.c if each.name != "value"]
    value = case((is_asked, values.c.value - earlier.c.value), else_=values.c.value)
    return (
        select(*others, value.label("value"))
        .select_from(values.outerjoin(earlier, earlier.c.ordinal == previous))
        .where(or_(not_(is_asked), earlier.c.value.is_not(None)))
        .correlate_except(values, earlier)
        .subquery()
    )


def _number(kpi: Row, context: FieldContext) -> FromClause:
    """Return the values with their places, and the ranges between neighbours."""
    by_year = context.has_argument("by_previous_year")
    values = _subtract_previous_year(kpi, context) if by_year else _select_values(kpi, context)
    in_order: dict[str, Any] = {"order_by": values.c.ordinal}
    before = func.lag(values.c.ordinal).over(**in_order)
    change = func.abs(values.c.value - func.lag(values.c.value).over(**in_order))
    return (
        select(
            *values.c,
            func.row_number().over(**in_order).label("place"),
            case((before == values.c.ordinal - ONE, change)).label("range"),
        )
        .correlate_except(values)
        .subquery()
    )


def _summarize(numbered: FromClause) -> list[Any]:
    """Return the sums of the baseline: of values and of ranges, with their numbers."""
    is_used = numbered.c.place <= literal_column(str(BASELINE_POINTS))
    value, change = numbered.c.value, numbered.c.range
    return [
        func.min(numbered.c.starts_on).label("starts_on"),
        func.count().filter(is_used).label("n"),
        func.sum(value).filter(is_used).label("total"),
        func.count(change).filter(is_used).label("m"),
        func.sum(change).filter(is_used).label("ranges"),
    ]


def _build_limits(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row: the limits, or why there are none."""
    numbered = _number(kpi, context)
    sums = select(*_summarize(numbered)).correlate_except(numbered).subquery()
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
    has_limits = _has_limits(sums)
    distance = "{ranges} / nullif({m}, 0)"
    forms = {
        "mean": "{total} / nullif({n}, 0)",
        "lower_limit": f"{{total}} / nullif({{n}}, 0) - {LIMIT_FACTOR} * {distance}",
        "upper_limit": f"{{total}} / nullif({{n}}, 0) + {LIMIT_FACTOR} * {distance}",
        "range_limit": f"{RANGE_FACTOR} * {distance}",
    }
    parts = {name: sums.c[name] for name in ("n", "m", "total", "ranges")}
    numbers = {
        name: case((has_limits, SqlTemplate(f"trim_scale(round({form}, 6))", Numeric(), **parts)))
        for name, form in forms.items()
    }
    return (
        select(
            type_coerce(state, EnumText(KpiLimitState)).label("state"),
            sums.c.n.label("points"),
            sums.c.starts_on,
            *(each.label(name) for name, each in numbers.items()),
        )
        .correlate_except(sums)
        .subquery()
    )


def _has_limits(sums: FromClause) -> Sql:
    return and_(sums.c.n >= literal_column(str(MIN_POINTS)), sums.c.ranges > ZERO)


def _build_signals(kpi: Row, context: FieldContext) -> FromClause:
    """Return the newest values that follow a rule, each with the strongest rule, in their order."""
    compared = _find_sides(kpi, context)
    runs = _count_neighbours(compared)
    strongest = case(
        (runs.c.is_outside, literal_text(KpiSignalRule.OUTSIDE_LIMITS)),
        (
            runs.c.run >= literal_column(str(RUN_LENGTH)),
            literal_text(KpiSignalRule.EIGHT_ON_ONE_SIDE),
        ),
        (
            runs.c.nearby >= literal_column(str(NEAR_POINTS)),
            literal_text(KpiSignalRule.THREE_OF_FOUR_NEAR_A_LIMIT),
        ),
    )
    conditions: list[Sql] = [strongest.is_not(None)]
    if context.has_argument("from"):
        last_day = _build_last_day(kpi, runs)
        conditions.append(last_day >= context.bind_argument("from", runs.c.starts_on.type))
    if context.has_argument("to"):
        conditions.append(runs.c.starts_on <= context.bind_argument("to", runs.c.starts_on.type))
    newest = (
        select(
            runs.c.ordinal,
            runs.c.starts_on,
            build_label(kpi.c.frequency, runs.c.ordinal, runs.c.starts_on, runs).label("period"),
            runs.c.value,
            type_coerce(strongest, EnumText(KpiSignalRule)).label("rule"),
            (runs.c.side > ZERO).label("is_above"),
        )
        .where(*conditions)
        .order_by(runs.c.ordinal.desc())
        .limit(literal_column(str(MAX_SIGNALS)))
        .correlate_except(runs)
        .subquery()
    )
    return select(newest).order_by(newest.c.ordinal).correlate_except(newest).subquery()


def _build_last_day(kpi: Row, runs: FromClause) -> Sql:
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=runs.c.ordinal)
    end = build_start(kpi.c.frequency, following, runs)
    return SqlTemplate("({end} - 1)", runs.c.starts_on.type, end=end)


def _find_sides(kpi: Row, context: FieldContext) -> FromClause:
    """Return the values with their side of the mean, where there are limits.

    A value on a limit is not outside. A value on the mean is on no side. Values are near a limit
    that they are nearer to than to the mean.
    """
    numbered = _number(kpi, context)
    whole = numbered.alias()
    sums = select(*_summarize(whole)[1:]).correlate_except(whole).subquery()
    distance = numbered.c.value * sums.c.n * sums.c.m - sums.c.total * sums.c.m
    reach = literal_column(LIMIT_FACTOR, Numeric) * sums.c.ranges * sums.c.n
    side = func.sign(distance)
    is_near = func.abs(distance) * literal_column("2") > reach
    return (
        select(
            *numbered.c,
            (func.abs(distance) > reach).label("is_outside"),
            side.label("side"),
            case((is_near, side), else_=ZERO).label("near"),
            (numbered.c.ordinal - numbered.c.place).label("block"),
        )
        .select_from(numbered.join(sums, _has_limits(sums)))
        .correlate_except(numbered, sums)
        .subquery()
    )


def _count_neighbours(compared: FromClause) -> FromClause:
    """Return the values with the length of their run, and the number of values near their limit.

    A block has no hole. In a block, values on one side without a gap have the same difference
    between their ordinal and their place among all on that side.
    """
    block, side = compared.c.block, compared.c.side
    on_side = func.row_number().over(partition_by=[block, side], order_by=compared.c.ordinal)
    last: dict[str, Any] = {"partition_by": block, "order_by": compared.c.ordinal}
    last["rows"] = (1 - NEAR_WINDOW, 0)
    counts = [
        func.count().filter(compared.c.near == literal_column(sign)).over(**last).label(name)
        for sign, name in (("1", "near_above"), ("-1", "near_below"))
    ]
    grouped = (
        select(*compared.c, (compared.c.ordinal - on_side).label("island"), *counts)
        .correlate_except(compared)
        .subquery()
    )
    place = func.row_number().over(
        partition_by=[grouped.c.block, grouped.c.side, grouped.c.island],
        order_by=grouped.c.ordinal,
    )
    nearby = case(
        (grouped.c.near > ZERO, grouped.c.near_above),
        (grouped.c.near < ZERO, grouped.c.near_below),
        else_=ZERO,
    )
    return (
        select(
            *grouped.c,
            case((grouped.c.side != ZERO, place), else_=ZERO).label("run"),
            nearby.label("nearby"),
        )
        .correlate_except(grouped)
        .subquery()
    )


for name in ("state", "points", "starts_on", "mean", "lower_limit", "upper_limit", "range_limit"):
    KPI_LIMITS.value(name)
for name in ("period", "starts_on", "value", "rule", "is_above"):
    KPI_SIGNAL.value(name)
KPI.computed_one("natural_limits", KPI_LIMITS, _build_limits)
KPI.computed_list("signals", KPI_SIGNAL, _build_signals)
