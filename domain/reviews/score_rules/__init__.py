"""Score rules: how ratings become the level of a review, as documents with revisions."""

from domain.reviews.score_rules.building import build_scheme
from domain.reviews.score_rules.enums import ReviewOutcome, ScoreConditionKind
from domain.reviews.score_rules.fitting import DAYS, check_fit
from domain.reviews.score_rules.model import (
    MAX_CONDITIONS,
    MAX_STEPS,
    ScoreCondition,
    ScoreRule,
    ScoreStep,
)
from domain.reviews.score_rules.use_cases import create, edit, reference_rule

__all__ = [
    "DAYS",
    "MAX_CONDITIONS",
    "MAX_STEPS",
    "ReviewOutcome",
    "ScoreCondition",
    "ScoreConditionKind",
    "ScoreRule",
    "ScoreStep",
    "build_scheme",
    "check_fit",
    "create",
    "edit",
    "reference_rule",
]
