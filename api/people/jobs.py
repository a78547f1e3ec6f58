"""Jobs: what a person works as, from a day on."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people.job import Job
from api.people.person import Person
from domain import people
from domain.kernel.unit_of_work import Work

UNIT = (
    "The unit from this day until the next change of the unit. It must exist on all these days."
    " Needs PEOPLE_MANAGE and EMPLOYMENT_MANAGE in the unit of today, and in each unit that the"
    " person leaves or joins. Null means no unit; then both must hold for the whole tenant."
)


@input_type(edits=Job)
class PersonChangeJobInput:
    """Input of `personChangeJob`.

    Facts that are left out go on as they are. Give at least one.
    """

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    organization_id: strawberry.Maybe[UUID | None] = input_field(UNIT, id_prefix="org")
    effective_on: date | None = input_field(
        "The first day of the new values, in the past or the future, within an employment. Default:"
        " today in the tenant's time zone."
    )
    expected_version: int | None = expected_version_field()


@mutation(Person, returns_part=Job)
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


@input_type(edits=Job)
class PersonCorrectJobInput:
    """Input of `personCorrectJob`.

    Facts that are left out stay as they are recorded. Give at least one, or `startsOn`.
    """

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    job_id: UUID = input_field("The job, as it is known now.", id_prefix="job")
    organization_id: strawberry.Maybe[UUID | None] = input_field(UNIT, id_prefix="org")
    starts_on: date | None = input_field(
        "The first day as it should be, within an employment. Default: the recorded one. The first"
        " job starts with the employment."
    )
    reason: Annotated[str, people.CORRECTION_REASON] = input_field("Why the record is corrected.")
    expected_version: int | None = expected_version_field()


@mutation(Person, returns_part=Job)
async def person_correct_job(work: Work, input: PersonCorrectJobInput) -> people.Job:
    """Correct facts that are recorded for the first day of a job, or move that day.

    The corrected job has a new `id`, and so have later jobs whose facts change with it. The audit
    log keeps both values and the reason, and `knownAt` reads what was known before.
    """
    return await people.correct_job(
        work,
        input.id,
        input.job_id,
        given_values(input, people.Job),
        input.reason,
        starts_on=input.starts_on,
        expected_version=input.expected_version,
    )


person_withdraw_job = verb(
    Person,
    people.Person.WITHDRAW_JOB,
    "Remove what is recorded for the first day of a job: a mistake, or a plan that was given up."
    " The facts of the day before go on.",
    use_case=people.withdraw_job,
    job_id=input_field(
        "The job, as it is known now. The first one is refused; correct it instead.",
        id_prefix="job",
    ),
    reason=input_field("Why the record is removed."),
)
