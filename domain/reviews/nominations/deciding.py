"""Use cases of those who decide on a nomination, and of the nominee who declines."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import LimitExceeded, Refusal, StateConflict
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.cycles.launching import find_groups, find_participant
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations.following import find_round_status
from domain.reviews.nominations.model import (
    APPROVED,
    REASON,
    ReviewNomination,
)
from domain.reviews.nominations.nominees import NO_ROOM, find_obstacle, has_room
from domain.reviews.nominations.rounds import CLOSED, ReviewNominationRound
from domain.reviews.packets import UNSHARED, ReviewPacket
from domain.reviews.writing import Review, ReviewOrder
from domain.reviews.writing.model import REASON as FORM_REASON
from domain.reviews.writing.model import SUBMITTED
from domain.reviews.writing.opening import build_review

IS_OVER = "The phase in which these reviews are written has ended. Nobody is nominated any more."
IS_CLOSED = "The review of this person is closed. Nobody is nominated any more."
HAS_SUBMITTED = "The nominee has submitted the review, so it stays."


async def load_cycle(work: Work, cycle_id: UUID) -> ReviewCycle:
    """Return the cycle of a round. Raises StateConflict when nobody is nominated any more."""
    cycle = await work.find(ReviewCycle, id=cycle_id)
    if cycle is None or find_round_status(cycle) is CLOSED:
        raise StateConflict(IS_OVER)
    return cycle


async def lock_packet(work: Work, packet_id: UUID) -> ReviewPacket:
    """Return a packet, and let nobody else decide on its nominations until the end.

    Raises StateConflict for one that is closed.
    """
    (packet,) = await work.load_all(ReviewPacket, [packet_id], locks=True)
    if packet.status not in UNSHARED:
        raise StateConflict(IS_CLOSED)
    return packet


async def approve(work: Work, id: UUID, *, expected_version: int | None = None) -> ReviewNomination:
    """Let a nominee write. Raises what `Work.get` raises, StateConflict and LimitExceeded."""
    nomination = await work.get(
        *(ReviewNomination, id),
        to=ReviewNomination.APPROVE_NOMINATION,
        expected_version=expected_version,
    )
    await work.reference(Person, nomination.nominee_id, "id")
    (current,) = await work.load_all(ReviewNominationRound, [nomination.round_id])
    cycle = await load_cycle(work, current.cycle_id)
    packet = await lock_packet(work, current.packet_id)
    refusal = await open_form(work, cycle, current, packet, nomination, work.actor.person_id)
    if refusal is not None:
        raise refusal
    return nomination


async def open_form(
    work: Work,
    cycle: ReviewCycle,
    current: ReviewNominationRound,
    packet: ReviewPacket,
    nomination: ReviewNomination,
    decided_by_id: PersonId | None,
) -> Refusal | None:
    """Approve a nomination with a form, or return why that is not possible."""
    (person,) = await work.load_all(Person, [nomination.nominee_id], keeps_state=True)
    if (message := await find_obstacle(work, cycle, current, packet, person)) is not None:
        return StateConflict(message)
    if await _count_approved(work, current) >= current.most:
        return LimitExceeded(f"{current.most} people are approved, the most. Reject one first.")
    if not await has_room(work, cycle, nomination.nominee_id):
        return LimitExceeded(NO_ROOM)
    is_shown = current.direction is ReviewDirection.PEER and cycle.shows_peer_names
    due_on = current.due_on + await _find_delay(work, cycle, packet)
    participant = await find_participant(work, cycle.id, packet.subject_id)
    order = ReviewOrder(
        *(current.direction, nomination.nominee_id, current.template_id, is_shown, due_on),
        career_group_keys=participant.find_career_groups(current.template_id)
        if participant
        else None,
    )
    form = build_review(packet, order)
    await work.add(form, to=Review.OPEN_NOMINATED)
    nomination.approve(form.id, decided_by_id)
    return None


async def _find_delay(work: Work, cycle: ReviewCycle, packet: ReviewPacket) -> timedelta:
    """Return how much more time the packet has than others of its cycle and group.

    The round itself does not move: the reviewed person would learn of it.
    """
    group_ids = await find_groups(work, cycle)
    usual = cycle.find_due_day(group_ids.get(packet.subject_id))
    return max(packet.due_on - usual, timedelta())


async def _count_approved(work: Work, current: ReviewNominationRound) -> int:
    return await work.count(ReviewNomination, round_id=current.id, status=APPROVED)


async def reject(
    work: Work,
    id: UUID,
    reason: Annotated[str | None, REASON] = None,
    *,
    expected_version: int | None = None,
) -> ReviewNomination:
    """Decide that a nominee does not write; a form that is not submitted is not needed any more.

    Raises what `Work.get` raises, Invalid, and StateConflict where the nominee has submitted.
    """
    nomination = await work.get(
        *(ReviewNomination, id),
        to=ReviewNomination.REJECT_NOMINATION,
        expected_version=expected_version,
    )
    await cancel_form(work, nomination)
    nomination.reject(reason, work.actor.person_id)
    return nomination


async def cancel_form(work: Work, nomination: ReviewNomination) -> None:
    """End the form of an approved nomination. Raises StateConflict where it is submitted."""
    if nomination.status is not APPROVED or nomination.review_id is None:
        return
    (form,) = await work.load_all(Review, [nomination.review_id], locks=True)
    if form.status is SUBMITTED:
        raise StateConflict(HAS_SUBMITTED)
    form.cancel()


async def decline(
    work: Work,
    id: UUID,
    reason: Annotated[str, FORM_REASON],
    *,
    expected_version: int | None = None,
) -> Review:
    """Refuse to write a form. Raises what `Work.get` raises, and Invalid without a reason."""
    form = await work.get(
        Review, id, to=Review.DECLINE_NOMINATION, expected_version=expected_version
    )
    form.decline(reason)
    await seek_replacements(work, [form.id])
    return form


async def seek_replacements(work: Work, form_ids: Sequence[UUID]) -> None:
    """Let somebody else be nominated in place of those who do not write these forms."""
    for each in await work.find_all(ReviewNomination, review_id=form_ids) if form_ids else ():
        if each.status is APPROVED:
            each.decline(can_be_replaced=await _is_open(work, each))


async def _is_open(work: Work, nomination: ReviewNomination) -> bool:
    """Return whether somebody else can be nominated instead."""
    (current,) = await work.load_all(ReviewNominationRound, [nomination.round_id])
    cycle = await work.find(ReviewCycle, id=current.cycle_id)
    return cycle is not None and CLOSED not in (current.status, find_round_status(cycle))
