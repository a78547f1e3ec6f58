"""Scores of packets in the graph: what a rule came to, and each step to it."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from api.kernel.schema.declarations import list_of, one, part, value
from api.reviews.score_rules import ScoreRule
from api.reviews.templates import ReviewQuestion
from domain.reviews.scoring import ScoreOutcome, ScoreStepKind
from domain.reviews.templates import QuestionAudience
from persistence.reviews import REVIEW_SCORE, REVIEW_SCORE_COMPONENT, REVIEW_SCORE_STEP

if TYPE_CHECKING:
    from api.reviews.writing import Review

figure = value
"""The attribute `value` hides the function of that name in a class."""


@part(REVIEW_SCORE_COMPONENT)
class ReviewScoreComponent:
    """A question that a score counts. Questions that do not apply are left out."""

    position: int = figure("The place, from 1.")
    review: "Review | None" = one("The form that it is from. Null when the viewer may not see it.")
    question: ReviewQuestion | None = one("The question. Never null.")
    weight: int = figure("The weight of the question.")
    section_weight: int = figure("The weight of its section.")
    initial_level: int | None = figure(
        "The level in the form, as its place on the scale. Null when it is not rated."
    )
    final_level: int | None = figure(
        "The level that the second level gave instead. Null when it gave none."
    )
    points: Decimal | None = figure(
        "The value that counts: that of the final level, or else of the initial one. Null when it"
        " is not rated."
    )


@part(REVIEW_SCORE_STEP)
class ReviewScoreStep:
    """A step of the rule that was checked."""

    position: int = figure("The place, from 1.")
    kind: ScoreStepKind = figure("What the step does.")
    level: int | None = figure(
        "The level that it gives, as its place on the scale of the rule. Null where it gives none."
    )
    is_met: bool = figure("Whether all its conditions held.")
    text: str = figure(
        "Its conditions in words. Where it was not met: the first condition that failed."
    )


@part(REVIEW_SCORE)
class ReviewScore:
    """The result of a score rule for a packet, from the forms that were submitted at that time.

    It never changes. It is read by those who may read all the answers that it comes from.
    """

    rule: ScoreRule | None = one("The revision of the rule. Never null.")
    computed_at: datetime = figure("When it was computed.")
    is_current: bool = figure("Whether it is the present score. An earlier one was replaced.")
    audience: QuestionAudience = figure("The narrowest audience of the answers that it comes from.")
    outcome: ScoreOutcome = figure("The result: a level, or why there is none.")
    level: int | None = figure(
        "The proposed level, as its place on the scale of the rule. Null for other outcomes."
    )
    value: Decimal | None = figure(
        "The value after its only rounding. Null for a rule without a value, or without ratings."
    )
    exact: str | None = figure(
        "The value before it was rounded, as a fraction such as 10/3. Null where `value` is null."
    )
    formula: str | None = figure(
        "The formula with its numbers: those of ratings, or of the components that the formula of"
        " the rule names. Null where `value` is null."
    )
    initial_outcome: ScoreOutcome = figure("The outcome without the ratings of the second level.")
    initial_level: int | None = figure(
        "The level without the ratings of the second level. Null for other outcomes."
    )
    initial_value: Decimal | None = figure(
        "The value without the ratings of the second level. Null where there is none."
    )
    explain: str = figure("How the rule found the outcome, in sentences.")
    answers_hash: str = figure(
        "The SHA-256 of the revision of the rule, and of all answers with their versions."
    )
    components: list[ReviewScoreComponent] = list_of(
        "What was counted, in the order of the forms.", usual_size=10
    )
    steps: list[ReviewScoreStep] = list_of(
        "The steps that were checked, in their order.", usual_size=6
    )
