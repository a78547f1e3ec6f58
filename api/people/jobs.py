"""Jobs: what a person works as, from a day on."""

from datetime import date
from uuid import UUID

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
)
from api.kernel.schema.mutations import mutation
from api.people.job import Job
from api.people.person import Person
from domain import people
from domain.kernel.unit_of_work import Work


@input_type(edits=Job)
class PersonChangeJobInput:
    """Input of `personChangeJob`.

    Facts that are left out go on as they are. Give at least one.
    """

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    effective_on: date | None = input_field(
        "The first day of the new values, in the past or the future. Default: today in the tenant's"
        " time zone."
    )
    expected_version: int | None = expected_version_field()


@mutation(Person, makes=Job)
async def person_change_job(work: Work, input: PersonChangeJobInput) -> people.Job:
    """Change facts of a person's job from a day on.

    Each holds until the next day for which the same fact is recorded. What was recorded for a past
    day is not replaced.
    """
    return await people.change_job(
        work,
        input.id,
        given_values(input, people.Job),
        effective_on=input.effective_on,
        expected_version=input.expected_version,
    )
