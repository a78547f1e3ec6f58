"""Reporting: whom somebody reports to, from today or a later day on."""

from datetime import date
from uuid import UUID

from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.people.person import Person
from domain import people
from domain.kernel.unit_of_work import Work
from domain.people import LineKind


@input_type()
class PersonAssignManagerInput:
    """Whom somebody is to report to."""

    id: UUID = input_field("The person.", id_prefix="person")
    manager_id: UUID = input_field("The manager.", id_prefix="person")
    kind: LineKind | None = input_field("In which way; in the primary line unless said.")
    starts_on: date | None = input_field("The first day; today unless said.")
    expected_version: int | None = expected_version_field()


@input_type()
class PersonEndLineInput:
    """Whom somebody is to report to no longer."""

    id: UUID = input_field("The person.", id_prefix="person")
    line_id: UUID = input_field("The reporting line.", id_prefix="line")
    ends_on: date | None = input_field("The first day on which it is over; today unless said.")
    expected_version: int | None = expected_version_field()


@mutation(Person)
async def person_assign_manager(work: Work, input: PersonAssignManagerInput) -> people.Person:
    """Let somebody report to somebody else, from today or a later day on."""
    return await people.assign_manager(
        work,
        input.id,
        input.manager_id,
        kind=input.kind or LineKind.PRIMARY,
        starts_on=input.starts_on,
        expected_version=input.expected_version,
    )


@mutation(Person)
async def person_end_line(work: Work, input: PersonEndLineInput) -> people.Person:
    """Let somebody no longer report to a manager; nobody takes the manager's place."""
    version = input.expected_version
    return await people.end_reporting_line(
        work, input.id, input.line_id, ends_on=input.ends_on, expected_version=version
    )
