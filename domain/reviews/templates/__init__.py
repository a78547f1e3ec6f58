"""Review templates: the forms of reviews, as sections of typed questions."""

from domain.reviews.templates.model import (
    MAX_CHOICES,
    MAX_QUESTIONS,
    MAX_SECTIONS,
    MAX_TEMPLATE_QUESTIONS,
    ReviewChoice,
    ReviewQuestion,
    ReviewSection,
    ReviewTemplate,
)
from domain.reviews.templates.questions import (
    QuestionAudience,
    QuestionComparison,
    QuestionKind,
)
from domain.reviews.templates.use_cases import create, edit

__all__ = [
    "MAX_CHOICES",
    "MAX_QUESTIONS",
    "MAX_SECTIONS",
    "MAX_TEMPLATE_QUESTIONS",
    "QuestionAudience",
    "QuestionComparison",
    "QuestionKind",
    "ReviewChoice",
    "ReviewQuestion",
    "ReviewSection",
    "ReviewTemplate",
    "create",
    "edit",
]
