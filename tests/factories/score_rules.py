"""Score rules for tests."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.reviews import RatingScale, ScoreRule
from domain.reviews.scoring import ScoreStepKind
from domain.revisions import RevisionStatus
from tests.factories.actors import NOW

STEPS = ({"kind": ScoreStepKind.LEVEL, "level": 1},)


def a_score_rule(
    scale: RatingScale,
    name: str = "Means",
    status: RevisionStatus = RevisionStatus.PUBLISHED,
    steps: Sequence[Mapping[str, Any]] = STEPS,
    **details: Any,
) -> ScoreRule:
    """Build a rule that gives the lowest level to everybody, in this status."""
    values = {"valid_from": date(2026, 1, 1), "scale_id": scale.id, **details}
    rule = ScoreRule.create(scale.tenant_id, {"steps": steps}, name=name, **values)
    if status is not RevisionStatus.DRAFT:
        rule.publish(at=NOW)
    if status is RevisionStatus.ARCHIVED:
        rule.archive()
    rule.events.clear()
    return rule


def build_score_rules(scale: RatingScale) -> dict[str, ScoreRule]:
    """Build a score rule in each status, by the status."""
    return {each.value: a_score_rule(scale, f"{each.value} means", each) for each in RevisionStatus}
