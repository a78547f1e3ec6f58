"""Forecasts of a KPI in SQL: Holt-Winters for each point of a grid, and seasonal naive beside it.

PostgreSQL computes them in the read statement with double precision, so a forecast holds no event
loop. A test compares them with an implementation in Python, and with published numbers.
"""

from collections.abc import Callable

from sqlalchemy import (
    FromClause,
    Integer,
    Numeric,
    Text,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.kpis.analysis.forecasts import (
    EXTRA_POINTS,
    MAX_FORECAST_POINTS,
    SEASONS,
    USUAL_HORIZON,
    KpiForecastLevel,
    KpiForecastMethod,
    KpiForecastState,
    check_horizon,
)
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import from_enum_name, ratio_sql
from persistence.kpis import calendar
from persistence.kpis import forecast_rules as rules
from persistence.kpis.comparing import select_subject
from persistence.kpis.definitions import KPI
from persistence.kpis.estimates import ESTIMATES, estimate
from persistence.kpis.measurements import kpi_measurements
from persistence.kpis.sentences import build_period
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql

ONE, FENCE = literal_number(1), literal_number(0)
KPI_FORECAST = ReadModel("KpiForecast", None)
KPI_FORECAST_POINT = ReadModel("KpiForecastPoint", None)
LENGTHS = " ".join(f"WHEN '{each}' THEN {length}" for each, length in SEASONS.items())
SEASON = f"(CASE {{frequency}} {LENGTHS} END)"
NEEDED = f"greatest(2 * {SEASON}, {SEASON} + {EXTRA_POINTS})"


def _build_forecast(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row: the values that are used, and what both methods make of them."""
    run = _select_run(kpi, context)
    frequency, following = run.c.frequency, SqlTemplate("({last} + 1)", Integer(), last=run.c.last)
    ends = {"starts_on": run.c.first, "last_starts_on": run.c.last, "ends_before": following}
    parts: dict[str, Sql] = {
        "history": run.c.history,
        "n": run.c.n,
        "m": run.c.season,
        "needed": run.c.needed,
    }
    return (
        select(
            *run.c,
            SqlTemplate(rules.FIT, ESTIMATES, **parts).label("fit"),
            SqlTemplate(rules.NAIVE, ESTIMATES, **parts).label("naive"),
            *(
                calendar.build_start(frequency, ordinal, run).label(name)
                for name, ordinal in ends.items()
            ),
        )
        .select_from(run)
        .offset(FENCE)
        .correlate_except(run)
        .subquery()
    )


def _select_run(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row: the newest values without a hole of periods that are over, in their order."""
    columns, settings = select_subject(context, kpi, context.facts.today())
    subject = select(*columns).select_from(settings).correlate_except(settings).subquery()
    newest = _number_values(context, subject)
    run = (
        select(
            func.array_agg(aggregate_order_by(estimate(newest.c.value), newest.c.ordinal)).label(
                "history"
            ),
            func.count(type_=Integer()).label("n"),
            func.min(newest.c.ordinal, type_=Integer()).label("first"),
            func.max(newest.c.ordinal, type_=Integer()).label("last"),
        )
        .where(newest.c.ordinal + newest.c.place == newest.c.newest + ONE)
        .correlate_except(newest)
        .lateral()
    )
    season = SqlTemplate(SEASON, Integer(), frequency=subject.c.frequency)
    return (
        select(
            *subject.c,
            *run.c,
            season.label("season"),
            SqlTemplate(NEEDED, Integer(), frequency=subject.c.frequency).label("needed"),
            _bind_horizon(context).label("horizon"),
            *(each.label(name) for name, each in _bind_level(context).items()),
        )
        .select_from(subject.join(run, true()))
        .offset(FENCE)
        .correlate_except(subject, run)
        .subquery()
    )


def _number_values(context: FieldContext, subject: FromClause) -> FromClause:
    """Return the newest values of periods that are over, numbered from the newest on."""
    each = shared_alias(kpi_measurements)
    present = calendar.build_ordinal(subject.c.frequency, subject.c.today, subject)
    in_order = each.c.period_ordinal.desc()
    return (
        select(
            each.c.period_ordinal.label("ordinal"),
            each.c.value,
            func.row_number().over(order_by=in_order).label("place"),
            func.max(each.c.period_ordinal).over().label("newest"),
        )
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.kpi_id == subject.c.id,
            each.c.member_id.is_(None),
            each.c.period_ordinal < present,
            each.c.value.is_not(None),
        )
        .order_by(in_order)
        .limit(literal_number(MAX_FORECAST_POINTS))
        .correlate_except(each)
        .subquery()
    )


def _bind_horizon(context: FieldContext) -> Sql:
    if not context.has_argument("horizon"):
        return literal_number(USUAL_HORIZON)
    text = context.bind_text("horizon", parse=_parse_horizon)
    return SqlTemplate("({text})::int", Integer(), text=text)


def _parse_horizon(periods: int) -> str:
    return str(check_horizon(periods))


def _bind_level(context: FieldContext) -> dict[str, Sql]:
    """Return the level of the interval in percent, and in standard deviations."""
    usual = KpiForecastLevel.PERCENT_95
    return {
        name: context.bind_text("level", parse=parse)
        if context.has_argument("level")
        else literal_text(parse(usual))
        for name, parse in (("percent", _parse_percent), ("deviations", _parse_deviations))
    }


def _parse_percent(level: object) -> str:
    return str(KpiForecastLevel(from_enum_name(level)).percent)


def _parse_deviations(level: object) -> str:
    return repr(KpiForecastLevel(from_enum_name(level)).deviations)


def _fill(template: str, row: Row, **parts: Sql) -> SqlTemplate:
    columns = {name: row.c[name] for name in ("history", "n", "needed", "fit", "naive")}
    return SqlTemplate(template, Text(), **columns, m=row.c.season, **parts)


def _build_points(forecast: Row, _: FieldContext) -> FromClause:
    """Return the periods after the last value, each with its forecast and the interval."""
    each = func.generate_series(ONE, forecast.c.horizon).table_valued("h").render_derived()
    ordinal = SqlTemplate("({last} + {h})", Integer(), last=forecast.c.last, h=each.c.h)
    value, deviation = (
        _fill(template, forecast, h=each.c.h) for template in (rules.VALUE, rules.DEVIATION)
    )
    reach = SqlTemplate(
        "{deviations}::float8 * {deviation}",
        ESTIMATES.item_type,
        deviations=forecast.c.deviations,
        deviation=deviation,
    )
    periods = (
        select(
            each.c.h,
            ordinal.label("ordinal"),
            estimate(value).label("value"),
            reach.label("reach"),
            *(forecast.c[name] for name in (*calendar.SETTINGS, "interval")),
        )
        .select_from(each)
        .where(forecast.c.fit.is_not(None))
        .offset(FENCE)
        .correlate_except(each)
        .subquery()
    )
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=periods.c.ordinal)
    ends = {"starts_on": periods.c.ordinal, "ends_before": following}
    starts = (
        calendar.build_start(periods.c.interval, end, periods).label(name)
        for name, end in ends.items()
    )
    return select(*periods.c, *starts).correlate_except(periods).subquery()


def _round(number: Sql) -> Sql:
    return SqlTemplate("trim_scale(round(({number})::numeric, 6))", Numeric(), number=number)


def _build_label(row: Row, ordinal: str, starts_on: str) -> Sql:
    return calendar.build_label(row.c.frequency, row.c[ordinal], row.c[starts_on], row)


def _build_sentence(row: Row) -> Sql:
    return _fill(
        rules.SENTENCE,
        row,
        frequency=row.c.frequency,
        percent=row.c.percent,
        first=_build_label(row, "first", "starts_on"),
        last=_build_label(row, "last", "last_starts_on"),
    )


def _build_parameter(name: str) -> Callable[[Row, FieldContext], Sql]:
    template = rules.build_parameter(name)
    return lambda row, _: ratio_sql(_fill(template, row))


KPI.computed_one("forecast", KPI_FORECAST, _build_forecast)
KPI_FORECAST.value(
    "state", lambda row, _: type_coerce(_fill(rules.STATE, row), EnumText(KpiForecastState))
)
KPI_FORECAST.value(
    "method", lambda row, _: type_coerce(_fill(rules.METHOD, row), EnumText(KpiForecastMethod))
)
KPI_FORECAST.value("sentence", lambda row, _: _build_sentence(row))
KPI_FORECAST.value("used_points", lambda row, _: row.c.n)
KPI_FORECAST.value("starts_on")
KPI_FORECAST.value("last_day", lambda row, _: row.c.ends_before - ONE)
KPI_FORECAST.value("season_length", lambda row, _: row.c.season)
for name in ("alpha", "beta", "gamma"):
    KPI_FORECAST.value(name, _build_parameter(name))
KPI_FORECAST.value("mase", lambda row, _: ratio_sql(_fill(rules.MASE, row)))
KPI_FORECAST.computed_list("points", KPI_FORECAST_POINT, _build_points, order="h")
KPI_FORECAST_POINT.value("period", lambda row, _: build_period(row))
KPI_FORECAST_POINT.value("starts_on")
KPI_FORECAST_POINT.value("last_day", lambda row, _: row.c.ends_before - ONE)
KPI_FORECAST_POINT.value("value", lambda row, _: _round(row.c.value))
KPI_FORECAST_POINT.value("lower_limit", lambda row, _: _round(row.c.value - row.c.reach))
KPI_FORECAST_POINT.value("upper_limit", lambda row, _: _round(row.c.value + row.c.reach))
