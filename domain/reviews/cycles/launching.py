"""Use cases that launch a cycle, let it go on, and end it.

A launch stores its plan in one transaction: either everybody in the plan takes part, or nobody.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required
from domain.kernel.pauses import with_pauses
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.cycles import planning
from domain.reviews.cycles.enums import ReviewCycleStatus
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.cycles.participants import (
    ReviewParticipant,
    ReviewParticipantStatus,
    join,
)
from domain.reviews.cycles.parts import REASON
from domain.reviews.cycles.plan import PlannedParticipant, ReviewConflict
from domain.reviews.cycles.use_cases import INCLUDE, OUTSIDE

ACTIVE, REMOVED = ReviewParticipantStatus.ACTIVE, ReviewParticipantStatus.REMOVED
TAKES_PART = "This person takes part already."


@dataclass(frozen=True)
class Launch:
    """What a launch did: how many people joined, and how many of them are reviewed."""

    added_count: int
    ratable_count: int
    was_running: bool


async def launch(
    work: Work, id: UUID, *, expected_version: int | None = None
) -> tuple[ReviewCycle, Launch]:
    """Launch a cycle as it is planned today. A cycle that runs already stays as it is.

    Raises what `Work.get` raises, and StateConflict where a conflict of the plan blocks it.
    """
    cycle = await work.get(
        ReviewCycle, id, to=ReviewCycle.LAUNCH, expected_version=expected_version
    )
    if cycle.status is ReviewCycleStatus.RUNNING:
        return cycle, Launch(0, 0, was_running=True)
    plan = await planning.plan(work, cycle)
    if plan.blocking:
        raise StateConflict(describe_blocking(plan.blocking))
    today, tenant_id = work.actor.today, work.actor.tenant_id
    joined = [join(tenant_id, id, each, today) async for each in with_pauses(plan.participants)]
    cycle.launch(at=work.now)
    work.write_records(added=joined)
    ratable = sum(each.status is ACTIVE for each in joined)
    return cycle, Launch(len(joined), ratable, was_running=False)


def describe_blocking(conflicts: Sequence[ReviewConflict]) -> str:
    """Return a message with the number of conflicts of each code."""
    counts = Counter(each.code.name for each in conflicts)
    listed = ", ".join(f"{code} ({count})" for code, count in sorted(counts.items()))
    return f"Conflicts block the launch: {listed}. Read them with reviewCyclePlan, and solve them."


async def add_participant(
    work: Work,
    id: UUID,
    person_id: UUID,
    reason: Annotated[str, REASON],
    *,
    expected_version: int | None = None,
) -> ReviewParticipant:
    """Let a person join a running cycle, also one who was removed from it.

    Raises what `Work.get` raises, Invalid and StateConflict.
    """
    cycle = await work.get(
        ReviewCycle, id, to=ReviewCycle.ADD_PARTICIPANT, expected_version=expected_version
    )
    faults = FaultCollector()
    with faults.collect():
        reason = check_required(REASON, reason, "reason")
    with faults.collect():
        person = await work.reference(Person, person_id, "personId")
        if not await work.is_permitted(person, to=INCLUDE):
            raise Invalid(OUTSIDE, "personId")
    known = await find_participant(work, id, person_id)
    with faults.collect():
        if known is not None and known.status is not REMOVED:
            raise Invalid(TAKES_PART, "personId", code=Code.NOT_UNIQUE)
    faults.raise_all()
    planned = await _plan_person(work, cycle, person_id)
    cycle.record_event("participant_added", reason=reason, person_id=person_id)
    joined = join(work.actor.tenant_id, id, planned, work.actor.today, reason)
    if known is None:
        work.write_records(added=[joined])
    else:
        joined.id = known.id
        work.write_records(changed=[joined])
    return joined


async def _plan_person(work: Work, cycle: ReviewCycle, person_id: UUID) -> PlannedParticipant:
    """Plan one person. Raises StateConflict where a conflict blocks it."""
    plan = await planning.plan_joining(work, cycle, person_id)
    blocking = [each for each in plan.blocking if each.person_id == person_id]
    if blocking:
        codes = ", ".join(sorted({each.code.name for each in blocking}))
        message = f"This person cannot join the cycle: {codes}. Solve that, and add them again."
        raise StateConflict(message)
    if not plan.participants:
        raise StateConflict("This person is not employed. Choose another person.")
    (planned,) = plan.participants
    return planned


async def remove_participant(
    work: Work,
    id: UUID,
    person_id: UUID,
    reason: Annotated[str, REASON],
    *,
    expected_version: int | None = None,
) -> ReviewCycle:
    """Take a person out of a running cycle. What was written stays.

    Raises what `Work.get` raises, and Invalid.
    """
    cycle = await work.get(
        ReviewCycle, id, to=ReviewCycle.REMOVE_PARTICIPANT, expected_version=expected_version
    )
    faults = FaultCollector()
    with faults.collect():
        reason = check_required(REASON, reason, "reason")
    with faults.collect():
        await work.reference(Person, person_id, "personId")
        known = await find_participant(work, id, person_id)
        if known is None or known.status is REMOVED:
            raise Invalid("This person does not take part.", "personId")
    faults.raise_all()
    assert known is not None, "Without a fault the person takes part."
    known.status, known.reason = REMOVED, reason
    cycle.record_event("participant_removed", reason=reason, person_id=person_id)
    work.write_records(changed=[known])
    return cycle


async def find_participant(work: Work, cycle_id: UUID, person_id: UUID) -> ReviewParticipant | None:
    """Return what is known of a person in a cycle; where a merge left two rows, the present one."""
    found = await work.find_records(ReviewParticipant, cycle_id=[cycle_id], person_id=[person_id])
    return min(found, key=lambda each: each.status is REMOVED, default=None)


async def find_groups(work: Work, cycle: ReviewCycle) -> Mapping[UUID, UUID | None]:
    """Return the group of each participant, without a statement where the cycle has none."""
    if not cycle.groups:
        return {}
    names = ("person_id", "group_id", "status")
    rows = await work.find_values(ReviewParticipant, names, cycle_id=[cycle.id])
    # A merged person may have two rows, of which the present one counts.
    rows = sorted(rows, key=lambda row: row[2] != ReviewParticipantStatus.REMOVED)
    return {row[0]: row[1] for row in rows}


async def advance_by_date(work: Work, cycle_id: str) -> None:
    """Begin the next phase of a cycle when the present one has ended everywhere."""
    id = UUID(cycle_id)
    cycle = await work.find(ReviewCycle, id=id)
    ends_at = cycle.find_phase_end() if cycle else None
    if cycle is None or ends_at is None:
        return
    if ends_at <= work.now:
        cycle.advance(at=work.now)
    else:
        for task in cycle.list_tasks():
            work.enqueue(task)


ADVANCING = TaskHandler(advance_by_date)
