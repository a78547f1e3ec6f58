"""Use cases of legal holds: placing one, and what one refuses."""

from typing import Annotated
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.erasure import erase_personal_values
from domain.kernel.errors import StateConflict
from domain.kernel.fields import check_required
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.legal_holds.model import ACTIVE, REASON, LegalHold
from domain.people import Person, RecordStatus

SEE = Action("see", LegalHold.SEE)


async def place(work: Work, person_id: UUID, reason: Annotated[str, REASON]) -> LegalHold:
    """Keep a person's data until the hold is released. Several holds may be in force.

    Raises NotPermitted, StateConflict for a person who is erased, and Invalid.
    """
    await _wait_for_others(work, person_id)
    person = await work.reference(Person, person_id, "personId")
    assert person is not None, "The id is given."
    hold = LegalHold(
        tenant_id=work.actor.tenant_id,
        person_id=PersonId(person.id),
        placed_on=work.actor.today,
        reason="",
    )
    await work.require(hold, to=LegalHold.CREATE)
    hold.reason = check_required(REASON, reason, "reason")
    hold.record_event("placed")
    await work.add(hold, to=LegalHold.CREATE)
    if person.record_status is RecordStatus.ERASED:
        raise StateConflict("This person is erased already. There is nothing to keep.")
    return hold


async def refuse_held(work: Work, person_id: UUID) -> None:
    """Raise StateConflict for a person whose data is held, with the reason for who may read it.

    No hold of the person is placed until the end of the transaction.
    """
    await _wait_for_others(work, person_id)
    holds = await work.find_all(LegalHold, person_id=[PersonId(person_id)], status=[ACTIVE])
    if not holds:
        return
    message = "This person's data may not be erased now. Ask somebody with `people:hold`."
    if await work.is_permitted(holds[0], to=SEE):
        hold = holds[0]
        message = (
            f"A legal hold of {hold.placed_on} keeps this person's data. Release it first with"
            f" `legalHoldRelease`. Its reason: {hold.reason}"
        )
    raise StateConflict(message)


async def _wait_for_others(work: Work, person_id: UUID) -> None:
    """Let holds and erasures of a person happen one after the other."""
    await work.lock_value(LegalHold.NAME, str(person_id))


async def erase_holds(work: Work, person_id: UUID) -> None:
    """Remove the reasons of the holds of a person, which are all released."""
    for hold in await work.find_all(LegalHold, person_id=[PersonId(person_id)]):
        erase_personal_values(hold, "Erased")
        hold.record_event("erased")
        await work.erase_history(LegalHold, hold.id)
