"""Who may be nominated: what the one who proposes, or who approves, may know of a person."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.cycles.facts import list_lines
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations.rounds import ReviewNominationRound
from domain.reviews.packets import ReviewPacket
from domain.reviews.writing.model import CANCELLED, DECLINED, Review

HAS_LEFT = "This person has left. Choose another person."
NO_ROOM = "This person has no room for more reviews in this cycle. Choose another person."


async def find_public_obstacle(
    work: Work, cycle: ReviewCycle, current: ReviewNominationRound, person: Person
) -> str | None:
    """Return why nobody could propose a person, from facts that colleagues see; else None."""
    if person.id == current.subject_id:
        return "Nobody is nominated to write about themselves. Choose another person."
    if person.has_left(work.actor.today):
        return HAS_LEFT
    if current.direction is ReviewDirection.UPWARD:
        day = cycle.find_manager_day(work.actor.today)
        if current.subject_id not in await _list_managers(work, person.id, day):
            return f"Only direct reports write upwards; this person was none on {day}. Choose one."
    elif person.id in await _list_managers(work, current.subject_id, work.actor.today):
        return "Managers write as managers. Choose another person."
    return None


async def find_obstacle(
    work: Work,
    cycle: ReviewCycle,
    current: ReviewNominationRound,
    packet: ReviewPacket,
    person: Person,
) -> str | None:
    """Return why a person cannot write in this round, from facts of the packet; else None."""
    found = await find_public_obstacle(work, cycle, current, person)
    if found is not None:
        return found
    if person.id in (packet.manager_id, packet.second_level_id):
        return "This person writes or reads as a manager already. Choose another person."
    forms = await work.find_values(Review, ("writer_id", "status"), packet_id=[packet.id])
    if any(writer == person.id and status not in ENDED for writer, status in forms):
        return "This person writes about them already. Choose another person."
    return None


ENDED = (CANCELLED, DECLINED)


async def has_room(work: Work, cycle: ReviewCycle, person_id: UUID) -> bool:
    """Return whether a person may write one more review of a cycle, and hold that answer.

    Until the end of the transaction nobody else is answered about the same person.
    """
    await work.lock_value("reviews.writer_id", f"{cycle.id}:{person_id}")
    names = ("packet_id", "status", "direction")
    rows = await work.find_values(Review, names, writer_id=[person_id])
    counted = [
        packet_id
        for packet_id, status, direction in rows
        if status not in ENDED and direction != ReviewDirection.SELF
    ]
    packets = await work.find_values(ReviewPacket, ("id", "cycle_id"), id=sorted({*counted}))
    of_cycle = {id for id, cycle_id in packets if cycle_id == cycle.id}
    return sum(each in of_cycle for each in counted) < cycle.max_reviews_per_writer


async def _list_managers(work: Work, person_id: UUID, day: date) -> Sequence[UUID]:
    """Return whom a person reports to in the primary line on a day."""
    return [row[1] for row in await list_lines(work, "person_id", [person_id], day)]
