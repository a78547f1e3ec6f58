"""Reviews in the graph: scales, frameworks and templates, and the cycles that use them."""

from api.reviews import (
    calibration_running,
    changes,
    cycle_editing,
    cycle_launching,
    cycle_planning,
    evidence,
    previews,
)
from api.reviews.appeals import ReviewAppeal
from api.reviews.calibration import CalibrationSession, CalibrationSubject
from api.reviews.competencies import CompetencyFramework
from api.reviews.cycles import ReviewCycle
from api.reviews.fairness import FairnessAttribute
from api.reviews.nominations import ReviewNomination, ReviewNominationRound
from api.reviews.packets import ReviewPacket
from api.reviews.scales import RatingLevel, RatingScale
from api.reviews.score_rules import ScoreRule
from api.reviews.scores import ReviewScore
from api.reviews.templates import ReviewTemplate
from api.reviews.writing import Review

__all__ = [
    "CalibrationSession",
    "CalibrationSubject",
    "CompetencyFramework",
    "FairnessAttribute",
    "RatingLevel",
    "RatingScale",
    "Review",
    "ReviewAppeal",
    "ReviewCycle",
    "ReviewNomination",
    "ReviewNominationRound",
    "ReviewPacket",
    "ReviewScore",
    "ReviewTemplate",
    "ScoreRule",
    "calibration_running",
    "changes",
    "cycle_editing",
    "cycle_launching",
    "cycle_planning",
    "evidence",
    "previews",
]
