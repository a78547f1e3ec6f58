"""Packets of a cycle: workers open those of who takes part, and cancel those of who does not.

The task compares participants with packets, so it may run again at any time. It handles some
hundred people, and then lets itself run again. The database compares, because this process would
read all people of the cycle each time.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.identity import PersonId
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.reviews.cycles.enums import ReviewCycleStatus
from domain.reviews.cycles.model import ReviewCycle, build_nomination_update, build_opening
from domain.reviews.cycles.participants import ReviewParticipant, ReviewParticipantStatus
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import UNSHARED, ReviewPacket, ReviewRelease
from domain.reviews.writing.model import Review
from domain.reviews.writing.opening import SHOWN, ReviewOrder, build_packet

CHUNK = 200
"""Packets that one task opens or cancels."""

LIST_MISSING = "review_cycle.list_missing"
"""People who are reviewed, and have no packet that was not cancelled."""

LIST_SURPLUS = "review_cycle.list_surplus"
"""People with a packet that is not shared, who are not reviewed any more."""


async def open_packets(work: Work, cycle_id: str) -> None:
    """Open the packets that are missing, and cancel undecided ones that nobody needs."""
    cycle = await work.find(ReviewCycle, id=UUID(cycle_id))
    if cycle is None or cycle.status is ReviewCycleStatus.DRAFT:
        return
    is_running = cycle.status is ReviewCycleStatus.RUNNING
    missing = await _list_people(work, LIST_MISSING, cycle) if is_running else []
    surplus = await _list_people(work, LIST_SURPLUS, cycle)
    for each in await _load_participants(work, cycle, missing[:CHUNK]):
        await _open(work, cycle, each)
    await _cancel(work, cycle, surplus[:CHUNK])
    if max(len(missing), len(surplus)) > CHUNK:
        work.enqueue(build_opening(cycle.id))
    else:
        work.enqueue(build_nomination_update(cycle.id))


OPENING = TaskHandler(open_packets, frozenset({Permission.REVIEWS_MANAGE}))


async def _list_people(work: Work, statement: str, cycle: ReviewCycle) -> list[UUID]:
    """Return the people that a task handles, and one more where some are left."""
    rows = await work.run_statement(statement, cycle_id=cycle.id, count=CHUNK + 1)
    return [id for (id,) in rows]


async def _load_participants(
    work: Work, cycle: ReviewCycle, ids: Sequence[UUID]
) -> Iterable[ReviewParticipant]:
    """Return these participants, one for each person: a merge may leave two rows of a person."""
    if not ids:
        return ()
    found = await work.find_records(
        ReviewParticipant,
        cycle_id=[cycle.id] * len(ids),
        person_id=ids,
        status=[ReviewParticipantStatus.ACTIVE] * len(ids),
    )
    return {each.person_id: each for each in found if each.manager_id}.values()


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
            career_group_keys=participant.find_career_groups(each.template_id),
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
