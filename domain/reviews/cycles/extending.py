"""A longer period for one participant, who has too few days of work in that of the cycle."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.cycles import planning
from domain.reviews.cycles.launching import find_participant
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.cycles.participants import (
    ReviewParticipant,
    ReviewParticipantStatus,
    join,
)
from domain.reviews.cycles.parts import REASON
from domain.reviews.cycles.plan import PlannedParticipant

UNRATABLE = ReviewParticipantStatus.UNRATABLE


async def extend_participant(
    work: Work,
    id: UUID,
    person_id: UUID,
    last_day: date,
    due_on: date,
    reason: Annotated[str, REASON],
    *,
    expected_version: int | None = None,
) -> ReviewParticipant:
    """Extend the period of somebody who is unratable, who is reviewed after it.

    Raises what `Work.get` raises, Invalid with all faults, and StateConflict where the days are
    still too few, or nobody is above the person.
    """
    cycle = await work.get(
        ReviewCycle, id, to=ReviewCycle.EXTEND_PARTICIPANT, expected_version=expected_version
    )
    faults, known = FaultCollector(), list[ReviewParticipant]()
    with faults.collect():
        reason = check_required(REASON, reason, "reason")
    with faults.collect():
        known.append(await _get_unratable(work, id, person_id))
    usual = cycle.find_due_day(known[0].group_id if known else None)
    with faults.collect():
        raise_faults(_find_day_faults(cycle, last_day, due_on, usual))
    faults.raise_all()
    (before,) = known
    planned = await planning.plan_extension(work, cycle, person_id, last_day, before.group_id)
    if not planned.is_ratable or planned.manager_id is None:
        raise StateConflict(_describe_obstacle(planned, cycle.min_days))
    delay = due_on - usual
    reviews = [replace(each, due_on=each.due_on + delay) for each in planned.reviews]
    changed = join(work.actor.tenant_id, id, replace(planned, reviews=reviews), before.joined_on)
    changed.id, changed.reason = before.id, reason
    changed.last_day, changed.due_on = last_day, due_on
    cycle.record_event("participant_extended", reason=reason, person_id=person_id)
    work.write_records(changed=[changed])
    return changed


async def _get_unratable(work: Work, cycle_id: UUID, person_id: UUID) -> ReviewParticipant:
    """Return an unratable participant. Raises Invalid."""
    await work.reference(Person, person_id, "personId")
    found = await find_participant(work, cycle_id, person_id)
    if found is None or found.status is not UNRATABLE:
        message = "This is for people who are unratable. Use reviewExtend for others."
        raise Invalid(message, "personId")
    return found


def _find_day_faults(
    cycle: ReviewCycle, last_day: date, due_on: date, usual: date
) -> Iterator[Invalid]:
    if last_day <= cycle.last_day:
        message = f"The period lasts until {cycle.last_day} for all. Choose a later day."
        yield Invalid(message, "lastDay", code=Code.OUT_OF_RANGE)
    if due_on < max(last_day, usual):
        message = (
            "The review is due after its period, not before those of others. Choose a later day."
        )
        yield Invalid(message, "dueOn", code=Code.OUT_OF_RANGE)


def _describe_obstacle(planned: PlannedParticipant, min_days: int) -> str:
    if planned.manager_id is None:
        return "Nobody is above this person, so nobody could decide. Assign a manager first."
    return (
        f"There are {planned.days} days of work until then, and {min_days} are needed. Choose a"
        " later day."
    )
