"""Python and PostgreSQL find the same periods, for every calendar and frequency."""

from datetime import date, timedelta
from random import Random

import asyncpg
import pytest
from sqlalchemy import ARRAY, Date, Integer, Text, bindparam, func, select
from sqlalchemy.sql.expression import column

from domain.kpis.calendar import PeriodCalendar
from domain.kpis.enums import KpiFrequency
from domain.tenants import FiscalYearName, WeekStart
from persistence.kpis import calendar
from tests.factories.statements import fetch_rows

pytestmark = pytest.mark.anyio

EDGES = [date(2026, 12, 28), date(2027, 1, 3), date(2024, 2, 29), date(2025, 12, 29)]
"""The last week of a year with 53 weeks, a leap day, and a week that begins in another year."""

Case = tuple[PeriodCalendar, KpiFrequency, date]


def draw_cases(random: Random) -> list[Case]:
    days = [date(1900, 1, 1) + timedelta(days=random.randrange(109_000)) for _ in range(30)]
    return [
        (
            PeriodCalendar(random.choice([*WeekStart]), random.randint(1, 12), named_by),
            frequency,
            day,
        )
        for day in days + EDGES
        for frequency in KpiFrequency
        for named_by in FiscalYearName
    ]


def describe(case: Case) -> tuple[object, ...]:
    known, frequency, day = case
    period = known.find(frequency, day)
    earlier = known.find_previous_year(period)
    return (
        period.ordinal,
        period.starts_on,
        period.label,
        earlier and earlier.ordinal,
        known.find_first_in_year(period).starts_on,
    )


async def test_python_and_sql_agree(pool: asyncpg.Pool) -> None:
    cases = draw_cases(Random(7))
    columns = {
        "frequency": (Text(), [str(frequency) for _, frequency, _ in cases]),
        "day": (Date(), [day for *_, day in cases]),
        "week_start": (Text(), [str(known.week_start) for known, *_ in cases]),
        "fiscal_year_start_month": (
            Integer(),
            [known.fiscal_year_start_month for known, *_ in cases],
        ),
        "fiscal_year_named_by": (Text(), [str(known.fiscal_year_named_by) for known, *_ in cases]),
    }
    arrays = [bindparam(name, values, ARRAY(type_)) for name, (type_, values) in columns.items()]
    row = (
        func.unnest(*arrays)
        .table_valued(
            *(column(name, type_) for name, (type_, _) in columns.items()), with_ordinality="nth"
        )
        .render_derived()
    )
    frequency = row.c.frequency
    ordinal = calendar.build_ordinal(frequency, row.c.day, row)
    starts_on = calendar.build_start(frequency, ordinal, row)
    statement = (
        select(
            ordinal.label("ordinal"),
            starts_on.label("starts_on"),
            calendar.build_label(frequency, ordinal, starts_on, row).label("label"),
            calendar.build_previous_year(frequency, ordinal, starts_on, row).label("earlier"),
            calendar.build_year_start(frequency, starts_on, row).label("year_start"),
        )
        .select_from(row)
        .order_by(row.c.nth)
    )
    async with pool.acquire() as connection:
        found = await fetch_rows(connection, statement)
    assert [tuple(each) for each in found] == [describe(each) for each in cases]
