"""Erasing what calibrations say about somebody."""

from uuid import UUID

from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.reviews.calibration.subjects import CalibrationAdjustment, CalibrationSubject


async def erase_adjustments(work: Work, id: UUID) -> None:
    """Remove the reasons of changes about a person. Levels stay, because figures need them."""
    for row in await work.find_all(CalibrationSubject, person_id=[PersonId(id)]):
        row.record_event("erased")
        await work.erase_history(CalibrationSubject, row.id)
    found = await work.find_records(CalibrationAdjustment, person_id=[PersonId(id)])
    for each in found:
        each.reason = None
    work.write_records(changed=found)
