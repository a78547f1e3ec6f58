"""Rating scales: ordered levels, and the conversion of values between scales."""

from domain.reviews.scales.conversion import CONVERTED_DECIMALS, convert_linearly
from domain.reviews.scales.model import MAX_LEVELS, MIN_LEVELS, RatingLevel, RatingScale

__all__ = [
    "CONVERTED_DECIMALS",
    "MAX_LEVELS",
    "MIN_LEVELS",
    "RatingLevel",
    "RatingScale",
    "convert_linearly",
]
