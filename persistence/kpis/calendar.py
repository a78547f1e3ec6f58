"""The calendar of a tenant in SQL: the same periods as `domain.kpis.calendar` finds.

Frequencies are columns here, so one statement reads KPIs of different frequencies. `settings` is a
row of the tenant. A test compares every function with its twin in Python.
"""

from typing import Any

from sqlalchemy import Date, Integer, Select, Text, select
from sqlalchemy.types import TypeEngine

from domain.kpis.calendar import MONTHS, WEEK_OFFSETS
from domain.kpis.enums import KpiFrequency
from domain.tenants import FiscalYearName
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.tenants import tenants

WEEKLY, ANNUAL = literal_text(KpiFrequency.WEEKLY), literal_text(KpiFrequency.ANNUAL)
WEEK_OFFSET = " ".join(f"WHEN '{start}' THEN {days}" for start, days in WEEK_OFFSETS.items())
LENGTH = " ".join(f"WHEN '{frequency}' THEN {months}" for frequency, months in MONTHS.items())
MONTHLY = ", ".join(f"'{frequency}'" for frequency in MONTHS)
SHIFT = f"(CASE {{frequency}} WHEN '{KpiFrequency.MONTHLY}' THEN 0 ELSE {{month}} - 1 END)"

ORDINAL = f"""(CASE
 WHEN {{frequency}} IN ({MONTHLY})
 THEN ((extract(year FROM {{day}}) * 12 + extract(month FROM {{day}}))::int - 1 - {SHIFT})
   / (CASE {{frequency}} {LENGTH} END)
 WHEN {{frequency}} = '{KpiFrequency.WEEKLY}'
 THEN ({{day}} - date '0001-01-01' + 1 - (CASE {{week_start}} {WEEK_OFFSET} END)) / 7
 ELSE {{day}} - date '0001-01-01' + 1 END)"""
"""A day as `date.toordinal` counts it is its distance to the first day of the year 1, plus 1."""

MONTH = f"({{ordinal}} * (CASE {{frequency}} {LENGTH} END) + {SHIFT})"
START = f"""(CASE
 WHEN {{frequency}} IN ({MONTHLY}) THEN make_date({MONTH} / 12, {MONTH} % 12 + 1, 1)
 WHEN {{frequency}} = '{KpiFrequency.WEEKLY}'
 THEN date '0001-01-01' + {{ordinal}} * 7 + (CASE {{week_start}} {WEEK_OFFSET} END) - 1
 ELSE date '0001-01-01' + {{ordinal}} - 1 END)"""

YEAR_OF_WEEK = "extract(year FROM {starts_on} + 3)::int"
WEEK = "((extract(doy FROM {starts_on} + 3)::int - 1) / 7 + 1)"
FISCAL_YEAR = f"""('FY' || ({{year}}
 + ({{month}} > 1 AND {{named_by}} = '{FiscalYearName.LAST_YEAR}')::int)::text)"""
LABEL = f"""(CASE {{frequency}}
 WHEN '{KpiFrequency.WEEKLY}' THEN {YEAR_OF_WEEK}::text || '-W' || lpad({WEEK}::text, 2, '0')
 WHEN '{KpiFrequency.MONTHLY}' THEN to_char({{starts_on}}, 'YYYY-MM')
 WHEN '{KpiFrequency.QUARTERLY}' THEN {{quarter_year}} || '-Q' || ({{ordinal}} % 4 + 1)::text
 WHEN '{KpiFrequency.ANNUAL}' THEN {{fiscal_year}}
 ELSE to_char({{starts_on}}, 'YYYY-MM-DD') END)"""

EARLIER_YEAR = f"""(CASE
 WHEN {{frequency}} IN ({MONTHLY}) THEN {{ordinal}} - 12 / (CASE {{frequency}} {LENGTH} END)
 WHEN {{frequency}} = '{KpiFrequency.WEEKLY}'
 THEN CASE WHEN {{first}} + {WEEK} - 1 < {{next}} THEN {{first}} + {WEEK} - 1 END
 WHEN to_char({{starts_on}}, 'MMDD') <> '0229'
 THEN ({{starts_on}} - interval '1 year')::date - date '0001-01-01' + 1 END)"""


def select_settings(context: FieldContext) -> Select[Any]:
    """Select what the calendar of the tenant depends on."""
    tenant = shared_alias(tenants)
    return (
        select(tenant.c.week_start, tenant.c.fiscal_year_start_month, tenant.c.fiscal_year_named_by)
        .where(tenant.c.tenant_id == context.facts.tenant())
        .correlate_except(tenant)
    )


def build_ordinal(frequency: Sql, day: Sql, settings: Row) -> Sql:
    """Return the ordinal of the period that a day lies in."""
    return _fill(ORDINAL, Integer(), settings, frequency=frequency, day=day)


def build_start(frequency: Sql, ordinal: Sql, settings: Row) -> Sql:
    """Return the first day of a period."""
    return _fill(START, Date(), settings, frequency=frequency, ordinal=ordinal)


def build_label(frequency: Sql, ordinal: Sql, starts_on: Sql, settings: Row) -> Sql:
    """Return the label of a period."""
    quarter = SqlTemplate("({ordinal} / 4)", Integer(), ordinal=ordinal)
    years = {"fiscal_year": ordinal, "quarter_year": quarter}
    names = {name: _fill(FISCAL_YEAR, Text(), settings, year=year) for name, year in years.items()}
    period = {"frequency": frequency, "ordinal": ordinal, "starts_on": starts_on}
    return _fill(LABEL, Text(), settings, **period, **names)


def build_previous_year(frequency: Sql, ordinal: Sql, starts_on: Sql, settings: Row) -> Sql:
    """Return the ordinal of the same period one year before; null where there is none."""
    first, following = (
        build_ordinal(WEEKLY, _build_fourth_january(starts_on, years), settings)
        for years in (-1, 0)
    )
    period = {"frequency": frequency, "ordinal": ordinal, "starts_on": starts_on}
    return _fill(EARLIER_YEAR, Integer(), settings, **period, first=first, next=following)


def build_year_start(frequency: Sql, starts_on: Sql, settings: Row) -> Sql:
    """Return the ordinal of the first period of the year that a period counts to."""
    year = build_ordinal(ANNUAL, starts_on, settings)
    first_day = build_start(ANNUAL, year, settings)
    return SqlTemplate(
        f"(CASE {{frequency}} WHEN '{KpiFrequency.WEEKLY}' THEN {{week}} ELSE {{other}} END)",
        Integer(),
        frequency=frequency,
        week=build_ordinal(WEEKLY, _build_fourth_january(starts_on, 0), settings),
        other=build_ordinal(frequency, first_day, settings),
    )


def build_next_year(frequency: Sql, starts_on: Sql, settings: Row) -> Sql:
    """Return the first day of the year after the one that a period counts to."""
    year = build_ordinal(ANNUAL, starts_on, settings)
    following = SqlTemplate("({year} + 1)", Integer(), year=year)
    week = build_ordinal(WEEKLY, _build_fourth_january(starts_on, 1), settings)
    return SqlTemplate(
        f"(CASE {{frequency}} WHEN '{KpiFrequency.WEEKLY}' THEN {{week}} ELSE {{other}} END)",
        Date(),
        frequency=frequency,
        week=build_start(WEEKLY, week, settings),
        other=build_start(ANNUAL, following, settings),
    )


def _build_fourth_january(starts_on: Sql, years: int) -> Sql:
    """Return a day in the first week of the year that a week counts to, or of one before."""
    template = f"make_date({YEAR_OF_WEEK} + ({years}), 1, 4)"
    return SqlTemplate(template, Date(), starts_on=starts_on)


def _fill(template: str, type_: TypeEngine[Any], settings: Row, **parts: Sql) -> Sql:
    return SqlTemplate(
        template,
        type_,
        week_start=settings.c.week_start,
        month=settings.c.fiscal_year_start_month,
        named_by=settings.c.fiscal_year_named_by,
        **parts,
    )
