"""Requests for the next values of KPIs: the table, and the day by which a value is due."""

from sqlalchemy import Column, Date, Integer, func

from domain.kpis.enums import KpiFrequency
from domain.kpis.value_requests import KpiValueRequest
from persistence.concept import register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
)
from persistence.kpis import calendar
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery

kpi_value_requests = entity_table(
    "kpi_value_requests",
    *(each for each in columns_of(KpiValueRequest) if isinstance(each, Column)),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_index("kpi_id", "person_id"),
    tenant_index("person_id"),
    prefix="kpirequest",
)
"""The people have no foreign key: a merge of people changes the recorders, and so these rows."""

register_part(KpiValueRequest, kpi_value_requests, order=("due_on",), has_id=False)

IF_EXPECTED = f"""(CASE WHEN {{frequency}} = '{KpiFrequency.IRREGULAR}' OR {{ordinal}} IS NULL
 THEN NULL ELSE {{value}} END)"""
DUE_ON = f"""(CASE WHEN {{frequency}} = '{KpiFrequency.IRREGULAR}' OR {{ordinal}} IS NULL
 THEN NULL WHEN {{in_working_days}} THEN {{stored}} ELSE {{next_end}} - 1 + {{days}} END)"""
DAYS_OVERDUE = f"""(CASE WHEN {{frequency}} = '{KpiFrequency.IRREGULAR}' OR {{ordinal}} IS NULL
 THEN NULL ELSE coalesce(greatest({{today}} - {{due_on}}, 0), 0) END)"""
"""`ordinal` is that of the newest measured period; null where nothing is measured."""


def build_next_due_day(row: Row, kpi_id: Sql, context: FieldContext) -> Sql:
    """Return the day by which the value of the next period is due; null where none is known.

    In working days it is the day that a worker stored.
    """
    request, following = shared_alias(kpi_value_requests), _build_following(row, 1)
    stored = tenant_subquery(
        context,
        request,
        func.min(request.c.due_on),
        request.c.kpi_id == kpi_id,
        request.c.period_ordinal == following,
    )
    next_end = calendar.build_start(row.c.frequency, _build_following(row, 2), row)
    return SqlTemplate(
        DUE_ON,
        Date(),
        frequency=row.c.frequency,
        ordinal=row.c.ordinal,
        in_working_days=row.c.due_in_working_days,
        stored=stored.scalar_subquery(),
        next_end=next_end,
        days=row.c.due_after_days,
    )


def build_days_overdue(row: Row, kpi_id: Sql, context: FieldContext) -> Sql:
    """Return how many days the value of the next period is overdue; null where none is due."""
    return SqlTemplate(
        DAYS_OVERDUE,
        Integer(),
        frequency=row.c.frequency,
        ordinal=row.c.ordinal,
        today=row.c.today,
        due_on=build_next_due_day(row, kpi_id, context),
    )


def build_next_period(row: Row) -> Sql:
    """Return the label of the period after the newest measured one; null where none is due."""
    following = _build_following(row, 1)
    starts_on = calendar.build_start(row.c.frequency, following, row)
    label = calendar.build_label(row.c.frequency, following, starts_on, row)
    return SqlTemplate(
        IF_EXPECTED,
        label.type,
        frequency=row.c.frequency,
        ordinal=row.c.ordinal,
        value=label,
    )


def _build_following(row: Row, number: int) -> Sql:
    return SqlTemplate(f"({{ordinal}} + {number})", Integer(), ordinal=row.c.ordinal)
