"""Use cases of people that concern their reports, teams and accounts: leaving and coming back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from domain import members
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.identity import PersonId
from domain.kernel.leavers import build_following
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.members import Member
from domain.people import (
    EMPLOYMENT_DAYS,
    PLAN_LINES,
    REASON,
    Employment,
    LeavingKind,
    Person,
    ReportingLine,
    authorize_line,
    becomes_manager,
    check_units,
    ensure_unique_email,
    is_unit_closed,
)
from domain.self_appointment import REASON as SELF_APPOINTMENT_REASON
from domain.self_appointment import check_reason
from domain.teams import Membership, Team
from domain.tenants import load_tenant


@dataclass(frozen=True)
class Handover:
    """Who takes over the direct reports of a person who leaves, and from which day on.

    `why` is the reason of a self-appointment. Refusals name `field`.
    """

    person: Person
    successor_id: PersonId | None
    day: date
    why: str | None
    field: str = "successorId"


async def depart(  # noqa: PLR0913 - the fields of the input
    work: Work,
    id: UUID,
    *,
    left_on: date | None = None,
    reason: Annotated[str | None, REASON] = None,
    kind: LeavingKind | None = None,
    successor_id: UUID | None = None,
    self_appointment_reason: Annotated[str | None, SELF_APPOINTMENT_REASON] = None,
    expected_version: int | None = None,
) -> Person:
    """Record the departure of a person, or correct its day.

    The successor takes over the direct reports from the day after the last one. A correction
    without a successor keeps the earlier one.

    Raises what `Work.get` raises, Invalid, NotPermitted where the actor may not assign managers to
    the reports, or with SELF_APPOINTMENT would get rights over them, and StateConflict for the last
    tenant admin.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(Person, id, to=Person.DEPART, expected_version=expected_version)
    why = check_reason(self_appointment_reason)
    day, earlier = left_on or work.actor.today, person.latest_employment.successor_id
    successor = PersonId(successor_id) if successor_id else earlier
    await set_departure(
        work,
        Handover(person, successor, day, why),
        lambda: person.depart(day, reason, successor, kind),
    )
    return person


async def set_departure(work: Work, handover: Handover, record: Callable[[], object]) -> None:
    """Set the day of a departure with `record`, and move the handover of the reports to it.

    Raises what `depart` raises, without what `Work.get` raises.
    """
    person, earlier_successor_id = handover.person, handover.person.latest_employment.successor_id
    await members.ensure_admin_remains(work, person.id, after=date.max)
    await _check_successor(work, handover)
    unknown = await _hand_back(work, person)
    if person.has_left(work.actor.today) and handover.day > work.actor.today:
        await ensure_unique_email(work, person, person.work_email)
    earlier_day = person.left_on
    async with check_units(work, person, "lastDay"):
        record()
        if person.left_on != earlier_day:
            person.update_directory_fields(work.actor.today)
    tenant = await load_tenant(work)
    work.enqueue(build_following(person.id, tenant.begin_day(handover.day)))
    if handover.successor_id is not None:
        if handover.successor_id != earlier_successor_id:
            unknown = []  # nobody gives people whom they do not know of to somebody else
        await _hand_over(work, handover, handover.successor_id, unknown)


async def cancel_departure(work: Work, id: UUID, *, expected_version: int | None = None) -> Person:
    """Cancel a departure; what a successor took over goes back.

    Raises what `Work.get` raises, StateConflict, Invalid, and NotPermitted where the actor may not
    assign managers to the reports.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(
        Person, id, to=Person.CANCEL_DEPARTURE, expected_version=expected_version
    )
    await ensure_unique_email(work, person, person.work_email)
    await _hand_back(work, person)
    async with check_units(work, person):
        person.cancel_departure()
        person.update_directory_fields(work.actor.today)
    return person


async def rehire(
    work: Work,
    id: UUID,
    *,
    hired_on: date | None = None,
    expected_version: int | None = None,
) -> Employment:
    """Start a new employment of a person who has left, without anything of the earlier one.

    Managers, reports, memberships and roles end on the day of the departure. The job goes on, but
    not a unit that has an end.

    Raises what `Work.get` raises, StateConflict and Invalid.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(Person, id, to=Person.REHIRE, expected_version=expected_version)
    await ensure_unique_email(work, person, person.work_email)
    left_on, today = person.left_on, work.actor.today
    has_lost_unit = await is_unit_closed(work, person)
    employment = person.rehire(hired_on or today, today=today)
    if left_on is not None:
        await end_leftovers(work, person, left_on)
        if person.has_jobs_since(left_on):
            await work.flush()  # the entry of the return must not show planned jobs
            person.withdraw_planned_jobs(left_on, today=today, at=work.now)
    if has_lost_unit:
        person.leave_unit(employment.hired_on, today=today, at=work.now)
    return employment


async def withdraw_rehire(
    work: Work, id: UUID, reason: Annotated[str, REASON], *, expected_version: int | None = None
) -> Person:
    """Remove the latest employment of a person who was rehired, so that they have left as before.

    What the rehire has ended stays ended. Raises what `Work.get` raises, and StateConflict.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(Person, id, to=Person.REHIRE, expected_version=expected_version)
    person.withdraw_rehire(reason, today=work.actor.today, at=work.now)
    return person


async def _check_successor(work: Work, handover: Handover) -> None:
    field, id = handover.field, handover.successor_id
    successor = await work.reference(Person, id, field, reading=EMPLOYMENT_DAYS)
    if successor is None:
        return
    if successor.id == handover.person.id:
        raise Invalid("Nobody can be their own successor. Choose somebody else.", field)
    today = work.actor.today
    for day in dict.fromkeys((handover.day, max(handover.day, today))):
        if absence := successor.find_known_absence(day, field, "The successor", today=today):
            raise absence


async def _hand_over(
    work: Work, handover: Handover, successor_id: PersonId, unknown: Collection[Person]
) -> None:
    """Let the successor take over the direct reports, except for themselves.

    `unknown` are reports that the actor may not know of, from an earlier handover to the successor.
    """
    day, leaver_id = handover.day, PersonId(handover.person.id)
    above = await work.managers_between(successor_id, day, None)
    rises = await becomes_manager(work, successor_id, day, None, above)
    known = await _find_known_reports(work, leaver_id, day)
    for report in known:
        if report.id == successor_id:
            continue
        await _require_assignable(work, report)
        if rises:
            await authorize_line(work, report, day, None, handover.why, handover.field)
        if report.id in above:
            raise Invalid(
                "The successor is below one of the direct reports. Choose somebody else, or give"
                " the successor another manager first.",
                handover.field,
                code=Code.REFERENCE_CYCLE,
            )
        report.replace_manager(leaver_id, successor_id, day)
    for report in unknown:
        if report not in known and report.id not in above:
            report.replace_manager(leaver_id, successor_id, day)


async def _find_known_reports(work: Work, manager_id: PersonId, day: date) -> list[Person]:
    """Return the reports from that day on; for those whose plans the actor may not see, of today.

    So no refusal reveals a planned line. A line that is skipped ends with the departure.
    """
    reports = await _find_reports(work, manager_id, min(day, work.actor.today))
    return [each for each in reports if await _is_known_report(work, each, manager_id, day)]


async def _is_known_report(work: Work, report: Person, manager_id: PersonId, day: date) -> bool:
    """Return whether the actor may know that this person reports to a manager on that day."""
    today = work.actor.today
    if await work.is_permitted(report, to=PLAN_LINES):
        return report.has_line_to(manager_id, day)
    return report.has_line_to(manager_id, min(day, today), today) and await work.is_permitted(
        report, to=Action("see", Person.SEE)
    )


async def _hand_back(work: Work, person: Person) -> list[Person]:
    """Undo what a successor takes over with the recorded departure.

    Returns the reports that the actor may not know of. Their lines follow the departure without a
    permission of the actor, because a refusal would reveal their plans.
    """
    day, successor_id = person.left_on, person.latest_employment.successor_id
    unknown = list[Person]()
    if day is None or successor_id is None:
        return unknown
    id = PersonId(person.id)
    for report in await _find_reports(work, successor_id, day):
        if report.restore_manager(id, successor_id, day):
            if await _is_known_report(work, report, id, day - ONE_DAY):
                await _require_assignable(work, report)
            else:
                unknown.append(report)
    return unknown


async def _require_assignable(work: Work, report: Person) -> None:
    if not await work.is_permitted(report, to=Person.ASSIGN_MANAGER):
        raise NotPermitted(
            "You may not assign a manager to all reports of this person. Ask somebody who may."
        )


async def end_leftovers(work: Work, person: Person, left_on: date) -> None:
    """Store the end of what the departure ended with others: lines, memberships and roles."""
    id = PersonId(person.id)
    for report in await _find_reports(work, id, left_on):
        report.end_lines_to(id, left_on)
    for team in await work.find_with_part(Team, Membership, runs_on=left_on, person_id=id):
        team.end_memberships_of(id, left_on)
    member = await work.find(Member, person_id=id)
    if member is not None:
        member.revoke_all_roles()


async def _find_reports(work: Work, manager_id: UUID, day: date) -> list[Person]:
    """Return everybody with a line to this manager that runs on that day or later."""
    return await work.find_with_part(Person, ReportingLine, runs_on=day, manager_id=manager_id)
