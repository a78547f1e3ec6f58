"""Erasing what nominations say about somebody: the reasons of decisions."""

from uuid import UUID

from domain.kernel.aggregate import set_attributes
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.reviews.nominations.model import ReviewNomination


async def erase_nominations(work: Work, id: UUID) -> None:
    """Remove the reasons about a person, whom somebody nominated or who was to be reviewed."""
    person_id = PersonId(id)
    about = await work.find_all(ReviewNomination, subject_id=[person_id])
    of_them = await work.find_all(ReviewNomination, nominee_id=[person_id])
    for each in {found.id: found for found in (*about, *of_them)}.values():
        if set_attributes(each, {"reason": None}):
            each.record_event("erased")
        await work.erase_history(ReviewNomination, each.id)
