"""The values of a KPI that are signals, in SQL."""

from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Numeric,
    Subquery,
    case,
    func,
    literal_column,
    select,
    type_coerce,
)

from domain.kpis.analysis.signals import (
    LIMIT_FACTOR,
    MAX_SIGNALS,
    NEAR_POINTS,
    NEAR_WINDOW,
    RUN_LENGTH,
    KpiSignalRule,
)
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_text
from persistence.kpis import KPI
from persistence.kpis.calendar import build_label, build_start
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.signals.baselines import has_limits, list_baselines, number_values, summarize

KPI_SIGNAL = ReadModel("KpiSignal", None)
ONE, ZERO = literal_column("1", Integer), literal_column("0", Integer)


def build_signals(kpi: Row, context: FieldContext) -> Subquery:
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
    numbered = number_values(kpi, context, list_baselines(kpi, context))
    summarized = summarize(numbered)
    sums = (
        select(
            *numbered.c,
            *(
                each.over(partition_by=numbered.c.baseline).label(name)
                for name, each in summarized.items()
            ),
        )
        .correlate_except(numbered)
        .subquery()
    )
    distance = sums.c.value * sums.c.n * sums.c.m - sums.c.total * sums.c.m
    reach = literal_column(LIMIT_FACTOR, Numeric) * sums.c.ranges * sums.c.n
    side = func.sign(distance)
    is_near = func.abs(distance) * literal_column("2") > reach
    return (
        select(
            *(each for each in sums.c if each.name in numbered.c),
            (func.abs(distance) > reach).label("is_outside"),
            side.label("side"),
            case((is_near, side), else_=ZERO).label("near"),
            (sums.c.ordinal - sums.c.place).label("block"),
        )
        .where(has_limits(sums), sums.c.value.is_not(None))
        .correlate_except(sums)
        .subquery()
    )


def _count_neighbours(compared: FromClause) -> FromClause:
    """Return the values with the length of their run, and the number of values near their limit.

    A block has no hole and one baseline. In it, values on one side without a gap have the same
    difference between their ordinal and their place among all on that side.
    """
    block, side = [compared.c.baseline, compared.c.block], compared.c.side
    on_side = func.row_number().over(partition_by=[*block, side], order_by=compared.c.ordinal)
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
        partition_by=[grouped.c[name] for name in ("baseline", "block", "side", "island")],
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


for name in ("period", "starts_on", "value", "rule", "is_above"):
    KPI_SIGNAL.value(name)
KPI.computed_list("signals", KPI_SIGNAL, build_signals)
