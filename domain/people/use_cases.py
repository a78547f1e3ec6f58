"""Use cases of people: changes that need other people, units or members beside the person."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from domain import custom_fields, members, organizations
from domain.custom_fields import GivenValue
from domain.kernel.access import Manages
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.external_references import ensure_unique_reference
from domain.kernel.faults import raise_faults
from domain.kernel.fields import check_fields
from domain.kernel.guarded_values import NoneOrAfter
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.periods import Period
from domain.kernel.permissions import Population
from domain.kernel.text import fold_email
from domain.kernel.unique_claims import UniqueClaim, UniqueField
from domain.kernel.uniqueness import ensure_unique
from domain.kernel.unit_of_work import Work
from domain.members import Member
from domain.organizations import Organization
from domain.people import policy
from domain.people.corrected_person import CORRECTION_REASON
from domain.people.employment import PersonReference
from domain.people.jobs import Facts, Job
from domain.people.model import EMPLOYEE_NUMBER, Person
from domain.people.placements import UNIT_FIELD, authorize_unit, check_units, find_unit_faults
from domain.people.reporting_lines import LineKind, ReportingLine
from domain.self_appointment import REASON as SELF_APPOINTMENT_REASON
from domain.self_appointment import authorize, check_reason, hold_all, list_permissions

PLAN_LINES = Action("plan_lines", policy.SEE_PLANNED)
"""Knowing of planned reporting lines. A refusal must not depend on those of other people."""

EMPLOYMENT_DAYS = ("left_on", "hired_on", "employments")
"""What tells whether somebody works here on a day."""

UNIQUE_FIELDS = {
    "work_email": UniqueField(
        Person,
        "work_email",
        "person",
        "work e-mail",
        "workEmail",
        free_from="left_on",
        is_locked=True,
        is_held=lambda person, today: not person.has_left(today),
    ),
    "employee_number": UniqueField(
        Person, "employee_number", "person", "employee number", "employeeNumber"
    ),
}


async def hire(
    work: Work,
    *,
    hired_on: date | None = None,
    employee_number: str | None = None,
    manager_id: UUID | None = None,
    self_appointment_reason: str | None = None,
    references: Collection[tuple[str, str]] = (),
    custom_values: Sequence[GivenValue] | None = None,
    **details: Any,
) -> Person:
    """Create a person, with a manager from the first day if `manager_id` is given.

    Without `custom_values` no custom field is required.
    Raises Invalid (NOT_UNIQUE for an e-mail address or number in use) and NotPermitted.
    """
    unit = await organizations.reference_place(work, details.get("organization_id"), UNIT_FIELD)
    await _require_place(work, unit)
    first_day = hired_on or work.actor.today
    if unit is not None:
        raise_faults(find_unit_faults(unit, Period(first_day), UNIT_FIELD))
    person = Person.hire(
        work.actor.tenant_id,
        hired_on=first_day,
        employee_number=employee_number,
        **details,
    )
    if custom_values is not None:
        await custom_fields.set_first_values(work, person, custom_values)
    if manager_id is not None:
        await work.lock_tree(Person.NAME)
    await ensure_unique_email(work, person, person.work_email)
    await _ensure_unique(work, person, "employee_number", person.employee_number)
    await _add_references(work, person, references)
    reason = check_reason(self_appointment_reason)
    if manager_id is not None:
        starts_on = person.hired_on
        await _assign_manager(work, person, manager_id, LineKind.PRIMARY, starts_on, reason=reason)
    await work.add(person, to=Person.HIRE)
    return person


async def _add_references(
    work: Work, person: Person, references: Collection[tuple[str, str]]
) -> None:
    if len(dict(references)) != len(references):
        message = "Two references have the same source. Name each system once."
        raise Invalid(message, "references", code=Code.NOT_UNIQUE)
    for index, (source, external_id) in enumerate(references):
        field_path = ("references", index)
        await ensure_unique_reference(work, PersonReference, (), source, external_id, *field_path)
        person.add_external_reference(source, external_id, *field_path)


async def edit(
    work: Work,
    id: UUID,
    *,
    custom_values: Sequence[GivenValue] = (),
    expected_version: int | None = None,
    **details: Any,
) -> Person:
    """Change the directory entry of a person. Raises what `Work.get` raises, and Invalid."""
    person = await work.get(Person, id, to=Person.EDIT, expected_version=expected_version)
    if "work_email" in details and not person.has_left(work.actor.today):
        address = check_fields(Person, {"work_email": details["work_email"]})["work_email"]
        await ensure_unique_email(work, person, address)
    details |= await custom_fields.resolve(work, person, custom_values, is_new=False)
    person.edit(**details)
    return person


async def change_job(
    work: Work,
    id: UUID,
    facts: Facts,
    *,
    effective_on: date | None = None,
    expected_version: int | None = None,
) -> Job:
    """Change facts of a person's job from a day on, by default from today.

    Raises what `Work.get` raises, Invalid, and NotPermitted where the actor may not place people in
    a unit that changes.
    """
    person = await work.get(Person, id, to=Person.CHANGE_JOB, expected_version=expected_version)
    await authorize_unit(work, person, facts)
    today, at = work.actor.today, work.now
    async with check_units(work, person, _name_unit_field(facts, "effectiveOn")):
        return person.change_job(effective_on or today, facts, today=today, at=at)


async def correct_job(
    work: Work,
    id: UUID,
    job_id: UUID,
    facts: Facts,
    reason: str,
    *,
    starts_on: date | None = None,
    expected_version: int | None = None,
) -> Job:
    """Correct what is recorded of a person's job. Raises what `change_job` raises."""
    person = await work.get(Person, id, to=Person.CORRECT_JOB, expected_version=expected_version)
    await authorize_unit(work, person, facts)
    today, at = work.actor.today, work.now
    async with check_units(work, person, _name_unit_field(facts, "startsOn")):
        return person.correct_job(job_id, facts, reason, starts_on=starts_on, today=today, at=at)


async def withdraw_job(
    work: Work,
    id: UUID,
    job_id: UUID,
    reason: Annotated[str, CORRECTION_REASON],
    *,
    expected_version: int | None = None,
) -> Person:
    """Remove what is recorded for the first day of a job. Raises what `change_job` raises."""
    person = await work.get(Person, id, to=Person.WITHDRAW_JOB, expected_version=expected_version)
    async with check_units(work, person, "jobId"):
        person.withdraw_job(job_id, reason, today=work.actor.today, at=work.now)
    return person


async def restore_job_facts(
    work: Work, id: UUID, day: date, facts: Facts, reason: Annotated[str, CORRECTION_REASON]
) -> Person:
    """Let facts that were recorded for a day have earlier values, to undo the recording.

    Raises what `change_job` raises.
    """
    person = await work.get(Person, id, to=Person.CHANGE_JOB)
    await authorize_unit(work, person, facts)
    async with check_units(work, person, _name_unit_field(facts, "effectiveOn")):
        person.restore_job_facts(day, facts, reason, today=work.actor.today, at=work.now)
    return person


def _name_unit_field(facts: Facts, other: str) -> str:
    return UNIT_FIELD if "organization_id" in facts else other


async def change_employee_number(
    work: Work,
    id: UUID,
    employee_number: Annotated[str | None, EMPLOYEE_NUMBER],
    *,
    expected_version: int | None = None,
) -> Person:
    """Change the employee number of a person. Raises what `Work.get` raises, and Invalid."""
    person = await work.get(
        Person, id, to=Person.CHANGE_EMPLOYEE_NUMBER, expected_version=expected_version
    )
    values = check_fields(Person, {"employee_number": employee_number})
    await _ensure_unique(work, person, "employee_number", values["employee_number"])
    person.change_employee_number(employee_number)
    return person


async def create_member(work: Work, person_id: UUID, subject: str) -> Member:
    """Create an account for a person who has not left.

    Raises what `members.create` raises, and Invalid.
    """
    person = await work.reference(Person, person_id, "personId")
    member = await members.create(work, person_id=PersonId(person_id), subject=subject)
    if person is not None and person.has_left(work.actor.today):
        raise Invalid("This person has left. Rehire them first.", "personId")
    return member


async def assign_manager(
    work: Work,
    person_id: UUID,
    manager_id: UUID,
    *,
    kind: LineKind = LineKind.PRIMARY,
    starts_on: date | None = None,
    self_appointment_reason: Annotated[str | None, SELF_APPOINTMENT_REASON] = None,
    expected_version: int | None = None,
) -> ReportingLine:
    """Assign a manager to a person, from today or a later day; return the line.

    Raises what `Work.get` raises, and Invalid if the manager does not work here on the first day.
    The code is REFERENCE_CYCLE if the manager reports to the person on some day of the new line.
    Raises NotPermitted with SELF_APPOINTMENT if the actor would get rights over the person by it.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(
        Person, person_id, to=Person.ASSIGN_MANAGER, expected_version=expected_version
    )
    starts_on, reason = starts_on or work.actor.today, check_reason(self_appointment_reason)
    return await _assign_manager(work, person, manager_id, kind, starts_on, reason=reason)


async def assign_first_manager(work: Work, person_id: UUID, manager_id: UUID) -> ReportingLine:
    """Assign a manager from the first day on which both work here, as far as is known.

    Raises what `assign_manager` raises.
    """
    await work.lock_tree(Person.NAME)
    person = await work.get(Person, person_id, to=Person.ASSIGN_MANAGER)
    return await _assign_manager(work, person, manager_id, LineKind.PRIMARY, None, reason=None)


async def end_reporting_line(
    work: Work,
    person_id: UUID,
    line_id: UUID,
    *,
    ends_on: date | None = None,
    expected_version: int | None = None,
) -> Person:
    """End a reporting line without a new manager. Raises what `Work.get` raises, and Invalid."""
    await work.lock_tree(Person.NAME)
    person = await work.get(
        Person, person_id, to=Person.END_REPORTING_LINE, expected_version=expected_version
    )
    today = work.actor.today
    person.end_reporting_line(line_id, ends_on=ends_on or today, today=today)
    return person


async def _assign_manager(
    work: Work,
    person: Person,
    manager_id: UUID,
    kind: LineKind,
    starts_on: date | None,
    *,
    reason: str | None,
) -> ReportingLine:
    """Assign a manager; without a first day, from that on which both work here."""
    manager = await work.reference(Person, manager_id, "managerId", reading=EMPLOYMENT_DAYS)
    if starts_on is None:
        starts_on = person.hired_on
        if manager is not None and manager.employments:
            starts_on = max(starts_on, manager.hired_on)
    new_manager_id, today = PersonId(manager_id), work.actor.today
    line = person.plan_reporting_line(new_manager_id, kind=kind, starts_on=starts_on, today=today)
    if manager is not None and (
        absence := manager.find_known_absence(starts_on, "managerId", "This manager", today=today)
    ):
        raise absence
    if kind is LineKind.PRIMARY:
        managers = await work.managers_between(manager_id, line.starts_on, line.ends_on)
        period = line.starts_on, line.ends_on
        if await becomes_manager(work, manager_id, *period, managers):
            await authorize_line(work, person, *period, reason, "managerId")
        if person.id in managers:
            raise Invalid(
                "That manager reports to this person in that time. Move the manager first.",
                "managerId",
                code=Code.REFERENCE_CYCLE,
            )
    return person.add_reporting_line(line)


async def becomes_manager(
    work: Work, manager_id: UUID, since: date, until: date | None, managers: Collection[UUID]
) -> bool:
    """Return whether a line to this manager puts the actor above the person, as far as known.

    `managers` are all above the manager in that time, also by plans that the actor may not know.
    """
    actor = work.actor
    if actor.person_id is None or not (actor.has_reports or actor.person_id in managers):
        return actor.person_id == manager_id
    return actor.person_id == manager_id or await work.is_known_above(
        manager_id, since, until, planning=PLAN_LINES
    )


async def authorize_line(
    work: Work, person: Person, since: date, until: date | None, reason: str | None, *field: str
) -> None:
    """Refuse a line that puts the actor above people without rights of the actor over them.

    `reason` is a result of `check_reason`. Raises NotPermitted with SELF_APPOINTMENT, and Invalid.
    """
    permissions = list_permissions(work.actor, Population.REPORTING_CHAIN)
    held = policy.MANAGER_RIGHTS & hold_all(permissions, policy.OWNER_ATTRIBUTES)
    to = Action("manage", Manages("id") | held)
    if not (
        await work.is_permitted(person, to=to)
        and await work.is_permitted_below(person.id, since, until, to=to, planning=PLAN_LINES)
    ):
        await authorize(work, person, reason, *field)


async def _require_place(work: Work, unit: Organization | None) -> None:
    """Raise NotPermitted where the actor may not hire people into this unit."""
    newcomer = Person(
        tenant_id=work.actor.tenant_id,
        given_name="",
        name="",
        organization_id=OrganizationId(unit.id) if unit else None,
        hired_on=work.actor.today,
    )
    await work.require(newcomer, to=Person.HIRE)


async def ensure_unique_email(work: Work, person: Person, address: str | None) -> None:
    """Raise Invalid where somebody who has not left has the address.

    A planned departure does not make it free, because not everyone who edits people may know of it.
    The lock of the address is held until the end, so that no two people get it at the same time.
    """
    if address is None:
        return
    today = work.actor.today
    await work.lock_value("work_email", fold_email(address))
    await _ensure_unique(work, person, "work_email", address, left_on=NoneOrAfter(today))


async def _ensure_unique(
    work: Work, person: Person, attribute: str, value: str | None, **conditions: NoneOrAfter
) -> None:
    if value is not None:
        await ensure_unique(
            work, UniqueClaim(UNIQUE_FIELDS[attribute], person, value), **conditions
        )
