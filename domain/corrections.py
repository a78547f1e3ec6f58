"""Corrections of the past of people, where other people or teams depend on it."""

from collections.abc import AsyncIterator, Iterable
from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import (
    CORRECTION_REASON,
    Employment,
    Person,
    ReportingLine,
    begin_correction,
    check_units,
)
from domain.people.dated_parts import DatedPart
from domain.staffing import Handover, set_departure
from domain.teams import Membership, Team

MAX_NAMES = 3
"""The number of things in the way that a refusal names."""


async def correct_employment(
    work: Work,
    id: UUID,
    employment_id: UUID,
    reason: Annotated[str, CORRECTION_REASON],
    *,
    hired_on: date | None = None,
    left_on: date | None = None,
    expected_version: int | None = None,
) -> Person:
    """Correct the first or the last day of an employment. A day that is left out stays.

    A later first day is refused while leaves, lines, lines of reports or memberships begin before
    it; an earlier last day ends them. Raises what `Work.get` raises, Invalid, and for the last day
    what `staffing.depart` raises.
    """
    await work.lock_tree(Person.NAME)
    person, reason, faults = await begin_correction(
        work, id, Person.CORRECT_EMPLOYMENT, reason, expected_version
    )
    employment = person.get_employment(employment_id)
    first_day, end = hired_on or employment.hired_on, left_on or employment.left_on
    faults.faults += person.find_employment_faults(employment, first_day, end)
    faults.faults += await _find_in_the_way(work, person, employment, first_day)
    faults.raise_all()

    correct, days = person.correct_employment, (first_day, end)
    record = partial(correct, employment, days, reason, today=work.actor.today, at=work.now)
    if end not in (None, employment.left_on) and employment is person.latest_employment:
        handover = Handover(person, employment.successor_id, end, reason, "lastDay")
        await set_departure(work, handover, record)
        return person
    if end not in (None, employment.left_on):
        await _end_leftovers(work, person, employment, end)
    async with check_units(work, person, "hiredOn"):
        record()
    return person


async def _find_in_the_way(
    work: Work, person: Person, employment: Employment, day: date
) -> list[Invalid]:
    """Return one fault that names what begins before a new first day, if there is anything."""
    found = person.list_started_before(employment, day)
    if day > employment.hired_on:
        for find in (_find_reports, _find_memberships):
            found += [each async for each in find(work, person, employment, day)]
    if not found:
        return []
    shown = [*found[:MAX_NAMES], *(["…"] if len(found) > MAX_NAMES else [])]
    message = (
        f"Before that day start: {', '.join(shown)}. Change these first, or choose an earlier day."
    )
    return [Invalid(message, "hiredOn", code=Code.OUT_OF_RANGE)]


async def _find_memberships(
    work: Work, person: Person, employment: Employment, day: date
) -> AsyncIterator[str]:
    """Yield, in words, the memberships in an employment that begin before a day."""
    id, first_day = PersonId(person.id), employment.hired_on
    for team in await work.find_with_part(Team, Membership, runs_on=first_day, person_id=id):
        own = [each for each in team.memberships if each.person_id == id]
        async for start in _list_known_starts(work, team, own, employment, day):
            yield f"membership in {team.name} from {start}"


async def _find_reports(
    work: Work, person: Person, employment: Employment, day: date
) -> AsyncIterator[str]:
    """Yield, in words, the lines of reports that begin in an employment before a day."""
    id, first_day = PersonId(person.id), employment.hired_on
    for report in await work.find_with_part(
        Person, ReportingLine, runs_on=first_day, manager_id=id
    ):
        lines = [each for each in report.lines if each.manager_id == id]
        async for start in _list_known_starts(work, report, lines, employment, day):
            yield f"reporting line of {report.name} from {start}"


async def _list_known_starts(
    work: Work, whole: Aggregate, parts: Iterable[DatedPart], employment: Employment, day: date
) -> AsyncIterator[date]:
    """Yield the starts in an employment before a day that the actor may see.

    Others are left out, so that no refusal reveals them.
    """
    for each in parts:
        start = each.starts_on
        if start >= day or each.ends_on == start or not employment.period.covers(start):
            continue
        planned = whole.SEE & whole.SEE_PLANNED
        rule = whole.SEE if start <= work.actor.today else planned
        if await work.is_permitted(whole, to=Action("see", rule)):
            yield start


async def _end_leftovers(work: Work, person: Person, employment: Employment, left_on: date) -> None:
    """End the lines to the person and the memberships of an earlier employment on an earlier day.

    Roles have no days; the rehire after that employment has ended them.
    """
    id, before = PersonId(person.id), employment.left_on or date.max
    for report in await work.find_with_part(Person, ReportingLine, runs_on=left_on, manager_id=id):
        report.end_lines_to(id, left_on, before=before)
    for team in await work.find_with_part(Team, Membership, runs_on=left_on, person_id=id):
        team.end_memberships_of(id, left_on, before=before)
