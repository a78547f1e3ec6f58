"""Use cases of those who nominate: the reviewed person, the manager who decides, and HR.

What the reviewed person reads follows from their own proposals alone. So a proposal of theirs
succeeds whatever others have nominated or decided, and never says what becomes of it.
"""

from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, LimitExceeded, StateConflict
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.hr import find_officer
from domain.reviews.nominations import policy
from domain.reviews.nominations.deciding import (
    HAS_SUBMITTED,
    cancel_form,
    load_cycle,
    lock_packet,
    open_form,
)
from domain.reviews.nominations.following import find_round_status
from domain.reviews.nominations.model import (
    APPROVED,
    DECLINED,
    EXPIRED,
    PROPOSED,
    REJECTED,
    REPLACED,
    WITHDRAWN,
    ReviewNomination,
)
from domain.reviews.nominations.nominees import find_public_obstacle
from domain.reviews.nominations.rounds import PROPOSING, ReviewNominationRound
from domain.reviews.nominations.rules import ReviewNominationApprover
from domain.reviews.packets import ReviewPacket

DECIDE = Action("decide", policy.DECIDE)
PROPOSING_IS_OVER = "The phase in which you propose has ended. Your manager chooses now."
NOMINATED = "This person is nominated already. Choose another person."
WAS_REJECTED = "This person was nominated and rejected. Choose another person."
HAS_DECLINED = "This person has declined to write. Choose another person."
NOT_REPLACEABLE = "Only a nominee of this round who has to write, or has declined, is replaced."


ORDER = (APPROVED, PROPOSED, DECLINED, REJECTED, WITHDRAWN, REPLACED, EXPIRED)
"""The statuses of nominations of the same person, the one that counts most first."""


async def nominate(
    work: Work,
    id: UUID,
    person_id: UUID,
    replaces_id: UUID | None = None,
    *,
    expected_version: int | None = None,
) -> ReviewNominationRound:
    """Nominate a person to write; who may approve does so at once.

    Raises what `Work.get` raises, Invalid, StateConflict and LimitExceeded.
    """
    current = await work.get(
        *(ReviewNominationRound, id),
        to=ReviewNominationRound.NOMINATE,
        expected_version=expected_version,
    )
    person = await work.reference(Person, person_id, "personId")
    assert person is not None, "The input has a person."
    replaced = await work.reference(ReviewNomination, replaces_id, "replacesId")
    cycle = await load_cycle(work, current.cycle_id)
    packet = await lock_packet(work, current.packet_id)
    if work.actor.person_id == current.subject_id:
        await _propose(work, cycle, current, packet, person)
    else:
        await _choose(work, cycle, current, packet, person, replaced)
    return current


async def withdraw(
    work: Work, id: UUID, person_id: UUID, *, expected_version: int | None = None
) -> ReviewNominationRound:
    """Take an own proposal back. It changes nothing that was decided. Raises as `nominate`."""
    current = await work.get(
        *(ReviewNominationRound, id),
        to=ReviewNominationRound.WITHDRAW_NOMINATION,
        expected_version=expected_version,
    )
    await work.reference(Person, person_id, "personId")
    current.withdraw(person_id)
    await lock_packet(work, current.packet_id)
    found = await _find(work, current, person_id)
    if found is not None and found.proposer_id == current.subject_id:
        found.withdraw()
    return current


async def _propose(
    work: Work,
    cycle: ReviewCycle,
    current: ReviewNominationRound,
    packet: ReviewPacket,
    person: Person,
) -> None:
    """Record a proposal of the reviewed person. Raises Invalid, StateConflict, LimitExceeded."""
    if (current.status, find_round_status(cycle)) != (PROPOSING, PROPOSING):
        raise StateConflict(PROPOSING_IS_OVER)
    if (message := await find_public_obstacle(work, cycle, current, person)) is not None:
        raise Invalid(message, "personId")
    current.propose(person.id)
    found = await _find(work, current, person.id)
    if found is None:
        found = await _build(work, current, packet, person.id)
        await work.add(found, to=ReviewNomination.PROPOSE)
    elif found.status is WITHDRAWN:
        found.propose_again(current.subject_id)
    if found.status is PROPOSED and current.approver is ReviewNominationApprover.NOBODY:
        # A refusal would tell what others have nominated. Then the manager decides.
        await open_form(work, cycle, current, packet, found, None)


async def _choose(
    work: Work,
    cycle: ReviewCycle,
    current: ReviewNominationRound,
    packet: ReviewPacket,
    person: Person,
    replaced: ReviewNomination | None,
) -> None:
    """Nominate as somebody who sees all nominations. Raises Invalid and LimitExceeded."""
    nomination = await _build(work, current, packet, person.id)
    can_decide = await work.is_permitted(nomination, to=DECIDE)
    found = await _find(work, current, person.id)
    _check_chosen(found, can_decide=can_decide)
    if replaced is not None:
        await _replace(work, current, replaced)
    if found is None or found.status in (REPLACED, EXPIRED):
        await work.add(nomination, to=ReviewNomination.PROPOSE)
    else:
        nomination = found
    if nomination.status is WITHDRAWN:
        nomination.propose_again(work.actor.person_id)
    nomination.replaces_id = replaced.id if replaced else nomination.replaces_id
    if can_decide:
        refusal = await open_form(work, cycle, current, packet, nomination, work.actor.person_id)
        if refusal is not None:
            kind = LimitExceeded if isinstance(refusal, LimitExceeded) else Invalid
            raise kind(str(refusal), "personId")
    elif (message := await find_public_obstacle(work, cycle, current, person)) is not None:
        raise Invalid(message, "personId")
    current.count_choice()


def _check_chosen(found: ReviewNomination | None, *, can_decide: bool) -> None:
    """Raise Invalid for a person whom somebody has nominated, or who has declined."""
    status = found.status if found else None
    if status in (PROPOSED, APPROVED):
        raise Invalid(NOMINATED, "personId", code=Code.NOT_UNIQUE)
    if status is DECLINED:
        raise Invalid(HAS_DECLINED, "personId")
    if status is REJECTED and not can_decide:
        raise Invalid(WAS_REJECTED, "personId")


async def _replace(work: Work, current: ReviewNominationRound, replaced: ReviewNomination) -> None:
    """Let somebody else write instead of a nominee. Raises Invalid and StateConflict."""
    await work.require(replaced, to=DECIDE)
    (nomination,) = await work.load_all(ReviewNomination, [replaced.id], locks=True)
    if nomination.round_id != current.id or nomination.status not in (APPROVED, DECLINED):
        raise Invalid(NOT_REPLACEABLE, "replacesId")
    try:
        await cancel_form(work, nomination)
    except StateConflict:
        raise Invalid(HAS_SUBMITTED, "replacesId") from None
    nomination.replace()


async def _find(
    work: Work, current: ReviewNominationRound, person_id: UUID
) -> ReviewNomination | None:
    """Return the nomination of a person, preferably one that counts. A merge may leave several."""
    found = await work.find_all(ReviewNomination, round_id=[current.id], nominee_id=[person_id])
    return min(found, key=lambda each: (ORDER.index(each.status), each.id), default=None)


async def _build(
    work: Work, current: ReviewNominationRound, packet: ReviewPacket, person_id: UUID
) -> ReviewNomination:
    """Return a nomination of the actor, which is not stored yet."""
    nomination = ReviewNomination(
        tenant_id=current.tenant_id,
        round_id=current.id,
        packet_id=packet.id,
        subject_id=packet.subject_id,
        manager_id=packet.manager_id,
        direction=current.direction,
        approver=current.approver,
        nominee_id=PersonId(person_id),
        proposer_id=work.actor.person_id,
        decide_by=current.nominate_by,
        due_on=current.due_on,
    )
    nomination.record_event("proposed", person_id=person_id)
    if current.approver is ReviewNominationApprover.HR:
        nomination.asked_id = await find_officer(work, nomination, to=DECIDE)
    return nomination
