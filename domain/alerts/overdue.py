"""Overdue values: the period whose value should have been there by now."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.alerts.points import Measured
from domain.kpis import Kpi, KpiFrequency
from domain.kpis.calendar import Period, PeriodCalendar
from domain.kpis.definitions import find_definition


def find_expected(
    kpi: Kpi, measured: Sequence[Measured], calendar: PeriodCalendar
) -> Period | None:
    """Return the period whose value is expected next: the one after the newest measured.

    None for an irregular KPI, for one without any value, and where a formula gives the value.
    """
    if kpi.frequency is KpiFrequency.IRREGULAR or not measured:
        return None
    following = calendar.get(kpi.frequency, measured[-1].ordinal + 1)
    definition = find_definition(kpi.definitions, following.last_day)
    return following if definition.formula is None else None


def find_last_day(kpi: Kpi, period: Period) -> date:
    """Return the last day on which the value of a period is not overdue."""
    return period.last_day + timedelta(days=kpi.due_after_days)
