"""Mutations that hire people and edit their directory entries."""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Annotated
from uuid import UUID

from api.custom_fields import CustomValueInput, custom_values_input, read_given_values
from api.external_references import ExternalReferenceInput
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people.job import Job
from api.people.person import Person, PersonReference
from api.self_appointment import self_appointment_field
from domain import people
from domain.custom_fields import CustomObjectType, want_fields
from domain.kernel.external_references import (
    MAX_REFERENCES,
    add_external_reference,
)
from domain.kernel.unit_of_work import Work
from domain.kernel.wanted import Wanted
from domain.self_appointment import REASON


@input_type(creates=(Person, Job))
class PersonHireInput:
    """Input of `personHire`."""

    name: str | None = input_field("The name to show. Default: given name and family name.")
    employee_number: str | None = input_field("The employee number, unique in the tenant.")
    organization_id: UUID | None = input_field(
        "The unit from the first day. Default: none.", id_prefix="org"
    )
    manager_id: UUID | None = input_field(
        "The primary manager from the first day.", id_prefix="person"
    )
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()
    hired_on: date | None = input_field("The first day. Default: today in the tenant's time zone.")
    references: list[ExternalReferenceInput] | None = input_field(
        "The ids that other systems use for the person, one of each system, 20 at most.",
        max_items=MAX_REFERENCES,
        unique_by=attrgetter("source"),
    )
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields. Required ones that the viewer may write must be among them."
    )

    def list_wanted(self) -> Sequence[Wanted]:
        """Return the custom fields, which may be required."""
        return [want_fields(CustomObjectType.PERSON)]


@input_type(edits=Person)
class PersonEditInput:
    """Input of `personEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields to change. Others stay as they are."
    )
    expected_version: int | None = expected_version_field()

    def list_wanted(self) -> Sequence[Wanted]:
        """Return the custom fields, where values of them are given."""
        return [want_fields(CustomObjectType.PERSON)] if self.custom_values else []


@input_type()
class PersonAddExternalReferenceInput:
    """Input of `personAddExternalReference`."""

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    reference: ExternalReferenceInput = input_field("The other system, and its id for the person.")
    expected_version: int | None = expected_version_field()


@mutation(Person)
async def person_hire(work: Work, input: PersonHireInput) -> people.Person:
    """Hire a person: create the directory entry and the first employment."""
    return await people.hire(
        work,
        hired_on=input.hired_on,
        employee_number=input.employee_number,
        manager_id=input.manager_id,
        self_appointment_reason=input.self_appointment_reason,
        references=[(each.source, each.id) for each in input.references or ()],
        custom_values=read_given_values(input.custom_values),
        **given_values(input, people.Person),
        **given_values(input, people.Job),
    )


@mutation(Person)
async def person_edit(work: Work, input: PersonEditInput) -> people.Person:
    """Edit a person's directory entry."""
    return await people.edit(
        work,
        input.id,
        custom_values=read_given_values(input.custom_values),
        expected_version=input.expected_version,
        **given_values(input, people.Person),
    )


person_change_employee_number = verb(
    Person,
    people.Person.CHANGE_EMPLOYEE_NUMBER,
    "Change or remove a person's employee number.",
    use_case=people.change_employee_number,
    employee_number=input_field(
        "The new number, unique in the tenant. Null removes it. The field must be present, also"
        " when it is null."
    ),
)


@mutation(Person, returns_part=PersonReference)
async def person_add_external_reference(
    work: Work, input: PersonAddExternalReferenceInput
) -> people.PersonReference:
    """Set the id that another system uses for a person. It replaces that system's earlier id."""
    kind, reference, version = people.Person, input.reference, input.expected_version
    return await add_external_reference(
        work, kind, input.id, reference.source, reference.id, expected_version=version
    )


person_remove_external_reference = verb(
    Person,
    people.Person.REMOVE_EXTERNAL_REFERENCE,
    "Remove the id that another system uses for a person. Without one nothing changes.",
    source=input_field("The other system."),
)
