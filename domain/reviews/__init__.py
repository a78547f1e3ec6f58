"""Reviews: scales, frameworks and templates, and the cycles that use them.

`scales` has what a rating may be, `competencies` what is expected at a level, `templates` the
forms, `packets` and `writing` the reviews of a person from the first answer to the signature, and
`scoring` the rules from ratings to a level.
"""

from domain.reviews.competencies import CompetencyFramework
from domain.reviews.cycles import ReviewCycle
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import ReviewPacket
from domain.reviews.scales import RatingLevel, RatingScale
from domain.reviews.templates import ReviewTemplate
from domain.reviews.writing import Review

__all__ = [
    "CompetencyFramework",
    "RatingLevel",
    "RatingScale",
    "Review",
    "ReviewCycle",
    "ReviewDirection",
    "ReviewPacket",
    "ReviewTemplate",
]
