"""Use cases of score rules: what needs the scale of a rule, or its other revisions."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.unit_of_work import Work
from domain.reviews.scales import RatingScale
from domain.reviews.score_rules.formulas import check_score_formula
from domain.reviews.score_rules.model import ScoreRule
from domain.reviews.score_rules.steps import find_conflicts_of_method, find_unknown_levels
from domain.revisions import Content, RevisionStatus, reference_published
from domain.revisions.parts import describe_parts

FORMULATED = ("formula", "method", "directions")
"""What the check of a formula reads of a rule."""

DRAFT, PUBLISHED, ARCHIVED = RevisionStatus


async def create(work: Work, content: Content, **details: Any) -> ScoreRule:
    """Create the first draft of a rule. Raises NotPermitted, Invalid and LimitExceeded."""
    blank = ScoreRule(
        tenant_id=work.actor.tenant_id, name="", valid_from=date.min, scale_id=UUID(int=0)
    )
    await work.require(blank, to=ScoreRule.CREATE)
    faults = FaultCollector()
    with faults.collect():
        rule = ScoreRule.create(work.actor.tenant_id, content, **details)
    with faults.collect():
        method = details.get("method", ScoreRule.method)
        await _check_scale(work, details.get("scale_id"), method, content)
    with faults.collect():
        check_score_formula({name: getattr(blank, name) for name in FORMULATED} | details)
    faults.raise_all()
    await work.add(rule, to=ScoreRule.CREATE)
    return rule


async def edit(
    work: Work, id: UUID, content: Content, *, expected_version: int | None = None, **details: Any
) -> ScoreRule:
    """Change a draft. Raises what `Work.get` raises, Invalid and LimitExceeded."""
    rule = await work.get(ScoreRule, id, to=ScoreRule.EDIT, expected_version=expected_version)
    faults = FaultCollector()
    with faults.collect():
        scale_id, method = details.get("scale_id", rule.scale_id), details.get("method")
        present = describe_parts(rule, ScoreRule.LISTS) | dict(content)
        await _check_scale(work, scale_id, method or rule.method, present, rule.scale_id)
    with faults.collect():
        check_score_formula({name: getattr(rule, name) for name in FORMULATED} | details)
    with faults.collect():
        rule.edit(content, **details)
    faults.raise_all()
    return rule


async def _check_scale(
    work: Work, scale_id: UUID | None, method: Any, content: Content, known: UUID | None = None
) -> None:
    """Check that the scale is published and has the levels, and what the method allows.

    Raises Invalid.
    """
    faults, steps = FaultCollector(), content.get("steps", ())
    with faults.collect():
        raise_faults(find_conflicts_of_method(method, steps))
    with faults.collect():
        scale = await reference_published(work, RatingScale, scale_id, "scaleId", known=[known])
        if scale is not None:
            raise_faults(find_unknown_levels(len(scale.levels), steps))
    faults.raise_all()


async def reference_rule(
    work: Work, id: UUID | None, last_day: date, scale_id: UUID | None
) -> ScoreRule | None:
    """Return the rule that an input names for a period that ends on this day.

    It is the revision in force on that day, and proposes levels of that scale. Raises Invalid with
    all faults, at `scoreRuleId` and `scaleId`.
    """
    rule = await work.reference(ScoreRule, id, "scoreRuleId")
    if rule is None:
        return None
    faults = FaultCollector()
    with faults.collect():
        revisions = await work.find_all(ScoreRule, document_id=[rule.document_id])
        _check_in_force(rule, revisions, last_day)
    with faults.collect():
        if rule.scale_id != scale_id:
            message = "The score rule proposes levels of another scale. Name the scale of the rule."
            raise Invalid(message, "scaleId")
    faults.raise_all()
    return rule


def _check_in_force(rule: ScoreRule, revisions: Iterable[ScoreRule], last_day: date) -> None:
    """Check that a revision is the newest that is valid on a day. Raises Invalid.

    An archived one may be: the published revision that took its place may be for later periods.
    """
    if rule.status is DRAFT or not any(each.status is PUBLISHED for each in revisions):
        message = "This is not published. Publish it first, or choose another."
        raise Invalid(message, "scoreRuleId")
    in_force = find_in_force(revisions, last_day)
    if in_force is None or rule.valid_from > last_day:
        message = (
            f"This rule is for periods that end on {rule.valid_from.isoformat()} or later. Choose"
            " another revision or rule."
        )
        raise Invalid(message, "scoreRuleId", code=Code.OUT_OF_RANGE)
    if in_force.id != rule.id:
        message = (
            f"On {last_day.isoformat()} revision {in_force.revision} of this rule is in force."
            " Name that one."
        )
        raise Invalid(message, "scoreRuleId")


def find_in_force(revisions: Iterable[ScoreRule], last_day: date) -> ScoreRule | None:
    """Return the rule of a period: the newest revision that is valid on its last day."""
    valid = [each for each in revisions if each.status is not DRAFT and each.valid_from <= last_day]
    return max(valid, key=lambda each: (each.valid_from, each.revision), default=None)
