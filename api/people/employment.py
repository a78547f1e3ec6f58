"""Employment: long absences, leaving, staying after all, and coming back."""

from datetime import date
from uuid import UUID

from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.people.person import Person
from domain import people
from domain.kernel.unit_of_work import Work


@input_type()
class PersonStartLeaveInput:
    """A long absence."""

    id: UUID = input_field("The person.", id_prefix="person")
    starts_on: date | None = input_field("The first day away; today unless said.")
    ends_on: date | None = input_field("The day of the return, where it is known.")
    reason: str | None = input_field("Why the person is away.")
    expected_version: int | None = expected_version_field()


@input_type()
class PersonReturnFromLeaveInput:
    """The end of a long absence."""

    id: UUID = input_field("The person.", id_prefix="person")
    returns_on: date | None = input_field("The day of the return; today unless said.")
    expected_version: int | None = expected_version_field()


@input_type()
class PersonDepartInput:
    """The end of somebody's employment."""

    id: UUID = input_field("The person.", id_prefix="person")
    left_on: date | None = input_field("The first day on which it is over; today unless said.")
    reason: str | None = input_field("Why the person leaves.")
    expected_version: int | None = expected_version_field()


@input_type()
class PersonCancelDepartureInput:
    """Somebody who stays after all."""

    id: UUID = input_field("The person.", id_prefix="person")
    expected_version: int | None = expected_version_field()


@input_type()
class PersonRehireInput:
    """Somebody who comes back."""

    id: UUID = input_field("The person.", id_prefix="person")
    hired_on: date | None = input_field("The first day; today unless said.")
    expected_version: int | None = expected_version_field()


@mutation(Person)
async def person_start_leave(work: Work, input: PersonStartLeaveInput) -> people.Person:
    """Record that somebody is away for long."""
    kind, version = people.Person, input.expected_version
    person = await work.get(kind, input.id, to=kind.START_LEAVE, expected_version=version)
    starts_on = input.starts_on or work.actor.today
    person.start_leave(starts_on, ends_on=input.ends_on, reason=input.reason)
    return person


@mutation(Person)
async def person_return_from_leave(work: Work, input: PersonReturnFromLeaveInput) -> people.Person:
    """Record that somebody is back; on a leave's first day this calls it off."""
    kind, version = people.Person, input.expected_version
    person = await work.get(kind, input.id, to=kind.RETURN_FROM_LEAVE, expected_version=version)
    person.return_from_leave(input.returns_on or work.actor.today)
    return person


@mutation(Person)
async def person_depart(work: Work, input: PersonDepartInput) -> people.Person:
    """Record that somebody leaves, or correct the day."""
    return await people.depart(
        work,
        input.id,
        left_on=input.left_on,
        reason=input.reason,
        expected_version=input.expected_version,
    )


@mutation(Person)
async def person_cancel_departure(work: Work, input: PersonCancelDepartureInput) -> people.Person:
    """Take back that somebody leaves."""
    return await people.cancel_departure(work, input.id, expected_version=input.expected_version)


@mutation(Person)
async def person_rehire(work: Work, input: PersonRehireInput) -> people.Person:
    """Take somebody on again who has left."""
    version = input.expected_version
    return await people.rehire(work, input.id, hired_on=input.hired_on, expected_version=version)
