"""Use cases of appeals: filing one, assigning it, deciding it and taking it back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.appeals.model import ANSWER, STATEMENT, WITHDRAWN, ReviewAppeal
from domain.reviews.calibration import CalibrationSession, CalibrationStatus, CalibrationSubject
from domain.reviews.hr import find_officer
from domain.reviews.packets import ReviewPacket
from domain.reviews.packets.model import LEVEL
from domain.reviews.packets.statuses import APPEALABLE
from domain.reviews.writing.model import Review
from domain.reviews.writing.opening import check_works_here
from domain.reviews.writing.signing import count_levels, hash_packet

DAYS_TO_ASSIGN, DAYS_TO_DECIDE = timedelta(days=7), timedelta(days=30)
HORIZON = timedelta(days=365)
SET_READER_OF_PACKET = "review_appeal.set_reader_of_packet"
SET_READER_OF_FORMS = "review_appeal.set_reader_of_forms"
"""The declared statements that set who reads a packet and its forms to decide an appeal."""


async def file(work: Work, packet_id: UUID, statement: Annotated[str, STATEMENT]) -> ReviewAppeal:
    """Appeal against one's review.

    Raises Invalid, NotPermitted, and StateConflict after the last day, or beside another appeal.
    """
    packet = await work.reference(ReviewPacket, packet_id, "packetId")
    assert packet is not None, "The input has a packet."
    appeal = ReviewAppeal(
        tenant_id=packet.tenant_id,
        packet_id=packet.id,
        subject_id=packet.subject_id,
        manager_id=packet.manager_id,
        second_level_id=packet.second_level_id,
        level_decided_by_id=packet.decided_by_id,
        level_approved_by_id=packet.approved_by_id,
        due_on=work.actor.today + DAYS_TO_ASSIGN,
        statement=statement,
        content_hash_before="",
    )
    await work.require(appeal, to=ReviewAppeal.FILE)
    appeal.statement = check_required(STATEMENT, statement, "statement")
    (packet,) = await work.load_all(ReviewPacket, [packet_id], locks=True)
    await _check_open(work, packet)
    appeal.scale_id, appeal.level_before = packet.scale_id, packet.level
    appeal.level_reason_before = packet.level_reason
    appeal.content_hash_before = await hash_packet(work, packet)
    appeal.asked_id = await find_officer(work, appeal, to=ReviewAppeal.ASSIGN)
    appeal.record_event("filed", review_packet_id=packet.id)
    await work.add(appeal, to=ReviewAppeal.FILE)
    return appeal


async def _check_open(work: Work, packet: ReviewPacket) -> None:
    """Raise StateConflict where the packet takes no appeal."""
    if packet.status not in APPEALABLE:
        raise StateConflict(
            "You can appeal after the review is shared, and while no dispute is open."
        )
    if packet.appeal_until is None:
        raise StateConflict("This review takes no appeals. Talk to HR.")
    if packet.appeal_until < work.actor.today:
        message = f"The last day for an appeal was {packet.appeal_until.isoformat()}. Talk to HR."
        raise StateConflict(message)
    earlier = await work.find_all(ReviewAppeal, packet_id=[packet.id])
    if any(each.status is not WITHDRAWN for each in earlier):
        raise StateConflict("There is an appeal about this review already.")


async def assign(
    work: Work,
    id: UUID,
    person_id: UUID,
    due_on: date | None = None,
    *,
    expected_version: int | None = None,
) -> ReviewAppeal:
    """Name who decides an appeal: somebody who took no part in the review.

    Raises what `Work.get` raises, and Invalid with all faults.
    """
    appeal = await work.get(
        ReviewAppeal, id, to=ReviewAppeal.ASSIGN, expected_version=expected_version
    )
    (packet,) = await work.load_all(ReviewPacket, [appeal.packet_id], locks=True)
    reviews = await work.find_all(Review, packet_id=[packet.id])
    involved = _list_involved(packet, reviews) | await _list_calibrators(work, packet)
    faults, today = FaultCollector(), work.actor.today
    with faults.collect():
        person = await work.reference(Person, person_id, "personId")
        check_works_here(work, person, "personId")
        if person is not None and person.id in involved:
            message = "This person took part in the review. Name somebody who did not."
            raise Invalid(message, "personId")
    with faults.collect():
        if due_on is not None and not today <= due_on <= today + HORIZON:
            message = f"Choose today or one of the next {HORIZON.days} days."
            raise Invalid(message, "dueOn", code=Code.OUT_OF_RANGE)
    faults.raise_all()
    appeal.assign(PersonId(person_id), due_on or today + DAYS_TO_DECIDE)
    await _let_read(work, packet.id, PersonId(person_id))
    return appeal


def _list_involved(packet: ReviewPacket, reviews: Sequence[Review]) -> set[UUID | None]:
    """Return who took part in a review: its subject, who decided, and who wrote."""
    deciders = {packet.manager_id, packet.second_level_id, packet.decided_by_id}
    deciders.add(packet.approved_by_id)
    writers = {id for each in reviews for id in (each.writer_id, each.stand_in_id)}
    return {packet.subject_id, packet.resolved_by_id, *deciders, *writers}


async def _list_calibrators(work: Work, packet: ReviewPacket) -> set[UUID | None]:
    """Return who compared this review with others in a session whose levels were written back."""
    rows = await work.find_values(CalibrationSubject, ("session_id",), packet_id=[packet.id])
    sessions = await work.load_all(CalibrationSession, sorted({id for (id,) in rows}))
    locked = [each for each in sessions if each.status is CalibrationStatus.LOCKED]
    return {id for each in locked for id in each.facilitator_ids | each.member_ids}


async def _let_read(work: Work, packet_id: UUID, person_id: PersonId | None) -> None:
    """Let somebody who decides an appeal read the packet like a manager; None ends that.

    It makes no version and no event of the packet and its forms: their other readers and writers
    would learn of the appeal. The history of the appeal has it.
    """
    for each in (SET_READER_OF_PACKET, SET_READER_OF_FORMS):
        await work.run_statement(each, packet_id=packet_id, person_id=person_id)


async def decide(
    work: Work,
    id: UUID,
    answer: Annotated[str, ANSWER],
    level: Annotated[int | None, LEVEL] = None,
    *,
    expected_version: int | None = None,
) -> ReviewAppeal:
    """Answer an appeal, with a new level or with none. A new one is signed again.

    Raises what `Work.get` raises, and Invalid with all faults.
    """
    appeal = await work.get(
        ReviewAppeal, id, to=ReviewAppeal.DECIDE, expected_version=expected_version
    )
    faults = FaultCollector()
    with faults.collect():
        answer = check_required(ANSWER, answer, "answer")
    (packet,) = await work.load_all(ReviewPacket, [appeal.packet_id], locks=True)
    level_count = await count_levels(work, packet)
    with faults.collect():
        if level is not None:
            packet.check_changed_level(level, level_count)
    faults.raise_all()
    if level is None:
        appeal.uphold(answer, at=work.now)
    else:
        packet.change_level(level, answer, work.actor.person_id, at=work.now)
        content_hash = await hash_packet(work, packet)
        appeal.change(answer, level, content_hash, at=work.now)
    return appeal


async def withdraw(work: Work, id: UUID, *, expected_version: int | None = None) -> ReviewAppeal:
    """Take an appeal back. Raises what `Work.get` raises."""
    appeal = await work.get(
        ReviewAppeal, id, to=ReviewAppeal.WITHDRAW, expected_version=expected_version
    )
    await work.load_all(ReviewPacket, [appeal.packet_id], locks=True)
    await _let_read(work, appeal.packet_id, None)
    appeal.withdraw()
    return appeal
