"""The unit of a person over time: who may change it, and whether that unit exists on those days.

A change of the unit on some days takes the permission to place the person in each unit that is
gained or lost, and in that of today. So nobody plans a person into, or out of, a unit in which they
have no rights.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from domain import organizations
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.identity import OrganizationId, generate_id
from domain.kernel.periods import ONE_DAY, Period, subtract
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import policy
from domain.people.jobs import resolve
from domain.people.model import Person

PLACE = Action("place", policy.EDIT & policy.MANAGE_EMPLOYMENT)
"""Putting a person into a unit, or taking them out of one."""

KNOW_JOBS = Action("know_jobs", policy.SEE_EMPLOYMENT & policy.SEE_PLANNED)
"""Knowing the past and the planned jobs of a person."""

UNIT_FIELD = "organizationId"

Timeline = dict[date, OrganizationId | None]
"""The unit from each day on on which it changes."""

Placements = dict[UUID, list[Period]]
"""The days in each unit."""


def read_timeline(person: Person) -> Timeline:
    """Return the unit of a person over time, as it is recorded."""
    timeline: Timeline = {}
    for day, facts in resolve(person.list_job_facts()):
        unit = facts["organization_id"]
        if not timeline or list(timeline.values())[-1] != unit:
            timeline[day] = unit
    return timeline


async def authorize_unit(work: Work, person: Person, facts: Mapping[str, Any]) -> None:
    """Check a unit that is among given facts, before anything else about them.

    It cannot be closed until this transaction ends. Raises Invalid and NotPermitted.
    """
    if "organization_id" not in facts:
        return
    id = facts["organization_id"]
    await work.require(person, to=PLACE)
    await organizations.reference_place(work, id, UNIT_FIELD)
    await _require_place(work, person, id)


@asynccontextmanager
async def check_units(work: Work, person: Person, *field: str) -> AsyncIterator[None]:
    """Let a block change when a person is in which unit, and refuse it where that is not possible.

    Refusals name the field. Raises NotPermitted and Invalid.
    """
    before, old = read_timeline(person), list_placements(person, work.actor.today)
    yield
    after = read_timeline(person)
    changed = _find_changed_units(before, after)
    for each in {person.organization_id, *changed} if changed else ():
        await _require_place(work, person, each)
    await ensure_units_exist(work, person, old, *field)


async def ensure_units_exist(work: Work, person: Person, before: Placements, *field: str) -> None:
    """Refuse days in a unit that were not recorded before and on which the unit does not exist.

    Raises Invalid.
    """
    after = list_placements(person, work.actor.today)
    gained = {
        unit: [gap for each in periods for gap in subtract(each, before.get(unit, ()))]
        for unit, periods in after.items()
    }
    for id in sorted(unit for unit, periods in gained.items() if periods):
        await organizations.hold_open(work, id)
        (unit,) = await work.load_all(Organization, [id])  # a foreign key keeps it
        faults = [fault for each in gained[id] for fault in find_unit_faults(unit, each, *field)]
        if faults and not await work.is_permitted(unit, to=Action("see", Organization.SEE)):
            message = "A unit of the person does not exist on all these days. Choose other days."
            raise Invalid(message, *field, code=Code.OUT_OF_RANGE)
        raise_faults(faults[:1])


def find_unit_faults(unit: Organization, period: Period, *field: str) -> Iterator[Invalid]:
    """Yield why a person cannot be in a unit in that time."""
    if period.starts_on < unit.starts_on:
        message = f"{unit.name} starts on {unit.starts_on}. Choose a later day, or another unit."
        yield Invalid(message, *field, code=Code.OUT_OF_RANGE)
    elif unit.ends_on is not None and unit.ends_on <= period.starts_on:
        yield Invalid(f"{unit.name} has ended. Choose another unit or another day.", *field)
    elif unit.ends_on is not None and (period.ends_on is None or period.ends_on > unit.ends_on):
        last_day = unit.ends_on - ONE_DAY
        yield Invalid(
            f"{unit.name} ends on {last_day}. Choose another unit or another day.", *field
        )


async def is_unit_closed(work: Work, person: Person) -> bool:
    """Return whether the last unit of a person who comes back has an end.

    If not, it gets none before this transaction ends.
    """
    unit_id = person.organization_id
    if unit_id is None:
        return False
    await organizations.hold_open(work, unit_id)
    unit = await work.find(Organization, id=unit_id)
    return unit is not None and unit.ends_on is not None


def list_placements(person: Person, today: date) -> Placements:
    """Return the days of a person in each unit. A departure that is over ends them."""
    placements: Placements = {}
    timeline = read_timeline(person)
    last = person.left_on if person.left_on and person.has_left(today) else date.max
    for (day, unit), next_day in zip(
        timeline.items(), [*list(timeline)[1:], date.max], strict=False
    ):
        end = min(next_day, last)
        if unit is not None and day < end:
            period = Period(day, None if end == date.max else end)
            placements.setdefault(unit, []).append(period)
    return placements


def _find_changed_units(before: Timeline, after: Timeline) -> set[OrganizationId | None]:
    """Return the units that are gained or lost on some day on which there was one before."""
    first_day = max(min(each, default=date.min) for each in (before, after))
    changed = set[OrganizationId | None]()
    for day in {*before, *after}:
        if day >= first_day:
            units = {_find_unit(timeline, day) for timeline in (before, after)}
            changed |= units if len(units) > 1 else set()
    return changed


def _find_unit(timeline: Timeline, day: date) -> OrganizationId | None:
    return next((unit for start, unit in reversed(timeline.items()) if start <= day), None)


async def _require_place(work: Work, person: Person, unit_id: UUID | None) -> None:
    """Raise NotPermitted where the actor may not place the person in that unit.

    Having no unit takes a permission over everybody: rules would look up the unit of today instead.
    """
    placed = copy(person)
    placed.organization_id = OrganizationId(unit_id) if unit_id else None
    if unit_id is None:
        placed.id = generate_id()
    await work.require(placed, to=PLACE)
