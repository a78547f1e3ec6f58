"""Another manager decides: what becomes of the forms of the former one. Nothing is deleted."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets.model import SHORT_REASON, ReviewPacket
from domain.reviews.writing.model import OPEN, SUBMITTED, Review
from domain.reviews.writing.opening import DAYS, ReviewOrder, build_review, check_works_here

MANAGER, SECOND_LEVEL = ReviewDirection.MANAGER, ReviewDirection.SECOND_LEVEL


def hand_over(
    packet: ReviewPacket,
    forms: Iterable[Review],
    manager_id: PersonId,
    second_level_id: PersonId | None,
    interim_days: int | None = None,
) -> list[Review]:
    """Prepare the forms for a new manager and second level, and return those to add.

    A form that the former one has submitted stays. An open one is cancelled, so that the new one
    never reads a draft of somebody else, and a new form takes its place. With `interim_days` the
    form of the former manager becomes an interim appraisal instead, which is still written.
    Call it before `ReviewPacket.transfer`.
    """
    added = list[Review]()
    former = {MANAGER: packet.manager_id, SECOND_LEVEL: packet.second_level_id}
    present = {MANAGER: manager_id, SECOND_LEVEL: second_level_id}
    for form in forms:
        form.change_readers(manager_id, second_level_id)
        successor_id = present.get(form.direction)
        is_former = form.writer_id == former.get(form.direction) != successor_id
        if not is_former or form.status not in (*OPEN, SUBMITTED):
            continue
        is_missing = form.status in OPEN
        if form.direction is MANAGER and interim_days:
            added.append(_build_successor(packet, form, manager_id))
            form.make_interim(interim_days)
            continue
        form.cancel()
        if is_missing and successor_id is not None:
            added.append(_build_successor(packet, form, successor_id))
    for each in added:
        each.manager_id, each.second_level_id = manager_id, second_level_id
    return added


def _build_successor(packet: ReviewPacket, form: Review, writer_id: PersonId) -> Review:
    order = ReviewOrder(
        *(form.direction, writer_id, form.template_id, form.is_shown, form.due_on),
        career_group_keys=form.career_group_keys,
    )
    return build_review(packet, order)


async def transfer(
    work: Work,
    id: UUID,
    manager_id: UUID,
    reason: Annotated[str, SHORT_REASON],
    interim_days: Annotated[int | None, DAYS] = None,
    *,
    expected_version: int | None = None,
) -> ReviewPacket:
    """Let another manager decide, whom HR names. Changes of reporting lines have no effect then.

    Raises what `Work.get` raises, and Invalid with all faults.
    """
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.TRANSFER, expected_version=expected_version
    )
    faults = FaultCollector()
    with faults.collect():
        reason = check_required(SHORT_REASON, reason, "reason")
    with faults.collect():
        if interim_days is not None:
            DAYS.check(interim_days, "interimDays")
    with faults.collect():
        await _check_manager(work, packet, manager_id)
    faults.raise_all()
    second = None if packet.second_level_id == manager_id else packet.second_level_id
    forms = await work.find_all(Review, packet_id=[packet.id])
    added = hand_over(packet, forms, PersonId(manager_id), second, interim_days)
    packet.transfer(PersonId(manager_id), second, reason, is_named=True)
    work.enqueue(packet.build_nomination_update())
    for each in added:
        await work.add(each, to=Review.OPEN_FORM)
    return packet


async def _check_manager(work: Work, packet: ReviewPacket, manager_id: UUID) -> None:
    person = await work.reference(Person, manager_id, "managerId")
    if manager_id == packet.manager_id:
        message = "This person decides already. Name another manager."
        raise Invalid(message, "managerId", code=Code.NOT_UNIQUE)
    if manager_id == packet.subject_id:
        message = "The reviewed person cannot decide. Name somebody else."
        raise Invalid(message, "managerId")
    check_works_here(work, person, "managerId")
