"""What reviews need, for tests."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.kernel.identity import PersonId, TenantId
from domain.people import Person
from domain.reviews import CompetencyFramework, RatingScale, ReviewAppeal, ReviewTemplate
from domain.reviews.appeals import ReviewAppealStatus
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import ReviewPacket, ReviewPacketStatus
from domain.reviews.templates import QuestionAudience, QuestionKind
from domain.reviews.writing import Review, ReviewAnswer, ReviewOrder, ReviewStatus
from domain.reviews.writing.opening import build_review
from domain.revisions import Revision, RevisionStatus
from tests.factories.actors import NOW

POINTS = (("Below", "1"), ("Meets", "3"), ("Above", "5"))


def a_rating_scale(
    tenant_id: TenantId,
    name: str = "Five points",
    status: RevisionStatus = RevisionStatus.PUBLISHED,
    points: Sequence[tuple[str, str]] = POINTS,
) -> RatingScale:
    """Build a rating scale with these labels and values, in this status."""
    levels = [{"label": label, "value": Decimal(value)} for label, value in points]
    scale = RatingScale.create(tenant_id, {"levels": levels}, name=name)
    _bring_into(scale, status)
    return scale


EXPECTED = {"competency_key": "delivery", "text": "Finishes small tasks."}
LEVEL = {"key": "junior", "name": "L1", "expectations": [EXPECTED]}
FRAMEWORK = {
    "competencies": [{"key": "delivery", "name": "Delivery"}],
    "tracks": [{"key": "engineering", "name": "Engineering", "levels": [LEVEL]}],
}


def a_framework(
    tenant_id: TenantId, name: str = "Craft", status: RevisionStatus = RevisionStatus.PUBLISHED
) -> CompetencyFramework:
    """Build a competency framework with one competency, in this status."""
    framework = CompetencyFramework.create(tenant_id, FRAMEWORK, name=name)
    _bring_into(framework, status)
    return framework


QUESTIONS = [
    {"key": "went_well", "kind": QuestionKind.TEXT, "text": "What went well?"},
    {
        "key": "stays",
        "kind": QuestionKind.CHOICE,
        "text": "Would you hire this person again?",
        "audience": QuestionAudience.HR_ONLY,
        "choices": [{"key": "yes", "label": "Yes"}, {"key": "no", "label": "No"}],
    },
]


def a_review_template(
    tenant_id: TenantId,
    name: str = "Yearly review",
    status: RevisionStatus = RevisionStatus.PUBLISHED,
    questions: Sequence[Mapping[str, Any]] = QUESTIONS,
) -> ReviewTemplate:
    """Build a template with one section of these questions, in this status."""
    section = {"key": "results", "title": "Results", "questions": questions}
    directions = (ReviewDirection.SELF, ReviewDirection.MANAGER)
    template = ReviewTemplate.create(
        tenant_id, {"sections": [section]}, name=name, directions=directions
    )
    _bring_into(template, status)
    return template


def a_packet(
    subject: Person,
    manager: Person,
    status: ReviewPacketStatus = ReviewPacketStatus.COLLECTING,
    scale: RatingScale | None = None,
) -> ReviewPacket:
    """Build a packet without forms, in this status."""
    released = ("shared", "acknowledged", "refused_to_sign", "disputed")
    return ReviewPacket(
        tenant_id=subject.tenant_id,
        subject_id=PersonId(subject.id),
        manager_id=PersonId(manager.id),
        starts_on=date(2026, 1, 1),
        last_day=date(2026, 6, 30),
        due_on=date(2026, 7, 15),
        status=status,
        is_released=status in released,
        appeal_until=date(2099, 12, 31) if status in released else None,
        scale_id=scale and scale.id,
        decided_by_id=PersonId(manager.id) if status is ReviewPacketStatus.DECIDED else None,
    )


def an_appeal(packet: ReviewPacket, decider: Person | None = None) -> ReviewAppeal:
    """Build an appeal against a packet; with somebody who decides it, under review."""
    return ReviewAppeal(
        tenant_id=packet.tenant_id,
        packet_id=packet.id,
        subject_id=packet.subject_id,
        manager_id=packet.manager_id,
        decider_id=PersonId(decider.id) if decider else None,
        status=ReviewAppealStatus.UNDER_REVIEW if decider else ReviewAppealStatus.FILED,
        due_on=date(2026, 8, 1),
        statement="I did more.",
        scale_id=packet.scale_id,
        content_hash_before="0" * 64,
    )


def a_form(
    packet: ReviewPacket,
    writer: Person,
    template: ReviewTemplate,
    status: ReviewStatus = ReviewStatus.NOT_STARTED,
    direction: ReviewDirection = ReviewDirection.PEER,
) -> Review:
    """Build a form of a packet, in this status."""
    review = build_review(packet, ReviewOrder(direction, writer.id, template.id))
    review.status, review.is_released = status, packet.is_released
    review.events.clear()
    return review


def answer_all(review: Review, template: ReviewTemplate) -> list[ReviewAnswer]:
    """Build an answer to every question of a form, which are texts and choices."""
    return [
        ReviewAnswer(
            tenant_id=review.tenant_id,
            review_id=review.id,
            question_id=each.id,
            audience=each.audience,
            text="Much." if not each.choices else None,
            choice_key=each.choices[0].key if each.choices else None,
        )
        for each in template.list_questions()
    ]


def _bring_into(document: Revision, status: RevisionStatus) -> None:
    if status is not RevisionStatus.DRAFT:
        document.publish(at=NOW)
    if status is RevisionStatus.ARCHIVED:
        document.archive()
    document.events.clear()


def build_rating_scales(tenant_id: TenantId) -> dict[str, RatingScale]:
    """Build a rating scale in each status, by the status."""
    return {
        each.value: a_rating_scale(tenant_id, f"{each.value} points", each)
        for each in RevisionStatus
    }


def build_frameworks(tenant_id: TenantId) -> dict[str, CompetencyFramework]:
    """Build a competency framework in each status, by the status."""
    return {
        each.value: a_framework(tenant_id, f"{each.value} craft", each) for each in RevisionStatus
    }


def build_review_templates(tenant_id: TenantId) -> dict[str, ReviewTemplate]:
    """Build a review template in each status, by the status."""
    return {
        each.value: a_review_template(tenant_id, f"{each.value} review", each)
        for each in RevisionStatus
    }
