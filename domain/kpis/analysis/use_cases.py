"""Use cases of baselines: they need the calendar of the tenant beside the KPI."""

from datetime import date
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.kpis.analysis.baselines import REASON, REMOVAL_REASON, get_baseline
from domain.kpis.calendar import PeriodCalendar, load_calendar
from domain.kpis.enums import KpiFrequency
from domain.kpis.model import Kpi


async def reset_baseline(
    work: Work,
    id: UUID,
    *,
    starts_on: date,
    reason: Annotated[str, REASON],
    expected_version: int | None = None,
) -> Kpi:
    """Compute the natural limits of a KPI anew from the period of a day on.

    A baseline that begins with this period gets the new reason. Raises what `Work.get` raises,
    Invalid and LimitExceeded.
    """
    kpi = await work.get(Kpi, id, to=Kpi.RESET_BASELINE, expected_version=expected_version)
    reason = check_required(REASON, reason, "reason")
    first_day = _find_first_day(await load_calendar(work), kpi.frequency, starts_on)
    if first_day > work.actor.today:
        message = "This period has not begun. Choose one that has."
        raise Invalid(message, "startsOn", code=Code.OUT_OF_RANGE)
    kpi.reset_baseline(first_day, reason, at=work.now)
    return kpi


async def remove_baseline(
    work: Work,
    id: UUID,
    *,
    starts_on: date,
    reason: Annotated[str, REMOVAL_REASON],
    expected_version: int | None = None,
) -> Kpi:
    """Undo the reset that begins with the period of a day: the limits before it go on.

    Raises what `Work.get` raises, and Invalid.
    """
    kpi = await work.get(Kpi, id, to=Kpi.REMOVE_BASELINE, expected_version=expected_version)
    reason = check_required(REMOVAL_REASON, reason, "reason")
    first_day = _find_first_day(await load_calendar(work), kpi.frequency, starts_on)
    kpi.remove_baseline(get_baseline(kpi.baselines, first_day), reason)
    return kpi


def _find_first_day(calendar: PeriodCalendar, frequency: KpiFrequency, day: date) -> date:
    """Return the first day of the period that a day lies in. Raises Invalid."""
    try:
        return calendar.find(frequency, day).starts_on
    except Invalid as fault:
        raise Invalid(str(fault), "startsOn", code=fault.code) from None
