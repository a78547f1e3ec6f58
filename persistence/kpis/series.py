"""Series of a KPI for charts: a point for each period, also where nothing is measured."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    FromClause,
    Integer,
    Numeric,
    Text,
    Uuid,
    case,
    cast,
    false,
    func,
    null,
    select,
    true,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from domain.kpis.analysis.smoothing import check_averaged
from domain.kpis.enums import KpiFrequency, TimeAggregation
from domain.kpis.series import FILLED, MAX_POINTS, USUAL_POINTS, KpiComparison, KpiPointState
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import from_enum_name
from persistence.kpis import calendar
from persistence.kpis.averages import average_points
from persistence.kpis.benchmarks import (
    KPI_BENCHMARK_POSITION,
    join_benchmarks,
    select_benchmark,
)
from persistence.kpis.comparing import (
    DEFINED,
    join_definition,
    join_targets,
    select_subject,
)
from persistence.kpis.definitions import KPI, is_flow, select_definition
from persistence.kpis.dimensions import KPI_MEMBER, select_members
from persistence.kpis.peers import KPI_PEERS, get_median, join_peers, select_peers, select_position
from persistence.kpis.periods import (
    describe_period,
    is_combined,
    is_sliced,
    measure_periods,
    select_values,
)
from persistence.kpis.sentences import build_period
from persistence.kpis.target_rules import build_expected, build_status
from persistence.kpis.trend import KPI_DIFFERENCE
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql

ONE, ZERO = literal_number(1), literal_number(0)
KPI_SERIES = ReadModel("KpiSeries", None)
KPI_POINT = ReadModel("KpiPoint", None)

_FILLS = " OR ".join(
    f"({{frequency}} = '{each}' AND {{interval}} IN ({', '.join(repr(str(x)) for x in longer)}))"
    for each, longer in FILLED.items()
)
PROBLEM = f"""(CASE WHEN {{interval}} = {{frequency}} THEN NULL
 WHEN NOT ({_FILLS}) THEN 'The values of this KPI are ' || {{frequency}}
  || '. Such periods do not fill those that you ask for. Choose another interval.'
 WHEN {{rule}} = '{TimeAggregation.NONE}' THEN 'The values of this KPI cannot be combined over'
  || ' time, because its definition has no rule for it. Leave out the interval.' END)"""
NO_MEMBERS = (
    "This KPI has no dimension with this key, or no member of it that you may see. Read"
    " `dimensions`, and choose the key of one."
)
FIRST = "greatest({last} - {most} + 1, coalesce({first}, {last} - {usual} + 1))"


def _build_series(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row: the interval, its first and last period, and why there are no points."""
    today = context.facts.today()
    is_asked = context.has_argument("interval")
    frequency = kpi.c.frequency
    interval = context.bind_text("interval", parse=from_enum_name) if is_asked else frequency
    columns, settings = select_subject(context, kpi, today, interval)
    last_day = _bind_day(context, "to", today)
    last = calendar.build_ordinal(interval, last_day, settings)
    first = (
        calendar.build_ordinal(interval, _bind_day(context, "from_", today), settings)
        if context.has_argument("from_")
        else null()
    )
    limits = {"most": literal_number(MAX_POINTS), "usual": literal_number(USUAL_POINTS)}
    rule = select_definition(context, kpi.c.id, last_day, "time_aggregation")
    problem = SqlTemplate(PROBLEM, Text(), interval=interval, frequency=frequency, rule=rule)
    columns += [
        last.label("last"),
        SqlTemplate(FIRST, Integer(), first=first, last=last, **limits).label("first"),
    ]
    if is_asked:
        columns.append(problem.label("problem"))
    if context.has_argument("moving_average"):
        columns.append(_bind_averaged(context).label("moving_average"))
    if context.has_argument("compare_to"):
        asked = context.bind_text("compare_to", parse=from_enum_name)
        columns.append(asked.label("compare_to"))
    if context.has_argument("compare_to", KpiComparison.PEERS):
        has_peers = not context.has_argument("by")
        peers = select_peers(kpi, context) if has_peers else cast(null(), ARRAY(Uuid))
        columns.append(peers.label("peer_ids"))
    if context.has_argument("compare_to", KpiComparison.BENCHMARK):
        columns += [] if context.has_argument("by") else [_bind_cohort(context).label("cohort")]
    if context.has_argument("by"):
        return _select_slices(kpi, columns, settings, context)
    selected = select(*columns).select_from(settings).offset(ZERO)
    return selected.correlate_except(settings).subquery()


def _select_slices(
    kpi: Row, columns: list[Sql], settings: FromClause, context: FieldContext
) -> FromClause:
    """Return a row for each member that is asked for, in their order, or one without a member."""
    members = select_members(kpi, context.bind_argument("by", Text()), context)
    source = settings.outerjoin(members, true())
    selected = select(*columns, members.c.id.label("member_id")).select_from(source)
    return selected.order_by(members.c.position).correlate_except(source).subquery()


def _explain(series: Row, _: FieldContext) -> Sql:
    """Return why there are no points; null where there are."""
    problem = series.c.problem if is_combined(series) else cast(null(), Text)
    if is_sliced(series):
        return case((series.c.member_id.is_(None), literal_text(NO_MEMBERS)), else_=problem)
    return problem


def _match_member(series: Row, member: Row, _: FieldContext) -> Sql:
    return member.c.id == series.c.member_id if is_sliced(series) else false()


def _bind_averaged(context: FieldContext) -> Sql:
    text = context.bind_text("moving_average", parse=_parse_averaged)
    return SqlTemplate("({text})::int", Integer(), text=text)


def _bind_cohort(context: FieldContext) -> Sql:
    """Return the cohort whose benchmarks are asked for; null for any."""
    is_asked = context.has_argument("cohort")
    return context.bind_argument("cohort", Text()) if is_asked else cast(null(), Text)


def _parse_averaged(periods: int) -> str:
    return str(check_averaged(periods))


def _bind_day(context: FieldContext, name: str, default: Sql) -> Sql:
    return context.bind_argument(name, default.type) if context.has_argument(name) else default


def _build_points(series: Row, context: FieldContext) -> FromClause:
    found = measure_periods(context, series)
    measured = (
        select(
            *found.c,
            series.c.id.label("subject_id"),
            _count_targets(context, series, found).label("periods"),
        )
        .correlate_except(found)
        .subquery()
    )
    compared = join_targets(context, series, measured, measured)
    if "moving_average" in series.c:
        compared = average_points(context, series, compared)
    if "compare_to" not in series.c:
        return compared
    if "peer_ids" in series.c:
        compared = join_peers(context, series, compared)
    if "cohort" in series.c:
        compared = join_benchmarks(context, series, compared)
    return join_definition(context, _join_earlier(context, series, compared))


def _count_targets(context: FieldContext, series: Row, periods: FromClause) -> Sql:
    """Return how many targets add up to that of a period: those of its parts, if these add up."""
    if not is_combined(series):
        return ONE
    adds_up = is_flow(context, series.c.id, periods.c.ends_before - ONE)
    return case((adds_up, periods.c.last_ordinal - periods.c.first_ordinal + ONE), else_=ONE)


def _join_earlier(context: FieldContext, series: Row, compared: FromClause) -> FromClause:
    """Return the periods with the value that each is compared with."""
    ordinal, asked = compared.c.ordinal, series.c.compare_to
    year = calendar.build_previous_year(series.c.interval, ordinal, compared.c.starts_on, series)
    other = case(
        (asked == literal_text(KpiComparison.PREVIOUS_PERIOD), ordinal - ONE),
        (asked == literal_text(KpiComparison.PREVIOUS_YEAR), year),
    )
    earlier = select(*describe_period(series, other)).correlate(series, compared).lateral()
    values = select_values(context, series, earlier)
    is_target = asked == literal_text(KpiComparison.TARGET)
    value: Sql = case((is_target, build_expected(compared)), else_=values.c.value)
    reference: Sql = case((is_target, literal_text("the target")))
    if "peers" in compared.c:
        value, reference = get_median(compared), literal_text("the median of the peers")
    if "benchmark_id" in compared.c:
        value, reference = compared.c.median, literal_text("the median of the benchmark")
    return (
        select(
            *compared.c,
            other.label("earlier_ordinal"),
            value.label("earlier"),
            is_target.label("is_target"),
            reference.label("reference"),
        )
        .select_from(compared.join(earlier, true()).outerjoin(values, true()))
        .correlate_except(compared, earlier, values)
        .subquery()
    )


NO_COMPARISON: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys((*calendar.SETTINGS, *DEFINED, "interval", "reference"), Text()),
    **dict.fromkeys(("fiscal_year_start_month", "decimals", "ordinal"), Integer()),
    **dict.fromkeys(("earlier", "value"), Numeric()),
    "starts_on": Date(),
    "is_target": Boolean(),
}
"""The columns of a comparison, to select none."""


def _select_comparison(point: Row, _: FieldContext) -> FromClause:
    """Select the columns of the comparison of a point; no row where none was asked for."""
    if "earlier" not in point.c:
        nothing = (cast(null(), type_).label(name) for name, type_ in NO_COMPARISON.items())
        return select(*nothing).where(false()).subquery()
    known = (*calendar.SETTINGS, *DEFINED, "interval", "is_target", "earlier", "reference")
    starts_on = calendar.build_start(point.c.interval, point.c.earlier_ordinal, point)
    return (
        select(
            *(point.c[name] for name in known),
            case((point.c.is_target, point.c.compared), else_=point.c.value).label("value"),
            point.c.earlier_ordinal.label("ordinal"),
            starts_on.label("starts_on"),
        )
        .correlate(point)
        .subquery()
    )


def _build_state(row: Row, _: FieldContext) -> Sql:
    state = func.coalesce(row.c.state, literal_text(KpiPointState.NOT_MEASURED))
    return type_coerce(state, EnumText(KpiPointState))


KPI.computed_list("series", KPI_SERIES, _build_series)
KPI_SERIES.value("interval", lambda row, _: type_coerce(row.c.interval, EnumText(KpiFrequency)))
KPI_SERIES.value("problem", _explain)
KPI_SERIES.one("member", KPI_MEMBER, _match_member, inherits_visibility=True)
KPI_SERIES.computed_list("points", KPI_POINT, _build_points, order="ordinal")
KPI_POINT.value("period", lambda row, _: build_period(row))
KPI_POINT.value("starts_on")
KPI_POINT.value("last_day", lambda row, _: row.c.ends_before - ONE)
KPI_POINT.value("state", _build_state)
KPI_POINT.value("value")
KPI_POINT.value("compared_value", lambda row, _: row.c.compared)
KPI_POINT.value("item_count")
KPI_POINT.value("status", lambda row, _: build_status(row))
KPI_POINT.value("target", lambda row, _: build_expected(row))
KPI_POINT.value("upper_target", lambda row, _: build_expected(row, "upper_target"))
KPI_POINT.value("is_provisional")
KPI_POINT.value("is_restated", lambda row, _: func.coalesce(row.c.revision > ONE, false()))
KPI_POINT.value("measured_periods", lambda row, _: func.coalesce(row.c.measured_periods, ZERO))
KPI_POINT.value(
    "expected_periods",
    lambda row, _: (
        row.c.last_ordinal
        - row.c.first_ordinal
        + ONE
        - func.coalesce(row.c.inapplicable_periods, ZERO)
    ),
)
KPI_POINT.value(
    "moving_average", lambda row, _: row.c.average if "average" in row.c else cast(null(), Numeric)
)
KPI_POINT.computed_one("comparison", KPI_DIFFERENCE, _select_comparison)
KPI_POINT.computed_one("peers", KPI_PEERS, select_position)
KPI_POINT.computed_one("benchmark", KPI_BENCHMARK_POSITION, select_benchmark)
