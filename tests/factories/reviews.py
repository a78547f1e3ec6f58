"""What reviews need, for tests."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.kernel.identity import TenantId
from domain.reviews import CompetencyFramework, RatingScale, ReviewTemplate
from domain.reviews.directions import ReviewDirection
from domain.reviews.templates import QuestionAudience, QuestionKind
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
