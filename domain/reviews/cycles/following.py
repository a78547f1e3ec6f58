"""Changes of managers in running cycles: workers let undecided packets follow them.

The task compares packets with the reporting lines of the day, so it may run again at any time. It
runs after changes of lines and at the beginning of each day, on which planned changes take effect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.reviews.cycles.enums import ReviewChangeRule, ReviewCycleStatus
from domain.reviews.cycles.facts import list_lines, load_lines, load_people
from domain.reviews.cycles.model import ReviewCycle, build_following
from domain.reviews.cycles.population import PersonFacts, count_days_until
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import ReviewPacket, ReviewPacketStatus
from domain.reviews.writing.model import Review, ReviewStatus
from domain.reviews.writing.transferring import hand_over
from domain.tenants import load_tenant

CHUNK = 100
"""Packets that one task hands over."""

COLLECTING = ReviewPacketStatus.COLLECTING
REASON = "The person has another manager. The cycle says {}."


@dataclass(frozen=True)
class NewManager:
    """Who is above a person today, since when, and who is above that manager."""

    manager_id: UUID
    second_level_id: UUID | None
    since: date


async def follow_managers(work: Work, cycle_id: str) -> None:
    """Hand undecided packets over to the managers of today, or of the day before the cut-off."""
    cycle = await work.find(ReviewCycle, id=UUID(cycle_id))
    if cycle is None or not cycle.follows_managers:
        return
    changes = await _find_changes(work, cycle)
    chunk = dict(list(changes.items())[:CHUNK])
    await _hand_over(work, cycle, chunk)
    if len(changes) > CHUNK:
        work.enqueue(build_following(cycle.id))
    elif cycle.cut_off_on is None or work.actor.today < cycle.cut_off_on:
        tomorrow = (await load_tenant(work)).begin_day(work.actor.today + ONE_DAY)
        work.enqueue(build_following(cycle.id, tomorrow))


FOLLOWING = TaskHandler(follow_managers, frozenset({Permission.REVIEWS_MANAGE}))


async def follow_lines(work: Work) -> None:
    """Let all cycles look at the reporting lines that follow changes of managers."""
    statuses = [ReviewCycleStatus.RUNNING]
    for (id,) in await work.find_values(ReviewCycle, ("id",), status=statuses):
        work.enqueue(build_following(id))


LINES_FOLLOWING = TaskHandler(follow_lines)


async def _find_changes(work: Work, cycle: ReviewCycle) -> Mapping[UUID, NewManager]:
    """Return the new managers by packet. Where nobody is above a person, nothing is guessed."""
    names = ("id", "subject_id", "manager_id", "status", "is_manager_named")
    rows = await work.find_values(ReviewPacket, names, cycle_id=[cycle.id])
    waiting = sorted((*row[:3],) for row in rows if row[3] == COLLECTING and not row[4])
    day, subject_ids = cycle.find_manager_day(work.actor.today), {row[1] for row in waiting}
    managers, _ = await load_lines(work, sorted(subject_ids), day)
    changed = {
        id: subject_id
        for id, subject_id, former_id in waiting
        if managers.get(subject_id) not in (None, former_id, subject_id)
    }
    lines = await list_lines(work, "person_id", sorted({*changed.values()}), day)
    since = {person_id: starts_on for person_id, _, starts_on, *_ in lines}
    found = dict[UUID, NewManager]()
    for id, subject_id in changed.items():
        manager_id = managers[subject_id]
        found[id] = NewManager(manager_id, managers.get(manager_id), since[subject_id])
    return found


async def _hand_over(work: Work, cycle: ReviewCycle, changes: Mapping[UUID, NewManager]) -> None:
    packets = [
        each
        for each in await work.load_all(ReviewPacket, [*changes], locks=True)
        if each.status is COLLECTING and not each.is_manager_named
    ]
    forms = await work.find_all(Review, packet_id=[each.id for each in packets])
    people = dict[UUID, PersonFacts]()
    if cycle.change_rule is ReviewChangeRule.BOTH:
        people = await load_people(work, [each.subject_id for each in packets])
    reason = REASON.format(cycle.change_rule.name)
    for packet in packets:
        new, own = changes[packet.id], [each for each in forms if each.packet_id == packet.id]
        manager_id, second = PersonId(new.manager_id), _find_second_level(packet, new)
        days = _count_interim_days(cycle, people.get(packet.subject_id), new.since, own)
        added = hand_over(packet, own, manager_id, second, days)
        packet.transfer(manager_id, second, reason, effective_on=new.since)
        work.enqueue(packet.build_nomination_update())
        for each in added:
            await work.add(each, to=Review.OPEN_FORM)


def _find_second_level(packet: ReviewPacket, new: NewManager) -> PersonId | None:
    """Return who is above the new manager, in a packet with a second level.

    Without anybody above, the former second level stays unless they are the new manager.
    """
    if packet.second_level_id is None:
        return None
    found = new.second_level_id or packet.second_level_id
    return None if found in (new.manager_id, packet.subject_id) else PersonId(found)


def _count_interim_days(
    cycle: ReviewCycle, person: PersonFacts | None, since: date, forms: Sequence[Review]
) -> int:
    """Return the days of work before a new manager that no interim appraisal counts yet."""
    if person is None:
        return 0
    last_day = min(since - ONE_DAY, cycle.last_day)
    counted = sum(
        each.days or 0
        for each in forms
        if each.direction is ReviewDirection.INTERIM and each.status is not ReviewStatus.CANCELLED
    )
    return max(count_days_until(person, cycle, last_day).counted - counted, 0)
