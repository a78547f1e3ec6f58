"""The closed lists of score rules that the evaluation does not need."""

from enum import StrEnum


class ReviewOutcome(StrEnum):
    """What a review may end with instead of a level."""

    UNRATABLE = "unratable"
    EXTENDED = "extended"
    NOT_RENDERED = "not_rendered"
    NOT_PASSED = "not_passed"


class ScoreConditionKind(StrEnum):
    """What a condition of a score rule is about."""

    VALUE_AT_LEAST = "value_at_least"
    VALUE_BELOW = "value_below"
    RATINGS = "ratings"
    FACT_AT_LEAST = "fact_at_least"
    FACT_BELOW = "fact_below"
    FACT_HOLDS = "fact_holds"
    FACT_FAILS = "fact_fails"
