"""What reviews need, for tests."""

from collections.abc import Sequence
from decimal import Decimal

from domain.kernel.identity import TenantId
from domain.reviews import RatingScale
from domain.revisions import RevisionStatus
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
    if status is not RevisionStatus.DRAFT:
        scale.publish(at=NOW)
    if status is RevisionStatus.ARCHIVED:
        scale.archive()
    scale.events.clear()
    return scale


def build_rating_scales(tenant_id: TenantId) -> dict[str, RatingScale]:
    """Build a rating scale in each status, by the status."""
    return {
        each.value: a_rating_scale(tenant_id, f"{each.value} points", each)
        for each in RevisionStatus
    }
