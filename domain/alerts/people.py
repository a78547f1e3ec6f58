"""Whom an alert asks, and by when: people at work, by the working days of their location."""

from datetime import date
from uuid import UUID

from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.people import EmploymentStatus, Person
from domain.working_days import add_working_days, find_working_days

MAX_STEPS = 10
"""How many managers are asked in turn whether they are at work."""


async def find_at_work(work: Work, person_id: UUID) -> UUID:
    """Return a person who is at work today, or the next manager above who is; else the person."""
    current: UUID | None = person_id
    for _ in range(MAX_STEPS):
        person = current and await work.find(Person, id=current)
        if not person:
            return person_id
        if person.get_employment_status(work.actor.today) is EmploymentStatus.EMPLOYED:
            return person.id
        current = _find_manager_id(person, work.actor.today)
    return person_id


async def find_next_in_line(work: Work, person_id: UUID) -> UUID | None:
    """Return the next manager above a person who is at work today; None where there is none."""
    person = await work.find(Person, id=person_id)
    manager_id = person and _find_manager_id(person, work.actor.today)
    if not manager_id:
        return None
    found = await find_at_work(work, manager_id)
    manager = await work.find(Person, id=found)
    is_here = manager and not manager.has_left(work.actor.today)
    return found if is_here and found != person_id else None


async def choose_due_day(work: Work, person_id: UUID, days: int) -> date:
    """Return the day that is so many working days of a person after today."""
    return add_working_days(work.actor.today, days, await find_working_days(work, person_id))


def _find_manager_id(person: Person, today: date) -> UUID | None:
    """Return the manager today; of somebody who has left, the last one."""
    day = person.left_on - ONE_DAY if person.left_on and person.left_on <= today else today
    line = person.find_primary_line(day)
    return line.manager_id if line else None
