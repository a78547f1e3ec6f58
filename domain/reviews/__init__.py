"""Reviews: scales, frameworks and templates, and the cycles that use them.

`scales` has what a rating may be, `competencies` what is expected at a level, `templates` the
forms, `nominations` who is chosen to write, `packets` and `writing` the reviews of a person from
the first answer to the signature, `appeals` what comes after it, `score_rules` how ratings become a
level, `scoring` the evaluation of such rules, `scores` what came out, `calibration` the sessions in
which levels are compared, and `fairness` how levels differ between groups of people.
"""

from domain.reviews.appeals import ReviewAppeal
from domain.reviews.calibration import CalibrationSession, CalibrationSubject
from domain.reviews.competencies import CompetencyFramework
from domain.reviews.cycles import ReviewCycle
from domain.reviews.directions import ReviewDirection
from domain.reviews.fairness import FairnessAttribute
from domain.reviews.nominations import ReviewNomination, ReviewNominationRound
from domain.reviews.packets import ReviewPacket
from domain.reviews.scales import RatingLevel, RatingScale
from domain.reviews.score_rules import ScoreRule
from domain.reviews.scores import ReviewScore
from domain.reviews.templates import ReviewTemplate
from domain.reviews.writing import Review

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
    "ReviewDirection",
    "ReviewNomination",
    "ReviewNominationRound",
    "ReviewPacket",
    "ReviewScore",
    "ReviewTemplate",
    "ScoreRule",
]
