"""Erasing people who have left: what names or describes them is removed, and the rest stays."""

from typing import Annotated
from uuid import UUID

from domain.bulk_operations import erase_exports
from domain.feedback import erase_about
from domain.feedback_programs import erase_programs
from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.fields import SingleLine
from domain.kernel.identity import PersonId
from domain.kernel.text import single_line
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import PendingReference
from domain.members import Member
from domain.people import ErasureReason, Person
from domain.reviews.calibration import erase_adjustments
from domain.reviews.fairness import erase_fairness
from domain.reviews.nominations.erasing import erase_nominations
from domain.reviews.writing.erasing import erase_reviews
from domain.sync_runs import erase_issues, forget_object

CONFIRMED_NAME = SingleLine("The name")


async def erase(
    work: Work,
    id: UUID,
    confirm_name: Annotated[str, CONFIRMED_NAME],
    reason: ErasureReason,
    *,
    expected_version: int | None = None,
) -> Person:
    """Erase the personal values of somebody who has left, in all tables and in the journal.

    Raises what `Work.get` raises, StateConflict for somebody who has not left, and Invalid where
    the name is not that of the person.
    """
    person = await work.get(Person, id, to=Person.ERASE, expected_version=expected_version)
    if not person.has_left(work.actor.today):
        raise StateConflict("This person has not left. Record the departure first.")
    if single_line("The name", confirm_name, "confirmName") != person.name:
        message = "This is not the person's name. Check that you erase the right person."
        raise Invalid(message, "confirmName")
    person = await work.reveal(Person, id)
    await erase_issues(work, person.references)
    await forget_object(work, id)
    person.erase(reason)
    member = await work.find(Member, person_id=PersonId(id))
    if member is not None:
        member.erase()
        await work.erase_history(Member, member.id)
    work.write_records(removed=await work.find_records(PendingReference, object_id=[id]))
    await erase_about(work, id)
    await erase_programs(work, id)
    await erase_reviews(work, id)
    await erase_adjustments(work, id)
    await erase_nominations(work, id)
    await erase_fairness(work, id)
    await erase_exports(work, id)
    await work.erase_history(Person, id)
    return person
