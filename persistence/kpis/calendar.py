"""The calendar of a tenant in SQL: the same periods as `domain.kpis.calendar` finds.

Frequencies are columns here, so one statement reads KPIs of different frequencies. `settings` is a
row of the tenant. A test compares every function with its twin in Python.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Date, Integer, Select, Text, select
from sqlalchemy.types import TypeEngine

from domain.kpis.calendar import MONTHS, WEEK_OFFSETS
from domain.kpis.enums import KpiFrequency
from domain.tenants import FiscalYearName
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.tenants import tenants

WEEK_OFFSET = "(CASE {week_start} {0} END)".replace(
    "{0}", " ".join(f"WHEN '{start}' THEN {days}" for start, days in WEEK_OFFSETS.items())
)
SHIFT = "({month} - 1)"
"""Fiscal years begin that many months after January."""

DAY_NUMBER = "({day} - date '0001-01-01' + 1)"
"""A day as `date.toordinal` counts it: its distance to the first day of the year 1, plus 1."""

MONTH_NUMBER = "((extract(year FROM {day}) * 12 + extract(month FROM {day}))::int - 1)"
WEEK_ORDINAL = f"(({DAY_NUMBER} - {WEEK_OFFSET}) / 7)"
WEEK_START = f"date '0001-01-01' + {{ordinal}} * 7 + {WEEK_OFFSET} - 1"
DAY = "date '0001-01-01' + {ordinal} - 1"


def _choose(of_months: Callable[[int], str], of_week: str, of_day: str) -> str:
    """Return a template with a branch for each frequency: months first, which most KPIs have."""
    branches = {frequency: of_months(months) for frequency, months in MONTHS.items()}
    branches[KpiFrequency.WEEKLY] = of_week
    found = " ".join(f"WHEN '{each}' THEN {branch}" for each, branch in branches.items())
    return f"(CASE {{frequency}} {found} ELSE {of_day} END)"


def _count_months(months: int) -> str:
    """Return the ordinal of a period of months. Only longer ones follow the fiscal year."""
    return MONTH_NUMBER if months == 1 else f"({MONTH_NUMBER} - {SHIFT}) / {months}"


def _begin_month(months: int) -> str:
    """Return the first day of a period of months."""
    month = "{ordinal}" if months == 1 else f"({{ordinal}} * {months} + {SHIFT})"
    return f"make_date({month} / 12, {month} % 12 + 1, 1)"


ORDINAL = _choose(_count_months, WEEK_ORDINAL, DAY_NUMBER)
START = _choose(_begin_month, WEEK_START, DAY)

YEAR_OF_WEEK = "extract(year FROM {starts_on} + 3)::int"
WEEK = "((extract(doy FROM {starts_on} + 3)::int - 1) / 7 + 1)"
FISCAL_YEAR = f"""('FY' || ({{year}}
 + ({{month}} > 1 AND {{named_by}} = '{FiscalYearName.LAST_YEAR}')::int)::text)"""
LABEL = f"""(CASE {{frequency}}
 WHEN '{KpiFrequency.MONTHLY}' THEN to_char({{starts_on}}::timestamp, 'YYYY-MM')
 WHEN '{KpiFrequency.WEEKLY}' THEN {YEAR_OF_WEEK}::text || '-W' || lpad({WEEK}::text, 2, '0')
 WHEN '{KpiFrequency.QUARTERLY}' THEN {{quarter_year}} || '-Q' || ({{ordinal}} % 4 + 1)::text
 WHEN '{KpiFrequency.ANNUAL}' THEN {{fiscal_year}}
 ELSE to_char({{starts_on}}::timestamp, 'YYYY-MM-DD') END)"""
"""A date would become a moment in a time zone first, which takes longer."""

EARLIER_YEAR = _choose(
    lambda months: f"{{ordinal}} - {12 // months}",
    f"CASE WHEN {{first}} + {WEEK} - 1 < {{next}} THEN {{first}} + {WEEK} - 1 END",
    "CASE WHEN to_char({starts_on}, 'MMDD') <> '0229'"
    " THEN ({starts_on} - interval '1 year')::date - date '0001-01-01' + 1 END",
)

FOURTH_JANUARY = f"make_date({YEAR_OF_WEEK} + {{years}}, 1, 4)"
MONTHS_BEFORE = "make_interval(months => {month} - 1)"
YEAR_START = f"""(CASE WHEN {{frequency}} = '{KpiFrequency.WEEKLY}'
 THEN {{day}} - ({DAY_NUMBER} - {WEEK_OFFSET}) % 7
 ELSE (date_trunc('year', {{starts_on}} - {MONTHS_BEFORE}) + {MONTHS_BEFORE}
  + make_interval(years => {{years}}))::date END)"""
"""The first week of a year contains its 4 January, as in ISO 8601."""

SETTINGS = ("week_start", "fiscal_year_start_month", "fiscal_year_named_by")
"""The columns of a tenant that its calendar depends on."""


def select_settings(context: FieldContext) -> Select[Any]:
    """Select what the calendar of the tenant depends on: one row.

    Its columns are subselects of their own, so that each is evaluated once for a statement.
    """
    tenant = shared_alias(tenants)
    found = (
        tenant_subquery(context, tenant, tenant.c[name]).scalar_subquery().label(name)
        for name in SETTINGS
    )
    return select(*found).offset(literal_number(0))


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
        _fill(WEEK_ORDINAL, Integer(), settings, day=_build_fourth_january(starts_on, years))
        for years in (-1, 0)
    )
    period = {"frequency": frequency, "ordinal": ordinal, "starts_on": starts_on}
    return _fill(EARLIER_YEAR, Integer(), settings, **period, first=first, next=following)


def build_year_start(frequency: Sql, starts_on: Sql, settings: Row, *, years: int = 0) -> Sql:
    """Return the first day of the year that a period counts to, or of one `years` later.

    Weeks count to the year in their label, all others to the fiscal year.
    """
    parts = {"frequency": frequency, "starts_on": starts_on, "years": literal_number(years)}
    day = _build_fourth_january(starts_on, years)
    return _fill(YEAR_START, Date(), settings, **parts, day=day)


def _build_fourth_january(starts_on: Sql, years: int) -> Sql:
    """Return a day in the first week of the year that a week counts to, or of one later."""
    parts = {"starts_on": starts_on, "years": literal_number(years)}
    return SqlTemplate(FOURTH_JANUARY, Date(), **parts)


def _fill(template: str, type_: TypeEngine[Any], settings: Row, **parts: Sql) -> Sql:
    return SqlTemplate(
        template,
        type_,
        week_start=settings.c.week_start,
        month=settings.c.fiscal_year_start_month,
        named_by=settings.c.fiscal_year_named_by,
        **parts,
    )
