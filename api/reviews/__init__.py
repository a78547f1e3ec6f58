"""Reviews in the graph: scales, frameworks and templates, and the cycles that use them."""

from api.reviews import cycle_editing, cycle_launching, cycle_planning
from api.reviews.competencies import CompetencyFramework
from api.reviews.cycles import ReviewCycle
from api.reviews.scales import RatingLevel, RatingScale
from api.reviews.templates import ReviewTemplate

__all__ = [
    "CompetencyFramework",
    "RatingLevel",
    "RatingScale",
    "ReviewCycle",
    "ReviewTemplate",
    "cycle_editing",
    "cycle_launching",
    "cycle_planning",
]
