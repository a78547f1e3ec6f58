"""Rows of measured periods beside their targets: what the status and the points of a KPI read.

`measured` is a row source with one row for each period: `ordinal`, `starts_on`, `ends_before`,
`periods`, `state` and `value`. A period has the target of its last day.
"""

from collections.abc import Callable

from sqlalchemy import (
    FromClause,
    Integer,
    and_,
    case,
    func,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from domain.kpis.targets import KpiTargetSpan
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import calendar
from persistence.kpis.definitions import is_flow, kpi_definitions, order_by_nearness
from persistence.kpis.dimensions import MEMBER, is_about
from persistence.kpis.measurements import is_suppressed, kpi_measurements
from persistence.kpis.target_rules import label_target_columns
from persistence.kpis.targets import kpi_targets
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery

ONE, FENCE = literal_number(1), literal_number(0)
"""OFFSET 0 keeps PostgreSQL from computing a column once for each of its uses."""

DEFINED = ("unit", "unit_name", "currency", "decimals", "direction")
"""What sentences need of a definition."""

DUE = ("due_after_days", "due_in_working_days")
"""What says by when a value is due."""

KPI_COLUMNS = {
    "kpi_id": "id",
    **{name: name for name in (*calendar.SETTINGS, "frequency", *DUE, "today", "interval")},
}
"""The columns of a subject in a row of one of its periods, by their names there."""

FIRST = "coalesce({year}, {starts_on})"
END = "coalesce({next_year}, {ends_before})"
UNTIL = f"greatest(least({{today}} + 1, {{ends_before}}), {FIRST})"
FREE = """(SELECT ARRAY[count(day) FILTER (
  WHERE day < greatest(least({today} + 1, {ends_before}), first)), count(day)]::int[]
 FROM (SELECT coalesce({year}, {starts_on}) AS first, coalesce({next_year}, {ends_before}) AS before
  OFFSET 0) span
 LEFT JOIN free_days ON tenant_id = {tenant} AND day >= first AND day < before)"""
"""How many days of what a target is for are free: until today, and in all."""

DAYS = f"({END} - {FIRST})"
GONE = f"""(CASE WHEN {{free}} IS NULL THEN {{periods}}
 ELSE (CASE WHEN {{year}} IS NULL THEN {{periods}} ELSE 1 END) * ({UNTIL} - {FIRST}
  - (CASE WHEN {{free}}[2] = {DAYS} THEN 0 ELSE {{free}}[1] END)) END)"""
TOTAL = f"""(CASE WHEN {{free}} IS NULL THEN 1
 ELSE {DAYS} - (CASE WHEN {{free}}[2] = {DAYS} THEN 0 ELSE {{free}}[2] END) END)"""
"""The share of a target that is due by now, in working days: of its year or open period, or all.

A longer interval of summed values has the target of each of its periods. Where all days are free,
all of them count.
"""


def select_subject(
    context: FieldContext, kpi: Row, today: Sql, interval: Sql | None = None
) -> tuple[list[Sql], FromClause]:
    """Return the columns and the source of one row: the KPI, the day and the tenant's calendar.

    All answers about a KPI are computed from such a row. `interval` is the length of the periods,
    by default those of the KPI.
    """
    settings = calendar.select_settings(context).subquery()
    columns = [
        *settings.c,
        *(kpi.c[name] for name in ("id", "frequency", *DUE)),
        today.label("today"),
        (kpi.c.frequency if interval is None else interval).label("interval"),
    ]
    return columns, settings


def join_targets(
    context: FieldContext, kpi: Row, measured: FromClause, source: FromClause
) -> FromClause:
    """Return the periods with their targets, the value to compare, and what is due by now.

    `kpi` is a row of `select_subject`. It is part of `source` or an outer row; `source` contains
    `measured`.
    """
    row = _find_targets(context, kpi, measured, source)
    is_yearly = row.c.span == literal_text(KpiTargetSpan.FISCAL_YEAR)
    names = ("free", "today", "starts_on", "ends_before", "periods", "year", "next_year")
    days = {name: row.c[name] for name in names}
    return (
        select(
            *row.c,
            (row.c.ends_before > row.c.today).label("is_provisional"),
            case((is_yearly, _sum_year(context, row)), else_=row.c.value).label("compared"),
            SqlTemplate(GONE, Integer(), **days).label("gone"),
            SqlTemplate(TOTAL, Integer(), **days).label("total"),
        )
        .offset(FENCE)
        .correlate_except(row)
        .subquery()
    )


def _find_targets(
    context: FieldContext, kpi: Row, measured: FromClause, source: FromClause
) -> FromClause:
    """Return the periods with their targets, and with the year of those that are for a year."""
    target = _select_targets(context, kpi)
    is_yearly = target.c.span == literal_text(KpiTargetSpan.FISCAL_YEAR)
    ends_before = measured.c.ends_before
    year, next_year = (
        calendar.build_year_start(kpi.c.frequency, measured.c.starts_on, kpi, years=years)
        for years in (0, 1)
    )
    years = {"year": case((is_yearly, year)), "next_year": case((is_yearly, next_year))}
    is_over = or_(ends_before <= kpi.c.today, not_(is_flow(context, kpi.c.id, ends_before - ONE)))
    is_due = and_(not_(is_yearly), is_over)
    free = SqlTemplate(
        FREE,
        ARRAY(Integer()),
        tenant=context.facts.tenant(),
        today=kpi.c.today,
        starts_on=measured.c.starts_on,
        ends_before=ends_before,
        **years,
    )
    return (
        select(
            *measured.c,
            *label_target_columns(target),
            *(kpi.c[name].label(label) for label, name in KPI_COLUMNS.items()),
            target.c.id.label("target_id"),
            *(kpi.c[name] for name in (MEMBER,) if name in kpi.c),
            *(each.label(name) for name, each in years.items()),
            case((or_(target.c.id.is_(None), is_due), null()), else_=free).label("free"),
        )
        .select_from(source.outerjoin(target, _holds_for(target, measured)))
        .offset(FENCE)
        .correlate_except(source, target)
        .subquery()
    )


def _holds_for(target: FromClause, measured: FromClause) -> Sql:
    """Return whether a target holds at the end of a period, and in all parts of it."""
    ends_before = measured.c.ends_before
    return and_(
        target.c.starts_on < ends_before,
        or_(target.c.replaced_on.is_(None), target.c.replaced_on >= ends_before),
        or_(target.c.ends_on.is_(None), target.c.ends_on >= ends_before),
        or_(
            measured.c.periods == ONE,
            target.c.starts_on <= measured.c.starts_on,
            target.c.span == literal_text(KpiTargetSpan.FISCAL_YEAR),
        ),
    )


def _select_targets(context: FieldContext, kpi: Row) -> FromClause:
    """Select the targets, each with the first day of the next one, which replaces it.

    They are read once for all periods.
    """
    target = kpi_targets.alias()
    replaced_on = func.lead(target.c.starts_on).over(order_by=target.c.starts_on)
    return (
        select(*target.c, replaced_on.label("replaced_on"))
        .where(
            target.c.tenant_id == context.facts.tenant(),
            target.c.kpi_id == kpi.c.id,
            is_about(target, kpi),
        )
        .correlate_except(target)
        .lateral()
    )


def _sum_year(context: FieldContext, row: Row) -> Sql:
    """Return the sum of the values of a year up to a period; null where that has no value.

    Also where one of them is suppressed, so that it does not follow from the others.
    """
    each = shared_alias(kpi_measurements)
    found = tenant_subquery(
        context,
        each,
        case((func.bool_or(is_suppressed(each)), null()), else_=func.sum(each.c.value)),
        each.c.kpi_id == row.c.kpi_id,
        is_about(each, row),
        each.c.starts_on >= row.c.year,
        each.c.starts_on < row.c.ends_before,
        row.c.value.is_not(None),
    )
    return found.scalar_subquery()


def join_definition(context: FieldContext, compared: FromClause) -> FromClause:
    """Return compared periods with what sentences need of the definition of their last day."""
    definition, day = kpi_definitions.alias(), compared.c.ends_before - ONE
    nearest = (
        select(*(definition.c[name] for name in DEFINED))
        .where(
            definition.c.tenant_id == context.facts.tenant(),
            definition.c.kpi_id == compared.c.kpi_id,
        )
        .order_by(*order_by_nearness(definition, day))
        .limit(ONE)
        .correlate_except(definition)
        .lateral()
    )
    return (
        select(*compared.c, *nearest.c)
        .select_from(compared.outerjoin(nearest, true()))
        .correlate_except(compared, nearest)
        .subquery()
    )


def build_with_definition(context: FieldContext, compared: Row, build: Callable[[Row], Sql]) -> Sql:
    """Return an expression over a compared period and the definition of its last day.

    Only a document that asks for such a field reads definitions.
    """
    period = select(*compared.c).correlate(compared).subquery()
    row = join_definition(context, period)
    return select(build(row)).select_from(row).correlate_except(row).scalar_subquery()
