"""Records of scores. Each is written once: another computation writes another one."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.reviews.scores import policy
from domain.reviews.scoring import ScoreOutcome, ScoreStepKind
from domain.reviews.templates import QuestionAudience


@dataclass(kw_only=True, eq=False)
class ReviewScore(Part):
    """What a score rule came to for a packet, from the forms that were submitted at that time.

    `exact` is the value as a fraction, before it was rounded. The `initial` figures come from the
    first ratings, the others from those after the review of the second level. `answers_hash` is of
    all answers and their versions.
    """

    NAME = "review_score"
    SEE = policy.SEE_SCORE

    packet_id: UUID
    rule_id: UUID
    computed_at: datetime
    is_current: bool = True
    audience: QuestionAudience
    is_shown: bool
    outcome: ScoreOutcome
    level: int | None = None
    value: Decimal | None = None
    exact: str | None = None
    formula: str | None = None
    initial_outcome: ScoreOutcome
    initial_level: int | None = None
    initial_value: Decimal | None = None
    explain: str
    answers_hash: str


@dataclass(kw_only=True, eq=False)
class ReviewScoreComponent(Part):
    """A rating that a score was computed from, with both columns."""

    NAME = "review_score_component"
    SEE = policy.SEE_PART

    score_id: UUID
    position: int
    review_id: UUID
    question_id: UUID
    weight: int
    section_weight: int
    initial_level: int | None = None
    final_level: int | None = None
    points: Decimal | None = None


@dataclass(kw_only=True, eq=False)
class ReviewScoreStep(Part):
    """A step of the rule that was asked, and whether its conditions held."""

    NAME = "review_score_step"
    SEE = policy.SEE_PART

    score_id: UUID
    position: int
    kind: ScoreStepKind
    level: int | None = None
    is_met: bool
    text: str
