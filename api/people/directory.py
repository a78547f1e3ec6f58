"""Mutations that hire people and edit their directory entries."""

from datetime import date
from typing import cast
from uuid import UUID

import strawberry

from api.external_references import ExternalReferenceInput
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people.person import Person
from domain import people
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import OrganizationId
from domain.kernel.unit_of_work import Work
from domain.people import PersonDetails


@input_type()
class PersonHireInput:
    """Input of `personHire`."""

    given_name: str = input_field("The given name.")
    family_name: str | None = input_field("The family name. Leave it out for people with one name.")
    name: str | None = input_field("The name to show. Default: given name and family name.")
    work_email: str | None = input_field(
        "The work e-mail address. No other employed person may have it."
    )
    employee_number: str | None = input_field("The employee number, unique in the tenant.")
    job_title: str | None = input_field("The job title.")
    level: str | None = input_field("The job level or grade.")
    location: str | None = input_field("The place of work.")
    time_zone: str | None = input_field("The IANA time zone, such as `Europe/Berlin`.")
    organization_id: UUID | None = input_field("The unit the person belongs to.", id_prefix="org")
    manager_id: UUID | None = input_field(
        "The primary manager from the first day.", id_prefix="person"
    )
    hired_on: date | None = input_field("The first day. Default: today in the tenant's time zone.")
    references: list[ExternalReferenceInput] | None = input_field(
        "The ids that other systems use for the person, 20 at most."
    )


@input_type()
class PersonEditInput:
    """Input of `personEdit`. Fields that are left out stay unchanged."""

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    given_name: strawberry.Maybe[str] = input_field("The given name.")
    family_name: strawberry.Maybe[str | None] = input_field("The family name. Null removes it.")
    name: strawberry.Maybe[str] = input_field("The name to show.")
    work_email: strawberry.Maybe[str | None] = input_field(
        "The work e-mail address. Null removes it."
    )
    job_title: strawberry.Maybe[str | None] = input_field("The job title. Null removes it.")
    level: strawberry.Maybe[str | None] = input_field("The job level or grade. Null removes it.")
    location: strawberry.Maybe[str | None] = input_field("The place of work. Null removes it.")
    time_zone: strawberry.Maybe[str | None] = input_field(
        "The IANA time zone, such as `Europe/Berlin`. Null means the tenant's."
    )
    organization_id: strawberry.Maybe[UUID | None] = input_field(
        "The unit the person belongs to. Null removes the person from any unit.", id_prefix="org"
    )
    expected_version: int | None = expected_version_field()


@input_type()
class PersonAddExternalReferenceInput:
    """Input of `personAddExternalReference`."""

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    reference: ExternalReferenceInput = input_field("The other system, and its id for the person.")
    expected_version: int | None = expected_version_field()


@mutation(Person)
async def person_hire(work: Work, input: PersonHireInput) -> people.Person:
    """Hire a person: create the directory entry and the first employment."""
    unit = input.organization_id
    details: PersonDetails = {
        "given_name": input.given_name,
        "family_name": input.family_name or "",
        "work_email": input.work_email,
        "job_title": input.job_title,
        "level": input.level,
        "location": input.location,
        "time_zone": input.time_zone,
        "organization_id": OrganizationId(unit) if unit else None,
    }
    if input.name is not None:
        details["name"] = input.name
    return await people.hire(
        work,
        hired_on=input.hired_on,
        employee_number=input.employee_number,
        manager_id=input.manager_id,
        references=_map_by_source(input.references or []),
        **details,
    )


@mutation(Person)
async def person_edit(work: Work, input: PersonEditInput) -> people.Person:
    """Edit a person's directory entry."""
    details = provided_fields(
        input,
        "given_name",
        "family_name",
        "name",
        "work_email",
        "job_title",
        "level",
        "location",
        "time_zone",
        "organization_id",
    )
    version = input.expected_version
    person_details = cast("PersonDetails", details)
    return await people.edit(work, input.id, expected_version=version, **person_details)


person_change_employee_number = verb(
    Person,
    people.Person.CHANGE_EMPLOYEE_NUMBER,
    "Change or remove a person's employee number.",
    use_case=people.change_employee_number,
    employee_number=input_field("The new number, unique in the tenant. Null removes it."),
)


@mutation(Person)
async def person_add_external_reference(
    work: Work, input: PersonAddExternalReferenceInput
) -> people.Person:
    """Set the id that another system uses for a person. It replaces that system's earlier id."""
    reference, version = input.reference, input.expected_version
    return await people.add_external_reference(
        work, input.id, reference.source, reference.id, expected_version=version
    )


person_remove_external_reference = verb(
    Person,
    people.Person.REMOVE_EXTERNAL_REFERENCE,
    "Remove the id that another system uses for a person. Without one nothing changes.",
    source=input_field("The other system."),
)


def _map_by_source(references: list[ExternalReferenceInput]) -> dict[str, str]:
    by_source = {each.source: each.id for each in references}
    if len(by_source) != len(references):
        message = "Two references have the same source. Name each system once."
        raise Invalid(message, "references", code=Code.NOT_UNIQUE)
    return by_source
