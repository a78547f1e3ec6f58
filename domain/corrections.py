"""Corrections of the past of people, where other people or teams depend on it."""

from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import (
    CORRECTION_REASON,
    Employment,
    Person,
    ReportingLine,
    check_correction_reason,
)
from domain.staffing import Handover, set_departure
from domain.teams import Membership, Team

MAX_NAMES = 3
"""The number of things in the way that a refusal names."""

SEE_TEAM = Action("see", Team.SEE)
SEE_PLANS_OF_TEAM = Action("see_planned", Team.SEE_PLANNED)


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

    A later first day is refused while leaves, lines or memberships begin before it; an earlier last
    day ends them. Raises what `Work.get` raises, Invalid, and for the last day what
    `staffing.depart` raises.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(
        Person, id, to=Person.CORRECT_EMPLOYMENT, expected_version=expected_version
    )
    faults = FaultCollector()
    with faults.collect():
        reason = check_correction_reason(reason)
    employment = person.get_employment(employment_id)
    first_day, end = hired_on or employment.hired_on, left_on or employment.left_on
    faults.faults += person.find_employment_faults(employment, first_day, end)
    faults.faults += await _find_in_the_way(work, person, employment, first_day)
    faults.raise_all()

    correct, days = person.correct_employment, (first_day, end)
    record = partial(correct, employment, days, reason, today=work.actor.today, at=work.now)
    if end is None or end == employment.left_on:
        record()
    elif employment is person.latest_employment:
        handover = Handover(person, employment.successor_id, end, reason, "lastDay")
        await set_departure(work, handover, record)
    else:
        await _end_leftovers(work, person, employment, end)
        record()
    return person


async def _find_in_the_way(
    work: Work, person: Person, employment: Employment, day: date
) -> list[Invalid]:
    """Return one fault that names what begins before a new first day, if there is anything."""
    found = person.list_started_before(employment, day)
    found += [each async for each in _find_memberships(work, person, employment, day)]
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
    """Yield, in words, the memberships in an employment that begin before a day.

    Those that the actor may not see are left out, so that no refusal reveals them.
    """
    if day <= employment.hired_on:
        return
    teams = await work.find_with_part(
        Team, Membership, runs_on=employment.hired_on, person_id=PersonId(person.id)
    )
    for team in teams:
        begun = [
            each
            for each in team.memberships
            if each.person_id == person.id
            and each.starts_on < day
            and each.ends_on != each.starts_on
            and employment.period.covers(each.starts_on)
        ]
        if not begun or not await work.is_permitted(team, to=SEE_TEAM):
            continue
        for each in begun:
            is_known = each.starts_on <= work.actor.today
            if is_known or await work.is_permitted(team, to=SEE_PLANS_OF_TEAM):
                yield f"membership in {team.name} from {each.starts_on}"


async def _end_leftovers(work: Work, person: Person, employment: Employment, left_on: date) -> None:
    """End the lines to the person and the memberships of an earlier employment on an earlier day.

    Roles have no days; the rehire after that employment has ended them.
    """
    id, before = PersonId(person.id), employment.left_on or date.max
    for report in await work.find_with_part(Person, ReportingLine, runs_on=left_on, manager_id=id):
        report.end_lines_to(id, left_on, before=before)
    for team in await work.find_with_part(Team, Membership, runs_on=left_on, person_id=id):
        team.end_memberships_of(id, left_on, before=before)
