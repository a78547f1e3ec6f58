"""The periods of the tenant's calendar, which a form for entering values shows."""

from datetime import date
from typing import Any

import pytest

from domain.kpis import KpiFrequency
from domain.kpis.calendar import PeriodCalendar
from tests.api.company import Company

pytestmark = pytest.mark.anyio

PERIODS = """query($frequency: KpiFrequency!, $from: Date!, $to: Date!) { tenant {
  kpiPeriods(frequency: $frequency, from: $from, to: $to) { label startsOn lastDay isOver } } }"""


async def read(company: Company, frequency: KpiFrequency, first: str, last: str) -> Any:
    days = {"from": first, "to": last}
    found = await company.query("mara", PERIODS, frequency=frequency.name, **days)
    return found["tenant"]["kpiPeriods"]


async def test_periods_are_those_of_the_calendar(company: Company) -> None:
    first, last, today = date(2024, 12, 20), date(2026, 7, 2), company.graph.now.date()
    for frequency in KpiFrequency:
        since = last.replace(month=6) if frequency in ("daily", "irregular") else first
        periods = PeriodCalendar().list_between(frequency, since, last)
        assert await read(company, frequency, since.isoformat(), last.isoformat()) == [
            {
                "label": each.label,
                "startsOn": each.starts_on.isoformat(),
                "lastDay": each.last_day.isoformat(),
                "isOver": each.last_day < today,
            }
            for each in periods
        ]


async def test_the_latest_of_too_many_periods_are_listed(company: Company) -> None:
    found = await read(company, KpiFrequency.MONTHLY, "1900-01-01", "2199-12-31")
    assert (len(found), found[-1]["label"]) == (400, "2199-12")
    assert await read(company, KpiFrequency.MONTHLY, "2026-02-01", "2026-01-01") == []
    (week,) = await read(company, KpiFrequency.WEEKLY, "1900-01-01", "1900-01-01")
    assert week["label"] == "1900-W01"
