"""Reviews: tables, mapping and read models."""

from persistence.reviews.competencies import (
    COMPETENCY,
    COMPETENCY_EXPECTATION,
    COMPETENCY_FRAMEWORK,
    COMPETENCY_LEVEL,
    COMPETENCY_TRACK,
)
from persistence.reviews.scales import (
    CONVERTED_RATING_LEVEL,
    RATING_CONVERSION,
    RATING_LEVEL,
    RATING_SCALE,
)
from persistence.reviews.templates import (
    REVIEW_CHOICE,
    REVIEW_QUESTION,
    REVIEW_SECTION,
    REVIEW_TEMPLATE,
)

__all__ = [
    "COMPETENCY",
    "COMPETENCY_EXPECTATION",
    "COMPETENCY_FRAMEWORK",
    "COMPETENCY_LEVEL",
    "COMPETENCY_TRACK",
    "CONVERTED_RATING_LEVEL",
    "RATING_CONVERSION",
    "RATING_LEVEL",
    "RATING_SCALE",
    "REVIEW_CHOICE",
    "REVIEW_QUESTION",
    "REVIEW_SECTION",
    "REVIEW_TEMPLATE",
]
