"""The free days of a tenant as rows: SQL paces open periods by working days, and knows no holidays.

They are those of the work calendar without a location. A tenant without one has none, and is paced
by all days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.kernel.aggregate import Part
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.unit_of_work import Work
from domain.working_days.model import WorkCalendar

YEARS_BACK, YEARS_AHEAD = 3, 2
"""The years around the present one whose free days are stored; earlier ones stay."""
HOURS_OF_WEEK = 7 * 24


@dataclass(kw_only=True, eq=False)
class FreeDay(Part):
    """A day on which nobody works by the calendar that is for all without another one."""

    NAME = "free_day"

    day: date


async def store_free_days(work: Work) -> None:
    """Let the stored days follow the work calendar and the years."""
    calendar, year = await work.find(WorkCalendar, location=None), work.actor.today.year
    first, last = date(year - YEARS_BACK, 1, 1), date(year + YEARS_AHEAD, 12, 31)
    wanted = set[date]()
    if calendar is not None:
        days, working_days = (last - first).days + 1, calendar.working_days
        around = (first + timedelta(days=each) for each in range(days))
        wanted = {each for each in around if not working_days.includes(each)}
    stored = {each.day: each for each in await work.list_parts(FreeDay)}
    gone = (each for day, each in stored.items() if day >= first or calendar is None)
    work.write_records(
        added=[
            FreeDay(tenant_id=work.actor.tenant_id, day=day)
            for day in sorted(wanted - stored.keys())
        ],
        removed=[each for each in gone if each.day not in wanted],
    )


STORING = TaskHandler(store_free_days, interval_hours=HOURS_OF_WEEK)
