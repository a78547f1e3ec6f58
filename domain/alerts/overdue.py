"""Overdue values: the period whose value should have been there by now."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.alerts.points import Measured
from domain.kpis import Kpi, KpiFrequency
from domain.kpis.calendar import Period, PeriodCalendar
from domain.kpis.definitions import find_definition
from domain.working_days import WorkingDays, add_working_days


def find_expected(
    kpi: Kpi, measured: Sequence[Measured], calendar: PeriodCalendar
) -> Period | None:
    """Return the period whose value is expected next: the one after the newest measured.

    None for an irregular KPI, for one without any value, and where nobody enters the value.
    """
    if kpi.frequency is KpiFrequency.IRREGULAR or not measured:
        return None
    following = calendar.get(kpi.frequency, measured[-1].ordinal + 1)
    definition = find_definition(kpi.definitions, following.last_day)
    is_entered = definition.formula is None and definition.measure is None
    return following if is_entered else None


def find_last_day(kpi: Kpi, period: Period, working_days: WorkingDays) -> date:
    """Return the last day on which the value of a period is not overdue."""
    if kpi.due_in_working_days:
        return add_working_days(period.last_day, kpi.due_after_days, working_days)
    return period.last_day + timedelta(days=kpi.due_after_days)
