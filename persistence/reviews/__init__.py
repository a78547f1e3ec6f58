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
]
