"""Which HR officer is asked to do something about a person: one who may, and who is at work."""

from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import EmploymentStatus, Person

FIND_OFFICERS = "reviews.find_officers"
"""The declared statement that finds people whose role lets them manage reviews.

Those whose population is a part of the tenant come first, and at most ten are found.
"""


async def find_officer(work: Work, subject: object, *, to: Action) -> PersonId | None:
    """Return somebody whom the action is permitted for such an object; None without anybody.

    Who is on leave today is asked only where nobody else may do it.
    """
    absent: PersonId | None = None
    for (person_id,) in await work.run_statement(FIND_OFFICERS):
        if not await work.is_permitted_to(person_id, subject, to=to):
            continue
        if await _is_at_work(work, person_id):
            return PersonId(person_id)
        absent = absent or PersonId(person_id)
    return absent


async def _is_at_work(work: Work, person_id: UUID) -> bool:
    person = await work.find(Person, id=person_id)
    return (
        person is not None
        and person.get_employment_status(work.actor.today) is EmploymentStatus.EMPLOYED
    )
