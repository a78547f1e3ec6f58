"""Fairness: how the levels of a cycle differ between groups of people, as advice for people."""

from domain.reviews.fairness.erasing import erase_fairness
from domain.reviews.fairness.model import (
    GROUP,
    MAX_GROUPS,
    MAX_VALUES,
    MIN_GROUPS,
    FairnessAttribute,
)
from domain.reviews.fairness.records import FairnessFigure, FairnessGroup, FairnessValue

__all__ = [
    "GROUP",
    "MAX_GROUPS",
    "MAX_VALUES",
    "MIN_GROUPS",
    "FairnessAttribute",
    "FairnessFigure",
    "FairnessGroup",
    "FairnessValue",
    "erase_fairness",
]
