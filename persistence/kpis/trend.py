"""The trend of a KPI: its newest period that is over, beside the one before and that of a year ago.

The rules are those of `domain.kpis.trend`.
"""

from sqlalchemy import (
    FromClause,
    Integer,
    Numeric,
    Text,
    literal_column,
    select,
    true,
)

from domain.kpis.enums import KpiDirection, KpiUnit
from domain.kpis.trend import KpiChangeKind
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number
from persistence.kernel.wire_format import ratio_sql
from persistence.kpis import calendar
from persistence.kpis.comparing import DEFINED, KPI_COLUMNS, join_definition
from persistence.kpis.definitions import KPI
from persistence.kpis.measurements import kpi_measurements
from persistence.kpis.sentences import GROUPED, SUPPRESSED, build_period, write_number
from persistence.kpis.status import select_kpi, select_newest
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql

ONE = literal_number(1)
KPI_TREND = ReadModel("KpiTrend", None)
KPI_DIFFERENCE = ReadModel("KpiDifference", None)
EARLIER = ("previous_period", "previous_year")
"""The two changes; the columns of each begin with its name."""

DIFFERENCE = f"""trim_scale(({{value}} - {{earlier}})
 * (CASE {{unit}} WHEN '{KpiUnit.SHARE}' THEN 100 ELSE 1 END))"""
RELATIVE = f"""(CASE WHEN {{unit}} <> '{KpiUnit.PERCENTAGE_POINTS}'
 THEN round(({{value}} - {{earlier}} + 0e-12) / abs(nullif({{earlier}}, 0)), 12) END)"""
PERCENT = GROUPED.format("round({relative} * 100, 1)")
KIND = f"""(CASE WHEN {{value}} = {{earlier}} THEN '{KpiChangeKind.UNCHANGED}'
 WHEN {{direction}} = '{KpiDirection.BAND}' THEN '{KpiChangeKind.DIFFERENT}'
 WHEN ({{value}} > {{earlier}}) = ({{direction}} = '{KpiDirection.UP}')
 THEN '{KpiChangeKind.BETTER}' WHEN {{value}} <> {{earlier}} THEN '{KpiChangeKind.WORSE}' END)"""

CHANGE_SENTENCE = """(CASE
 WHEN {difference} IS NULL AND {reference} IS NOT NULL
 THEN 'There is no value to compare with ' || {reference} || '.'
 WHEN {ordinal} IS NULL AND {reference} IS NULL THEN 'The year before has no such period.'
 WHEN {difference} IS NULL THEN 'There is no value to compare in ' || {period} || '.'
 ELSE 'Compared with ' || coalesce({reference}, {period}) || ': '
  || (CASE WHEN {value} = {earlier} THEN 'unchanged'
   ELSE (CASE WHEN {value} > {earlier} THEN '+' ELSE '' END) || {difference}
    || coalesce(' (' || (CASE WHEN {value} > {earlier} THEN '+' ELSE '' END)
     || {percent} || ' %)', '')
    || (CASE {kind} WHEN 'different' THEN '' ELSE ', ' || {kind} END) END) || '.' END)"""
TREND_SENTENCE = f"""(CASE
 WHEN {{starts_on}} IS NULL THEN 'No period with a value is over yet.'
 WHEN {{state}} = 'suppressed' THEN {{period}} || '{SUPPRESSED}'
 WHEN {{value}} IS NULL THEN {{period}} || ': the KPI does not apply.'
 ELSE {{period}} || ': ' || {{number}} || '. ' || {{previous_period}} || ' '
  || {{previous_year}} END)"""


def _build_trend_row(kpi: Row, context: FieldContext) -> FromClause:
    subject = select_kpi(context, kpi)
    newest = select_newest(context, subject, is_over=True)
    frequency, ordinal = subject.c.frequency, newest.c.ordinal
    before = SqlTemplate("({ordinal} - 1)", Integer(), ordinal=ordinal)
    year = calendar.build_previous_year(frequency, ordinal, newest.c.starts_on, subject)
    ordinals = dict(zip(EARLIER, (before, year), strict=True))
    period = (
        select(
            *newest.c,
            *(subject.c[name].label(label) for label, name in KPI_COLUMNS.items()),
            *(each.label(f"{name}_ordinal") for name, each in ordinals.items()),
        )
        .select_from(subject.outerjoin(newest, true()))
        .offset(literal_number(0))
        .correlate_except(subject, newest)
        .subquery()
    )
    values = [_select_value(context, period, name) for name in EARLIER]
    compared = (
        select(*period.c, *values)
        .select_from(period)
        .offset(literal_number(0))
        .correlate_except(period)
        .subquery()
    )
    return join_definition(context, compared)


def _select_value(context: FieldContext, period: FromClause, name: str) -> Sql:
    each = shared_alias(kpi_measurements)
    return (
        select(each.c.value)
        .where(
            each.c.tenant_id == context.facts.tenant(),
            each.c.kpi_id == period.c.kpi_id,
            each.c.member_id.is_(None),
            each.c.period_ordinal == period.c[f"{name}_ordinal"],
        )
        .correlate_except(each)
        .scalar_subquery()
        .label(f"{name}_value")
    )


def _select_change(name: str, trend: Row) -> FromClause:
    """Select the columns of one of the two changes under common names."""
    known = ("interval", *calendar.SETTINGS, *DEFINED, "value")
    starts_on = calendar.build_start(trend.c.frequency, trend.c[f"{name}_ordinal"], trend)
    return (
        select(
            *(trend.c[each] for each in known),
            trend.c[f"{name}_ordinal"].label("ordinal"),
            trend.c[f"{name}_value"].label("earlier"),
            starts_on.label("starts_on"),
        )
        .where(trend.c.starts_on.is_not(None))
        .correlate(trend)
        .subquery()
    )


def build_difference(row: Row) -> Sql:
    """Return the value minus the earlier one; of shares in percentage points."""
    return _fill(DIFFERENCE, row, unit=row.c.unit)


def build_relative(row: Row) -> Sql:
    """Return the difference as a share of the earlier value without its sign.

    A share of percentage points means nothing: they are differences, and may lie around zero.
    """
    return _fill(RELATIVE, row, unit=row.c.unit)


def build_kind(row: Row) -> Sql:
    """Return whether the change is for the better."""
    kind = _fill(KIND, row, direction=row.c.direction)
    kind.type = EnumText(KpiChangeKind)
    return kind


def _build_change_sentence(row: Row) -> Sql:
    difference = SqlTemplate("({value} - {earlier})", Numeric(), **_values(row))
    return SqlTemplate(
        CHANGE_SENTENCE,
        Text(),
        **_values(row),
        ordinal=row.c.ordinal,
        reference=row.c.reference if "reference" in row.c else literal_column("NULL::text", Text),
        period=build_period(row),
        difference=write_number(row, difference, is_difference=True),
        percent=SqlTemplate(PERCENT, Text(), relative=build_relative(row)),
        kind=build_kind(row),
    )


def _build_trend_sentence(row: Row, _: FieldContext) -> Sql:
    sentences = {}
    for name in EARLIER:
        change = _select_change(name, row)
        sentence = select(_build_change_sentence(change)).select_from(change)
        sentences[name] = sentence.correlate(row).scalar_subquery()
    return SqlTemplate(
        TREND_SENTENCE,
        Text(),
        state=row.c.state,
        starts_on=row.c.starts_on,
        value=row.c.value,
        period=build_period(row),
        number=write_number(row, row.c.value),
        **sentences,
    )


def _values(row: Row) -> dict[str, Sql]:
    return {"value": row.c.value, "earlier": row.c.earlier}


def _fill(template: str, row: Row, **parts: Sql) -> Sql:
    return SqlTemplate(template, Numeric(), **_values(row), **parts)


KPI.computed_one("trend", KPI_TREND, _build_trend_row)
KPI_TREND.value("sentence", _build_trend_sentence)
KPI_TREND.value("period", lambda row, _: build_period(row))
KPI_TREND.value("starts_on")
KPI_TREND.value("last_day", lambda row, _: row.c.ends_before - ONE)
KPI_TREND.value("value")
KPI_TREND.computed_one(
    "previous_period", KPI_DIFFERENCE, lambda row, _: _select_change(EARLIER[0], row)
)
KPI_TREND.computed_one(
    "previous_year", KPI_DIFFERENCE, lambda row, _: _select_change(EARLIER[1], row)
)
KPI_DIFFERENCE.value("sentence", lambda row, _: _build_change_sentence(row))
KPI_DIFFERENCE.value("period", lambda row, _: build_period(row))
KPI_DIFFERENCE.value("value", lambda row, _: row.c.earlier)
KPI_DIFFERENCE.value("difference", lambda row, _: build_difference(row))
KPI_DIFFERENCE.value("relative_difference", lambda row, _: ratio_sql(build_relative(row)))
KPI_DIFFERENCE.value("kind", lambda row, _: build_kind(row))
