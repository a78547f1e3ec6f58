"""Use cases that correct the reporting lines and the leaves of a person."""

from dataclasses import replace
from datetime import date
from typing import Annotated, TypedDict, Unpack
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.identity import PersonId
from domain.kernel.periods import build_reversed_days
from domain.kernel.unit_of_work import Work
from domain.people.corrected_person import CORRECTION_REASON, check_correction_reason
from domain.people.employment import REASON, Leave
from domain.people.model import Person
from domain.people.reporting_lines import LineKind, ReportingLine
from domain.people.use_cases import EMPLOYMENT_DAYS, authorize_line, becomes_manager


class LineCorrection(TypedDict, total=False):
    """What a correction changes about a line. An attribute that is left out stays unchanged."""

    manager_id: UUID
    starts_on: date
    ends_on: date | None


class LeaveCorrection(TypedDict, total=False):
    """What a correction changes about a leave. An attribute that is left out stays unchanged."""

    starts_on: date
    ends_on: date | None
    leave_reason: str | None


async def begin_correction(
    work: Work, person_id: UUID, to: Action, reason: str, expected_version: int | None
) -> tuple[Person, str, FaultCollector]:
    """Load a person for a correction; return them, the trimmed reason and the faults so far."""
    person = await work.get(Person, person_id, to=to, expected_version=expected_version)
    faults = FaultCollector()
    with faults.collect():
        reason = check_correction_reason(reason)
    return person, reason, faults


async def add_past_line(  # noqa: PLR0913 - the fields of a line
    work: Work,
    person_id: UUID,
    manager_id: UUID,
    reason: Annotated[str, CORRECTION_REASON],
    *,
    kind: LineKind = LineKind.PRIMARY,
    starts_on: date,
    ends_on: date | None = None,
    expected_version: int | None = None,
) -> ReportingLine:
    """Add a reporting line that was not entered in time, by default until the next one starts.

    Raises what `Work.get` raises, Invalid, and NotPermitted with SELF_APPOINTMENT.
    """
    await work.lock_tree(Person.NAME)
    person, reason, faults = await begin_correction(
        work, person_id, Person.ADD_PAST_LINE, reason, expected_version
    )
    line = ReportingLine(
        tenant_id=person.tenant_id,
        person_id=person.id,
        manager_id=PersonId(manager_id),
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    if ends_on is None:
        line.ends_on = person.find_line_end(line)
    faults.faults += _find_faults_of_past_line(line, work.actor.today)
    same = person.find_same_line(line)
    return await _place_line(work, person, same or line, reason, faults)


async def correct_line(
    work: Work,
    person_id: UUID,
    line_id: UUID,
    reason: Annotated[str, CORRECTION_REASON],
    *,
    expected_version: int | None = None,
    **values: Unpack[LineCorrection],
) -> Person:
    """Correct the manager or the days of a reporting line. Other lines keep their other days.

    An end of None is the day on which the next line starts, or no end. Raises what `Work.get`
    raises, Invalid, and NotPermitted with SELF_APPOINTMENT.
    """
    await work.lock_tree(Person.NAME)
    person, reason, faults = await begin_correction(
        work, person_id, Person.CORRECT_LINE, reason, expected_version
    )
    old = person.get_line(line_id)
    line = replace(
        old,
        manager_id=PersonId(values.get("manager_id", old.manager_id)),
        starts_on=values.get("starts_on", old.starts_on),
        ends_on=values.get("ends_on", old.ends_on),
    )
    if "ends_on" in values and line.ends_on is None:
        line.ends_on = person.find_line_end(line)
    await _place_line(work, person, line, reason, faults)
    return person


async def correct_leave(
    work: Work,
    person_id: UUID,
    leave_id: UUID,
    reason: Annotated[str, CORRECTION_REASON],
    *,
    expected_version: int | None = None,
    **values: Unpack[LeaveCorrection],
) -> Person:
    """Correct the days or the reason of a leave. Raises what `Work.get` raises, and Invalid."""
    person, reason, faults = await begin_correction(
        work, person_id, Person.CORRECT_LEAVE, reason, expected_version
    )
    old = person.get_leave(leave_id)
    leave: Leave = replace(
        old,
        starts_on=values.get("starts_on", old.starts_on),
        ends_on=values.get("ends_on", old.ends_on),
    )
    with faults.collect():
        leave.reason = REASON.check(values.get("leave_reason", old.reason), "leaveReason")
    faults.faults += person.find_leave_faults(leave)
    faults.raise_all()
    person.correct_leave(leave, reason)
    return person


async def _place_line(
    work: Work, person: Person, line: ReportingLine, reason: str, faults: FaultCollector
) -> ReportingLine:
    """Check the manager of a line, and what the line confers; then let its days count."""
    manager = await work.reference(Person, line.manager_id, "managerId", reading=EMPLOYMENT_DAYS)
    faults.faults += person.find_line_faults(line)
    if manager is not None and not line.is_superseded:
        absence = manager.find_known_absence(
            line.starts_on, "startsOn", "This manager", today=work.actor.today
        )
        faults.faults += [absence] if absence else []
    faults.raise_all()
    if line.kind is LineKind.PRIMARY and not line.is_superseded:
        period = line.starts_on, line.ends_on
        managers = await work.managers_between(line.manager_id, *period)
        if await becomes_manager(work, line.manager_id, *period, managers):
            await authorize_line(work, person, *period, reason, "managerId")
        if person.id in managers:
            raise Invalid(
                "That manager reports to this person in that time. Correct the line of the manager"
                " first.",
                "managerId",
                code=Code.REFERENCE_CYCLE,
            )
    return person.place_line(line, reason, work.actor.today)


def _find_faults_of_past_line(line: ReportingLine, today: date) -> list[Invalid]:
    """Return why a line is no new line of the past. One without a day only cancels a line."""
    faults = []
    if line.starts_on > today:
        message = "This day is still to come. Use `personAssignManager` for it."
        faults.append(Invalid(message, "startsOn", code=Code.OUT_OF_RANGE))
    if line.ends_on is not None and line.is_superseded:
        faults.append(build_reversed_days(line.starts_on, line.ends_on))
    return faults
