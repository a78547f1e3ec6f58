"""Reviews: scales, frameworks and templates, and the cycles that use them.

`scales` has what a rating may be, `competencies` what is expected at a level, `templates` the
forms, and `scoring` the rules from ratings to a level.
"""

from domain.reviews.competencies import CompetencyFramework
from domain.reviews.cycles import ReviewCycle
from domain.reviews.directions import ReviewDirection
from domain.reviews.scales import RatingLevel, RatingScale
from domain.reviews.templates import ReviewTemplate

__all__ = [
    "CompetencyFramework",
    "RatingLevel",
    "RatingScale",
    "ReviewCycle",
    "ReviewDirection",
    "ReviewTemplate",
]
