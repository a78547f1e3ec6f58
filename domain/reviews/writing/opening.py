"""Opening a packet with its forms: by the launch of a cycle, or for one person alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import WholeNumber
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets.model import ReviewPacket
from domain.reviews.scales import RatingScale
from domain.reviews.score_rules import DAYS as DAYS_OF_WORK
from domain.reviews.score_rules import check_fit, reference_rule
from domain.reviews.templates import (
    Position,
    ReviewTemplate,
    find_career_groups,
    has_criteria,
    load_position,
)
from domain.reviews.writing.model import Review
from domain.revisions import reference_published
from domain.tenants import load_tenant

MAX_REVIEWS = 50
DAYS = WholeNumber("The number of days", 1, 3_660)
SHOWN = {
    *(ReviewDirection.SELF, ReviewDirection.MANAGER, ReviewDirection.SECOND_LEVEL),
    ReviewDirection.INTERIM,
}
"""The directions whose forms the subject reads after sharing, unless it is said otherwise."""


@dataclass(frozen=True)
class ReviewOrder:
    """A form to be written. `is_shown` is whether the subject reads it, with its writer's name.

    `days` are those that an interim appraisal counts for. `career_group_keys` are the groups of the
    template that fit the position of the subject; None where it has no groups.
    """

    direction: ReviewDirection
    writer_id: UUID
    template_id: UUID
    is_shown: bool | None = None
    due_on: date | None = None
    days: int | None = None
    career_group_keys: tuple[str, ...] | None = None


def build_packet(
    tenant_id: TenantId, orders: Iterable[ReviewOrder], **details: object
) -> tuple[ReviewPacket, list[Review]]:
    """Return a packet and its forms, which are not stored yet and checked by nobody.

    `details` are attributes of the packet. The launch of a cycle calls it for each participant.
    """
    packet = ReviewPacket(tenant_id=tenant_id, **details)  # type: ignore[arg-type]
    packet.record_event("created")
    return packet, [build_review(packet, each) for each in orders]


def build_review(packet: ReviewPacket, order: ReviewOrder) -> Review:
    """Return a form of a packet, which is not stored yet."""
    is_shown = order.direction in SHOWN if order.is_shown is None else order.is_shown
    review = Review(
        tenant_id=packet.tenant_id,
        id=uuid4(),  # ids in order would tell that there are forms between those one sees
        packet_id=packet.id,
        subject_id=packet.subject_id,
        writer_id=PersonId(order.writer_id),
        manager_id=packet.manager_id,
        second_level_id=packet.second_level_id,
        direction=order.direction,
        template_id=order.template_id,
        career_group_keys=order.career_group_keys,
        due_on=order.due_on or packet.due_on,
        days=order.days,
        is_shown=is_shown,
    )
    review.record_event("opened", review_packet_id=packet.id)
    return review


async def open_packet(
    work: Work,
    reviews: Sequence[ReviewOrder],
    *,
    subject_id: UUID,
    manager_id: UUID | None = None,
    **details: Any,
) -> ReviewPacket:
    """Open a packet outside of a cycle, such as a review of a probation.

    The actor decides unless somebody else is named. Raises NotPermitted, Invalid, LimitExceeded.
    """
    if details.get("appeal_days") is None:
        details["appeal_days"] = (await load_tenant(work)).appeal_days
    subject = await work.reference(Person, subject_id, "subjectId")
    decider = manager_id or work.actor.person_id
    packet, forms = build_packet(
        work.actor.tenant_id,
        reviews,
        subject_id=PersonId(subject_id),
        manager_id=PersonId(decider or UUID(int=0)),
        **details,
    )
    await work.require(packet, to=ReviewPacket.CREATE)
    faults = FaultCollector()
    with faults.collect():
        check_works_here(work, subject, "subjectId")
    with faults.collect():
        await _check_packet(work, packet, has_manager=decider is not None)
    with faults.collect():
        await _check_orders(work, packet, reviews)
    with faults.collect():
        await _check_rule(work, packet, reviews)
    faults.raise_all()
    assert subject is not None, "Without a fault the subject is there."
    await _limit_to_position(work, subject, forms)
    await work.add(packet, to=ReviewPacket.CREATE)
    for each in forms:
        await work.add(each, to=Review.OPEN_FORM)
    return packet


async def _limit_to_position(work: Work, subject: Person, forms: Sequence[Review]) -> None:
    """Limit forms to what is for the present position of the subject.

    Raises Invalid where that is nothing.
    """
    templates = await work.load_all(ReviewTemplate, sorted({each.template_id for each in forms}))
    limited = {each.id: each for each in templates if each.career_groups}
    position = await load_position(work, subject, work.actor.today) if limited else Position()
    faults = FaultCollector()
    for index, form in enumerate(forms):
        if (template := limited.get(form.template_id)) is None:
            continue
        form.career_group_keys = find_career_groups(template, position)
        with faults.collect():
            if not has_criteria(template, form.career_group_keys):
                message = "Nothing in this form is for the position of the person. Choose another."
                raise Invalid(message, "reviews", index, "templateId")
    faults.raise_all()


async def _check_packet(work: Work, packet: ReviewPacket, *, has_manager: bool) -> None:
    faults = FaultCollector()
    with faults.collect():
        if not has_manager:
            raise Invalid("Name the manager who decides.", "managerId", code=Code.REQUIRED)
        await _reference_worker(work, packet.manager_id, packet, "managerId")
    with faults.collect():
        if packet.second_level_id is not None:
            await _reference_worker(work, packet.second_level_id, packet, "secondLevelId")
    with faults.collect():
        if packet.last_day < packet.starts_on:
            message = "The last day is before the first one. Correct one of them."
            raise Invalid(message, "lastDay", code=Code.OUT_OF_RANGE)
    with faults.collect():
        await reference_published(work, RatingScale, packet.scale_id, "scaleId")
    faults.raise_all()


async def _check_rule(work: Work, packet: ReviewPacket, orders: Sequence[ReviewOrder]) -> None:
    """Check that the score rule fits the period, the scale and the forms. Raises Invalid."""
    faults, rule = FaultCollector(), None
    with faults.collect():
        rule = await reference_rule(work, packet.score_rule_id, packet.last_day, packet.scale_id)
    with faults.collect():
        if rule is not None:
            await check_fit(work, rule, [(each.direction, each.template_id) for each in orders])
    with faults.collect():
        asks_days = rule is not None and rule.asks_for(DAYS_OF_WORK)
        if asks_days and packet.days is None:
            message = "The score rule asks for the days of work. Fill them in."
            raise Invalid(message, "days", code=Code.REQUIRED)
        DAYS.check(packet.days or 1, "days")
    faults.raise_all()


async def _reference_worker(
    work: Work, person_id: UUID, packet: ReviewPacket, *path: str | int
) -> None:
    """Check that somebody else than the subject works here. Raises Invalid."""
    person = await work.reference(Person, person_id, *map(str, path))
    if person_id == packet.subject_id:
        raise Invalid(
            "The reviewed person cannot decide, or be their own second level. Name somebody else.",
            *path,
        )
    check_works_here(work, person, *path)


def check_works_here(work: Work, person: Person | None, *path: str | int) -> None:
    """Check that a person has not left. Raises Invalid."""
    if person is not None and person.has_left(work.actor.today):
        raise Invalid("This person has left. Name somebody else.", *path)


def _check_days(order: ReviewOrder, index: int) -> None:
    """Check that interim appraisals have days, and other forms none. Raises Invalid."""
    is_interim, path = order.direction is ReviewDirection.INTERIM, ("reviews", index, "days")
    if is_interim and order.days is None:
        message = "An interim appraisal counts for a number of days. Fill it in."
        raise Invalid(message, *path, code=Code.REQUIRED)
    if not is_interim and order.days is not None:
        raise Invalid("Only INTERIM takes days. Leave them out.", *path)
    DAYS.check(order.days or 1, *path)


async def _check_orders(work: Work, packet: ReviewPacket, orders: Sequence[ReviewOrder]) -> None:
    if not orders:
        raise Invalid("At least one review is needed. Add one.", "reviews", code=Code.OUT_OF_RANGE)
    if len(orders) > MAX_REVIEWS:
        message = f"A packet has at most {MAX_REVIEWS} reviews. Remove some."
        raise LimitExceeded(message, "reviews")
    faults, seen = FaultCollector(), set[tuple[UUID, ReviewDirection]]()
    for index, each in enumerate(orders):
        with faults.collect():
            writer = await work.reference(Person, each.writer_id, "reviews", str(index), "writerId")
            is_self = each.direction is ReviewDirection.SELF
            if is_self is not (each.writer_id == packet.subject_id):
                message = (
                    "SELF is for the reviewed person only, who writes nothing else. Choose"
                    " another writer."
                )
                raise Invalid(message, "reviews", index, "writerId")
            if (each.writer_id, each.direction) in seen:
                message = "This person writes in this direction already. Remove one."
                raise Invalid(message, "reviews", index, code=Code.NOT_UNIQUE)
            seen.add((each.writer_id, each.direction))
            _check_days(each, index)
            check_works_here(work, writer, "reviews", index, "writerId")
        with faults.collect():
            path = ("reviews", index, "templateId")
            await reference_published(work, ReviewTemplate, each.template_id, *path)
    faults.raise_all()
