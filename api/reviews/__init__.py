"""Reviews in the graph: scales, frameworks and templates, and the cycles that use them."""

from api.reviews import changes, cycle_editing, cycle_launching, cycle_planning
from api.reviews.competencies import CompetencyFramework
from api.reviews.cycles import ReviewCycle
from api.reviews.packets import ReviewPacket
from api.reviews.scales import RatingLevel, RatingScale
from api.reviews.templates import ReviewTemplate
from api.reviews.writing import Review

__all__ = [
    "CompetencyFramework",
    "RatingLevel",
    "RatingScale",
    "Review",
    "ReviewCycle",
    "ReviewPacket",
    "ReviewTemplate",
    "changes",
    "cycle_editing",
    "cycle_launching",
    "cycle_planning",
]
