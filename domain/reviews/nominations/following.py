"""Workers let rounds and nominations follow their cycle: they are opened, and closed in time.

The tasks compare rounds with packets and phases, so they may run again at any time.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.reviews.cycles.enums import ReviewCycleStatus, ReviewPhaseKind
from domain.reviews.cycles.launching import find_groups
from domain.reviews.cycles.model import NOMINATION_TASK, ReviewCycle, build_nomination_update
from domain.reviews.cycles.parts import ReviewCycleDirection
from domain.reviews.nominations.model import ReviewNomination
from domain.reviews.nominations.rounds import (
    CHOOSING,
    CLOSED,
    ORDER,
    PROPOSING,
    ReviewNominationRound,
    ReviewRoundStatus,
)
from domain.reviews.nominations.rules import ReviewNominator, list_nominators
from domain.reviews.packets import UNSHARED, ReviewPacket
from domain.reviews.packets.model import FOLLOW_PACKET_TASK

CHUNK = 200
"""Rounds that one task opens or changes."""

NOMINATION, PEERS = ReviewPhaseKind.NOMINATION, ReviewPhaseKind.PEERS


def find_round_status(cycle: ReviewCycle) -> ReviewRoundStatus:
    """Return where the rounds of a cycle stand in its present phase."""
    if cycle.has_ended(PEERS):
        return CLOSED
    has_phase = any(each.kind is NOMINATION for each in cycle.phases)
    return CHOOSING if has_phase and cycle.has_ended(NOMINATION) else PROPOSING


async def update_nominations(work: Work, cycle_id: str) -> None:
    """Open the rounds that are missing, and let the others follow packets and phases."""
    cycle = await work.find(ReviewCycle, id=UUID(cycle_id))
    if cycle is None or cycle.status is ReviewCycleStatus.DRAFT:
        return
    directions = [each for each in cycle.directions if each.has_nominations]
    if not directions:
        return
    status = find_round_status(cycle)
    packets = await _list_packets(work, cycle)
    rows = await work.find_values(
        ReviewNominationRound, ("id", "packet_id", "direction", "status"), cycle_id=[cycle.id]
    )
    known = {(row[1], row[2]) for row in rows}
    missing = [
        (packet, each)
        for packet in packets.values()
        for each in directions
        if status is not CLOSED and (packet["id"], each.direction) not in known
    ]
    group_ids = await find_groups(work, cycle) if missing else {}
    for packet, direction in missing[:CHUNK]:
        group_id = group_ids.get(packet["subject_id"])
        opened = _build_round(work, cycle, packet, direction, status, group_id)
        await work.add(opened, to=ReviewNominationRound.OPEN)
    stale = [*_list_stale(rows, packets, status)]
    await _change(work, dict(stale[:CHUNK]))
    if max(len(missing), len(stale)) > CHUNK:
        work.enqueue(build_nomination_update(cycle.id))


async def follow_packet(work: Work, packet_id: str) -> None:
    """Close the rounds of a packet that is closed, and let others follow its manager."""
    for packet in await work.load_all(ReviewPacket, [UUID(packet_id)]):
        rounds = await work.find_all(ReviewNominationRound, packet_id=[packet.id])
        if packet.status not in UNSHARED:
            await _change(work, {each.id: CLOSED for each in rounds})
            return
        nominations = await work.find_all(ReviewNomination, packet_id=[packet.id])
        for current in rounds:
            current.change_manager(packet.manager_id)
        for each in nominations:
            each.change_manager(packet.manager_id)


NOMINATION_HANDLERS: Mapping[str, TaskHandler] = {
    NOMINATION_TASK: TaskHandler(update_nominations, frozenset({Permission.REVIEWS_MANAGE})),
    FOLLOW_PACKET_TASK: TaskHandler(follow_packet),
}


async def _list_packets(work: Work, cycle: ReviewCycle) -> Mapping[UUID, Mapping[str, Any]]:
    """Return the packets of a cycle that are not decided for good, by their ids."""
    names = ("id", "subject_id", "manager_id", "status")
    rows = await work.find_values(ReviewPacket, names, cycle_id=[cycle.id])
    packets = [dict(zip(names, row, strict=True)) for row in rows]
    return {each["id"]: each for each in packets if each["status"] in UNSHARED}


def _list_stale(
    rows: Sequence[Sequence[Any]], packets: Mapping[UUID, Any], status: ReviewRoundStatus
) -> Iterator[tuple[UUID, ReviewRoundStatus]]:
    """Yield the rounds that have to go on, each with its new status."""
    for id, packet_id, _, stored in rows:
        wanted = status if packet_id in packets else CLOSED
        if ORDER.index(wanted) > ORDER.index(ReviewRoundStatus(stored)):
            yield id, wanted


async def _change(work: Work, statuses: Mapping[UUID, ReviewRoundStatus]) -> None:
    for each in await work.load_all(ReviewNominationRound, [*statuses]):
        each.begin(statuses[each.id])
    closed = [id for id, status in statuses.items() if status is CLOSED]
    for nomination in await work.find_all(ReviewNomination, round_id=closed) if closed else []:
        nomination.close()


def _build_round(
    work: Work,
    cycle: ReviewCycle,
    packet: Mapping[str, Any],
    direction: ReviewCycleDirection,
    status: ReviewRoundStatus,
    group_id: UUID | None,
) -> ReviewNominationRound:
    """Return a round with the rules of the cycle and the days of a group, which is not stored."""
    nominators = list_nominators(direction.nominators)
    opened = ReviewNominationRound(
        tenant_id=work.actor.tenant_id,
        cycle_id=cycle.id,
        packet_id=packet["id"],
        subject_id=packet["subject_id"],
        direction=direction.direction,
        template_id=direction.template_id,
        subject_nominates=ReviewNominator.REVIEWEE in nominators,
        manager_nominates=ReviewNominator.MANAGER in nominators,
        hr_nominates=ReviewNominator.HR in nominators,
        approver=direction.approver,
        least=direction.least_nominees,
        most=direction.most_nominees,
        shows_nominees=direction.shows_nominees,
        nominate_by=cycle.find_last_day(NOMINATION, PEERS, group_id=group_id),
        due_on=cycle.find_last_day(PEERS, group_id=group_id),
        status=status,
    )
    if opened.manager_nominates and not opened.is_seen_by_subject:
        opened.manager_id = packet["manager_id"]
    opened.record_event("opened", review_packet_id=packet["id"])
    return opened
