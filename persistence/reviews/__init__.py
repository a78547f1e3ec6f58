"""Reviews: tables, mapping and read models."""

from persistence.reviews.scales import (
    CONVERTED_RATING_LEVEL,
    RATING_CONVERSION,
    RATING_LEVEL,
    RATING_SCALE,
)

__all__ = ["CONVERTED_RATING_LEVEL", "RATING_CONVERSION", "RATING_LEVEL", "RATING_SCALE"]
