"""Scores of reviews: schemes as data, from the ratings of items to a level, with an explanation."""

from domain.reviews.scoring.aggregation import Aggregation, ScoreMethod, combine_by_days
from domain.reviews.scoring.conditions import (
    AllOf,
    AtLeast,
    Condition,
    Counts,
    FactAtLeast,
    FactHolds,
    Facts,
    Not,
    ScoreQuantity,
    Selection,
)
from domain.reviews.scoring.evaluation import compute_score
from domain.reviews.scoring.formulas import Component, ComponentKind, ScoreFormula, read_formula
from domain.reviews.scoring.items import Column, Item, Rating
from domain.reviews.scoring.missing import MissingRule, ReviewMissingAnswers
from domain.reviews.scoring.rounding import Rounding, ScoreRounding
from domain.reviews.scoring.rules import Exclusion, LevelRule, Override, Scheme
from domain.reviews.scoring.score import Score, ScoreOutcome, ScoreStepKind, Step

__all__ = [
    "Aggregation",
    "AllOf",
    "AtLeast",
    "Column",
    "Component",
    "ComponentKind",
    "Condition",
    "Counts",
    "Exclusion",
    "FactAtLeast",
    "FactHolds",
    "Facts",
    "Item",
    "LevelRule",
    "MissingRule",
    "Not",
    "Override",
    "Rating",
    "ReviewMissingAnswers",
    "Rounding",
    "Scheme",
    "Score",
    "ScoreFormula",
    "ScoreMethod",
    "ScoreOutcome",
    "ScoreQuantity",
    "ScoreRounding",
    "ScoreStepKind",
    "Selection",
    "Step",
    "combine_by_days",
    "compute_score",
    "read_formula",
]
