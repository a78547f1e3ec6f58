"""What a score is computed from, and the records of what came out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

from domain.kernel.identity import TenantId
from domain.reviews.scales import RatingScale
from domain.reviews.score_rules import DAYS, ScoreRule
from domain.reviews.scores.model import ReviewScore, ReviewScoreComponent, ReviewScoreStep
from domain.reviews.scoring import (
    Column,
    Facts,
    Item,
    Rating,
    Scheme,
    Score,
    compute_score,
)
from domain.reviews.templates import QuestionAudience

Records = tuple[ReviewScore, list[ReviewScoreComponent], list[ReviewScoreStep]]


@dataclass(frozen=True)
class UsedRating:
    """An item, and the question of a form that it is from."""

    item: Item
    review_id: UUID
    question_id: UUID


@dataclass(frozen=True)
class Material:
    """The ratings and facts of the forms that were submitted.

    `audience` is the narrowest of the answers. `is_shown` says whether the reviewed person reads
    all the forms. `days` are those of each form.
    """

    ratings: Sequence[UsedRating]
    facts: Mapping[Column, Facts]
    days: Mapping[str, Fraction]
    audience: QuestionAudience
    is_shown: bool
    answers_hash: str


@dataclass(frozen=True)
class Result:
    """The scores of both columns, and the names of levels by their place."""

    initial: Score
    final: Score
    places: Mapping[str, int]

    def get_place(self, level: str | None) -> int | None:
        """Return the place of a level on the scale of the rule."""
        return None if level is None else self.places[level]


def compute(scheme: Scheme, scale: RatingScale, material: Material) -> Result:
    """Return the scores of both columns."""
    items = [each.item for each in material.ratings]
    initial, final = (
        compute_score(scheme, items, column=each, facts=material.facts[each], days=material.days)
        for each in Column
    )
    return Result(initial, final, {each.label: each.position for each in scale.levels})


def build_records(
    tenant_id: TenantId,
    packet_id: UUID,
    rule: ScoreRule,
    material: Material,
    result: Result,
    at: datetime,
) -> Records:
    """Return what is stored of a score, from the ids of what it came from to each step."""
    initial, final = result.initial, result.final
    score = ReviewScore(
        tenant_id=tenant_id,
        id=uuid4(),
        packet_id=packet_id,
        rule_id=rule.id,
        computed_at=at,
        audience=material.audience,
        is_shown=material.is_shown,
        outcome=final.outcome,
        level=result.get_place(final.level),
        value=final.value,
        exact=None if final.exact is None else str(final.exact),
        formula=final.formula,
        initial_outcome=initial.outcome,
        initial_level=result.get_place(initial.level),
        initial_value=initial.value,
        explain=" ".join(_explain(material, result)),
        answers_hash=material.answers_hash,
    )
    components = [
        _build_component(score, position, each)
        for position, each in enumerate(material.ratings, start=1)
    ]
    return score, components, _build_steps(score, result)


def _build_steps(score: ReviewScore, result: Result) -> list[ReviewScoreStep]:
    return [
        ReviewScoreStep(
            tenant_id=score.tenant_id,
            id=uuid4(),
            score_id=score.id,
            position=position,
            kind=each.kind,
            level=result.get_place(each.level),
            is_met=each.is_met,
            text=each.text,
        )
        for position, each in enumerate(result.final.steps, start=1)
    ]


def _build_component(score: ReviewScore, position: int, used: UsedRating) -> ReviewScoreComponent:
    item = used.item
    rating = item.get_rating(Column.FINAL)
    return ReviewScoreComponent(
        tenant_id=score.tenant_id,
        id=uuid4(),
        score_id=score.id,
        position=position,
        review_id=used.review_id,
        question_id=used.question_id,
        weight=int(item.weight),
        section_weight=int(item.section_weight),
        initial_level=_get_rank(item.initial),
        final_level=_get_rank(item.final),
        points=rating.points if rating else None,
    )


def _get_rank(rating: Rating | None) -> int | None:
    return rating.rank if rating else None


def _explain(material: Material, result: Result) -> Sequence[str]:
    """Return the sentences of the score, with the facts that its rule asks for.

    The days of work are left out: they tell of leave, which the manager may not see.
    """
    known = [
        f"{name.replace('_', ' ')}: {_write(value)}"
        for name, value in sorted(material.facts[Column.FINAL].items())
        if name != DAYS
    ]
    facts = [f"Known: {'; '.join(known)}."] if known else []
    initial, final = result.initial, result.final
    both = (initial.value, initial.level, initial.outcome)
    if both == (final.value, final.level, final.outcome):
        return (*facts, *final.explain)
    first = initial.level or initial.outcome.replace("_", " ")
    value = f", with a value of {initial.value}" if initial.value is not None else ""
    return (*facts, *final.explain, f"Before the review of the second level: {first}{value}.")


def _write(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "yes" if value else "no"
