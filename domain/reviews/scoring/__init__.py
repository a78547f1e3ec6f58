"""Scores of reviews: rules as data, from the ratings of items to a level, with an explanation."""

from domain.reviews.scoring.aggregation import Aggregation, Method, Missing, combine_by_days
from domain.reviews.scoring.conditions import (
    AllOf,
    AtLeast,
    Condition,
    Counts,
    FactAtLeast,
    FactHolds,
    Not,
    Quantity,
    Selection,
)
from domain.reviews.scoring.evaluation import compute_score
from domain.reviews.scoring.items import Column, Item, Rating
from domain.reviews.scoring.rounding import Rounding, RoundingMode
from domain.reviews.scoring.rules import Exclusion, LevelRule, Override, ScoreRule, find_rule
from domain.reviews.scoring.score import Score, ScoreOutcome

__all__ = [
    "Aggregation",
    "AllOf",
    "AtLeast",
    "Column",
    "Condition",
    "Counts",
    "Exclusion",
    "FactAtLeast",
    "FactHolds",
    "Item",
    "LevelRule",
    "Method",
    "Missing",
    "Not",
    "Override",
    "Quantity",
    "Rating",
    "Rounding",
    "RoundingMode",
    "Score",
    "ScoreOutcome",
    "ScoreRule",
    "Selection",
    "combine_by_days",
    "compute_score",
    "find_rule",
]
