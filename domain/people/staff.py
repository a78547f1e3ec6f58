"""Who works in a unit on a day, for use cases that ask all of them something."""

from collections.abc import Sequence
from uuid import UUID

from domain.kernel.periods import Period
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people.model import Person
from domain.people.reporting_lines import LineKind, ReportingLine


async def list_staff(work: Work, unit_id: UUID | None) -> list[tuple[UUID, UUID | None]]:
    """Return all who work in a unit or below it today, each with the unit; None is the tenant."""
    units = await _list_units(work, unit_id)
    names = ("id", "organization_id", "hired_on", "left_on")
    people = await work.find_values(Person, names, organization_id=units)
    today = work.actor.today
    return [
        (id, unit)
        for id, unit, hired_on, left_on in people
        if hired_on is not None and hired_on <= today and (left_on is None or today < left_on)
    ]


async def select_managers(work: Work, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of these people to whom somebody reports today in the primary line."""
    names = ("manager_id", "starts_on", "ends_on", "kind")
    rows = await work.find_values(ReportingLine, names, manager_id=ids)
    found = {
        id
        for id, starts_on, ends_on, kind in rows
        if kind == LineKind.PRIMARY and Period(starts_on, ends_on).covers(work.actor.today)
    }
    return [each for each in ids if each in found]


async def _list_units(work: Work, top: UUID | None) -> list[UUID | None]:
    """Return a unit and those below it; with None all of the tenant, and that people have none."""
    found: list[UUID | None] = [top]
    level: Sequence[UUID | None] = found
    while level:
        rows = await work.find_values(Organization, ("id",), parent_id=level)
        level = [row[0] for row in rows]
        found += level
    return found
