"""Erasing in which groups somebody is. Figures stay: they are about no single person."""

from uuid import UUID

from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.reviews.fairness.records import FairnessValue


async def erase_fairness(work: Work, id: UUID) -> None:
    """Remove all values about a person."""
    found = await work.find_records(FairnessValue, person_id=[PersonId(id)])
    work.write_records(removed=found)
