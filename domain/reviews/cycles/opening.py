"""Packets of a cycle: workers open those of who takes part, and cancel those of who does not.

The task compares participants with packets, so it may run again at any time. It handles some
hundred people, and then lets itself run again.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.identity import PersonId
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.reviews.cycles.enums import ReviewCycleStatus
from domain.reviews.cycles.model import ReviewCycle, build_nomination_update, build_opening
from domain.reviews.cycles.participants import ReviewParticipant, ReviewParticipantStatus
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import UNSHARED, ReviewPacket, ReviewPacketStatus, ReviewRelease
from domain.reviews.writing.model import Review
from domain.reviews.writing.opening import SHOWN, ReviewOrder, build_packet

CHUNK = 200
"""Packets that one task opens or cancels."""


async def open_packets(work: Work, cycle_id: str) -> None:
    """Open the packets that are missing, and cancel undecided ones that nobody needs."""
    cycle = await work.find(ReviewCycle, id=UUID(cycle_id))
    if cycle is None or cycle.status is ReviewCycleStatus.DRAFT:
        return
    statuses = await _load_statuses(work, cycle)
    participants = await _load_participants(work, cycle)
    missing = [each for id, each in participants.items() if id not in statuses]
    surplus = [
        subject_id
        for subject_id, status in statuses.items()
        if subject_id not in participants and status in UNSHARED
    ]
    if cycle.status is ReviewCycleStatus.RUNNING:
        for each in missing[:CHUNK]:
            await _open(work, cycle, each)
    await _cancel(work, cycle, surplus[:CHUNK])
    if max(len(missing), len(surplus)) > CHUNK:
        work.enqueue(build_opening(cycle.id))
    else:
        work.enqueue(build_nomination_update(cycle.id))


OPENING = TaskHandler(open_packets, frozenset({Permission.REVIEWS_MANAGE}))


async def _load_statuses(work: Work, cycle: ReviewCycle) -> Mapping[UUID, ReviewPacketStatus]:
    """Return the status of each person's packet; none of those that were cancelled."""
    rows = await work.find_values(ReviewPacket, ("subject_id", "status"), cycle_id=[cycle.id])
    found = [(subject_id, ReviewPacketStatus(status)) for subject_id, status in rows]
    return {id: status for id, status in found if status is not ReviewPacketStatus.CANCELLED}


async def _load_participants(work: Work, cycle: ReviewCycle) -> Mapping[UUID, ReviewParticipant]:
    """Return the people who are reviewed; nobody in a cycle that was cancelled."""
    if cycle.status is ReviewCycleStatus.CANCELLED:
        return {}
    found = await work.find_records(ReviewParticipant, cycle_id=[cycle.id])
    active = ReviewParticipantStatus.ACTIVE
    return {each.person_id: each for each in found if each.status is active and each.manager_id}


async def _open(work: Work, cycle: ReviewCycle, participant: ReviewParticipant) -> None:
    planned = list(participant.list_reviews())
    second = [each for each in planned if each.direction is ReviewDirection.SECOND_LEVEL]
    orders = [
        ReviewOrder(
            each.direction,
            each.writer_id,
            each.template_id,
            is_shown=each.direction in SHOWN
            or (each.direction is ReviewDirection.PEER and cycle.shows_peer_names),
            due_on=each.due_on,
        )
        for each in planned
    ]
    packet, forms = build_packet(
        work.actor.tenant_id,
        orders,
        subject_id=participant.person_id,
        manager_id=participant.manager_id,
        second_level_id=PersonId(second[0].writer_id) if second else None,
        cycle_id=cycle.id,
        scale_id=cycle.scale_id,
        score_rule_id=cycle.score_rule_id,
        days=participant.days,
        missing_answers=cycle.missing_answers,
        min_answered_percent=cycle.min_answered_percent,
        always_needs_approval=cycle.needs_approval,
        starts_on=cycle.starts_on,
        last_day=participant.last_day or cycle.last_day,
        due_on=participant.due_on or cycle.find_due_day(participant.group_id),
        appeal_days=cycle.appeal_days,
        release=ReviewRelease.BY_MANAGER if cycle.released_at else cycle.release,
        release_on=cycle.release_on,
    )
    await work.add(packet, to=ReviewPacket.CREATE)
    for each in forms:
        await work.add(each, to=Review.OPEN_FORM)


async def _cancel(work: Work, cycle: ReviewCycle, subject_ids: Sequence[UUID]) -> None:
    """Cancel the undecided packets of these people. What was written stays."""
    if not subject_ids:
        return
    keys = {"cycle_id": [cycle.id] * len(subject_ids), "subject_id": subject_ids}
    packets = [
        each for each in await work.find_all(ReviewPacket, **keys) if each.status in UNSHARED
    ]
    for form in await work.find_all(Review, packet_id=[each.id for each in packets]):
        form.cancel()
    for packet in packets:
        packet.cancel()
