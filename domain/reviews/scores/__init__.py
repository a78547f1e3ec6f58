"""Scores of packets: what they were computed from, and what came out, as it was then."""

from domain.reviews.scores.material import Material, UsedRating
from domain.reviews.scores.model import ReviewScore, ReviewScoreComponent, ReviewScoreStep

__all__ = [
    "Material",
    "ReviewScore",
    "ReviewScoreComponent",
    "ReviewScoreStep",
    "UsedRating",
]
