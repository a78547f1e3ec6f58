"""Sharing the reviews of a cycle: on a day, or all at once. Workers do it, some hundred at a time.

The task compares packets with what is to be done, so it may run again. What is not ready when a
cycle is shared is left to its managers.
"""

from collections.abc import Collection
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.unit_of_work import Work
from domain.reviews.cycles.enums import ReviewCycleStatus
from domain.reviews.cycles.model import ReviewCycle, build_sharing
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import UNSHARED, ReviewPacket, ReviewPacketStatus, ReviewRelease
from domain.reviews.writing.model import DRAFT, Review

CHUNK = 200
"""Packets that one task shares, or leaves to their managers."""

DECIDED, APPROVED = ReviewPacketStatus.DECIDED, ReviewPacketStatus.APPROVED


async def share_cycle(work: Work, id: UUID, *, expected_version: int | None = None) -> ReviewCycle:
    """Let workers share all decided reviews of a cycle now; again for those decided later.

    Raises what `Work.get` raises.
    """
    cycle = await work.get(ReviewCycle, id, to=ReviewCycle.SHARE, expected_version=expected_version)
    cycle.share(at=work.now)
    work.enqueue(build_sharing(cycle.id))
    return cycle


async def share_packets(work: Work, cycle_id: str) -> None:
    """Share what is decided in a cycle that is shared, or whose day has begun everywhere."""
    cycle = await work.find(ReviewCycle, id=UUID(cycle_id))
    if cycle is None or cycle.status in (ReviewCycleStatus.DRAFT, ReviewCycleStatus.CANCELLED):
        return
    begins_at = cycle.find_release()
    if cycle.released_at is None and begins_at is not None:
        if begins_at > work.now:
            work.enqueue(build_sharing(cycle.id, begins_at))
            return
        cycle.share(at=work.now)
    if cycle.released_at is not None:
        await _share(work, cycle)


SHARING = TaskHandler(share_packets)


async def _share(work: Work, cycle: ReviewCycle) -> None:
    names = ("id", "status", "release", "needs_approval")
    rows = await work.find_values(ReviewPacket, names, cycle_id=[cycle.id])
    unshared = {id: release for id, status, release, _ in rows if status in UNSHARED}
    decided = {
        id
        for id, status, _, needs_approval in rows
        if status == APPROVED or (status == DECIDED and not needs_approval)
    }
    ready = decided - await _find_unfinished(work, decided)
    waiting = {
        id
        for id, release in unshared.items()
        if id not in ready and release != ReviewRelease.BY_MANAGER
    }
    found = sorted(ready | waiting)
    packets = await work.load_all(ReviewPacket, found[:CHUNK], locks=True)
    forms = await work.find_all(Review, packet_id=[each.id for each in packets if each.id in ready])
    for form in forms:
        form.release()
    for packet in packets:
        if packet.id in ready:
            packet.share(work.actor.today, at=work.now, by_cycle=True)
            work.enqueue(packet.build_nomination_update())
        else:
            packet.leave_to_manager()
    if len(found) > CHUNK:
        work.enqueue(build_sharing(cycle.id))


async def _find_unfinished(work: Work, packet_ids: Collection[UUID]) -> set[UUID]:
    """Return the packets whose manager is still writing."""
    if not packet_ids:
        return set()
    names = ("packet_id", "direction", "status")
    rows = await work.find_values(Review, names, packet_id=list(packet_ids))
    manager = ReviewDirection.MANAGER
    return {id for id, direction, status in rows if (direction, status) == (manager, DRAFT)}
