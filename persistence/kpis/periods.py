"""The period of a measurement in SQL, as `domain.kpis.calendar` computes it."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, Text, case, cast, func, literal_column

from domain.kpis import KpiFrequency
from domain.tenants import FiscalYearName
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.kpis.definitions import kpis
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.tenants import tenants

LENGTHS = {
    KpiFrequency.MONTHLY: "1 month",
    KpiFrequency.QUARTERLY: "3 months",
    KpiFrequency.ANNUAL: "1 year",
    KpiFrequency.WEEKLY: "7 days",
}


def build_last_day(row: Row, context: FieldContext) -> Sql:
    """Return the last day of the period of a measurement."""
    kpi = shared_alias(kpis)
    ends_before = [
        (kpi.c.frequency == literal_text(frequency), row.c.starts_on + _interval(length))
        for frequency, length in LENGTHS.items()
    ]
    last_day = cast(case(*ends_before, else_=row.c.starts_on + _interval("1 day")), Date) - _ONE
    return _select_of_kpi(row, context, cast(last_day, Date)).scalar_subquery()


def build_label(row: Row, context: FieldContext) -> Sql:
    """Return the label of the period of a measurement."""
    kpi, middle = shared_alias(kpis), row.c.starts_on + literal_column("3")
    week = (cast(func.extract("doy", middle), Integer) - _ONE) / literal_column("7") + _ONE
    year, quarter = _name_fiscal_year(row, context), row.c.period_ordinal % literal_column("4")
    labels = {
        KpiFrequency.WEEKLY: _format(middle, "YYYY-")
        + literal_text("W")
        + func.lpad(cast(week, Text), literal_column("2"), literal_text("0")),
        KpiFrequency.MONTHLY: _format(row.c.starts_on, "YYYY-MM"),
        KpiFrequency.QUARTERLY: year + literal_text("-Q") + cast(quarter + _ONE, Text),
        KpiFrequency.ANNUAL: year,
    }
    found = case(
        *((kpi.c.frequency == literal_text(each), label) for each, label in labels.items()),
        else_=_format(row.c.starts_on, "YYYY-MM-DD"),
    )
    return _select_of_kpi(row, context, found).scalar_subquery()


def _name_fiscal_year(row: Row, context: FieldContext) -> Sql:
    tenant = shared_alias(tenants)
    months = (tenant.c.fiscal_year_start_month - _ONE) * literal_column("1")
    is_later = (tenant.c.fiscal_year_named_by == literal_text(FiscalYearName.LAST_YEAR)) & (
        tenant.c.fiscal_year_start_month > _ONE
    )
    first_day = row.c.starts_on - func.make_interval(literal_column("0"), months)
    year = cast(func.extract("year", first_day), Integer) + cast(is_later, Integer)
    name = literal_text("FY") + cast(year, Text)
    return tenant_subquery(context, tenant, name).scalar_subquery()


def _select_of_kpi(row: Row, context: FieldContext, selected: Sql) -> Select[Any]:
    kpi = shared_alias(kpis)
    return tenant_subquery(context, kpi, selected, kpi.c.id == row.c.kpi_id)


def _format(day: Sql, pattern: str) -> Sql:
    return func.to_char(day, literal_text(pattern))


def _interval(length: str) -> Sql:
    return literal_column(f"interval '{length}'")


_ONE: ColumnElement[int] = literal_column("1")
