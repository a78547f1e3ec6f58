"""Review templates: the forms of reviews, as sections of typed questions."""

from domain.reviews.templates.career_groups import MAX_CAREER_GROUPS
from domain.reviews.templates.model import (
    MAX_CHOICES,
    MAX_QUESTIONS,
    MAX_SECTIONS,
    MAX_TEMPLATE_QUESTIONS,
    ReviewCareerGroup,
    ReviewChoice,
    ReviewQuestion,
    ReviewSection,
    ReviewTemplate,
)
from domain.reviews.templates.positions import (
    Position,
    find_career_groups,
    has_criteria,
    list_applicable,
    load_position,
    load_units_above,
)
from domain.reviews.templates.questions import (
    QuestionAudience,
    QuestionComparison,
    QuestionKind,
)
from domain.reviews.templates.use_cases import create, edit

__all__ = [
    "MAX_CAREER_GROUPS",
    "MAX_CHOICES",
    "MAX_QUESTIONS",
    "MAX_SECTIONS",
    "MAX_TEMPLATE_QUESTIONS",
    "Position",
    "QuestionAudience",
    "QuestionComparison",
    "QuestionKind",
    "ReviewCareerGroup",
    "ReviewChoice",
    "ReviewQuestion",
    "ReviewSection",
    "ReviewTemplate",
    "create",
    "edit",
    "find_career_groups",
    "has_criteria",
    "list_applicable",
    "load_position",
    "load_units_above",
]
