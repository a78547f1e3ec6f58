"""Use cases of work calendars, and the working days of a person."""

from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.fields import new_values
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.working_days.calculation import WorkingDays
from domain.working_days.model import WorkCalendar

TAKEN = {
    True: "Another work calendar is for this location. Change that one.",
    False: "Another work calendar has no location, and is for all others. Name a location.",
}


async def create(work: Work, **details: Any) -> WorkCalendar:
    """Create a work calendar. Raises NotPermitted and Invalid."""
    await work.require(
        WorkCalendar(tenant_id=work.actor.tenant_id, name=""), to=WorkCalendar.CREATE
    )
    values = {"name": ""} | new_values(WorkCalendar, details)
    calendar = WorkCalendar(tenant_id=work.actor.tenant_id, **values)
    raise_faults(WorkCalendar.find_value_conflicts(vars(calendar)))
    await _require_free(work, calendar, calendar.location)
    calendar.record_event("created")
    await work.add(calendar, to=WorkCalendar.CREATE)
    return calendar


async def edit(
    work: Work, id: UUID, *, expected_version: int | None = None, **details: Any
) -> WorkCalendar:
    """Change a work calendar. Raises what `Work.get` raises, and Invalid."""
    calendar = await work.get(
        WorkCalendar, id, to=WorkCalendar.EDIT, expected_version=expected_version
    )
    calendar.edit(**details)
    if "location" in details:
        await _require_free(work, calendar, calendar.location)
    return calendar


async def find_working_days(work: Work, person_id: UUID | None) -> WorkingDays:
    """Return the working days where a person works today.

    That is the calendar of the location of the job, else the one without a location, else all
    days but Saturdays and Sundays.
    """
    person = person_id and await work.find(Person, id=person_id)
    location = person.location if person else None
    found = location and await work.find(WorkCalendar, location=location)
    found = found or await work.find(WorkCalendar, location=None)
    return found.working_days if found else WorkingDays()


async def _require_free(work: Work, calendar: WorkCalendar, location: str | None) -> None:
    await work.lock_value("work_calendars.location", (location or "").casefold())
    other = await work.find(WorkCalendar, location=location)
    if other is not None and other.id != calendar.id:
        raise Invalid(TAKEN[location is not None], "location", code=Code.NOT_UNIQUE)
