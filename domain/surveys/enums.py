"""Enums of surveys."""

from enum import StrEnum


class SurveyStatus(StrEnum):
    """Where a survey stands."""

    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class SurveyQuestionKind(StrEnum):
    """What the answer to a question is."""

    RATING = "rating"
    RECOMMENDATION = "recommendation"
    CHOICE = "choice"
    COMMENT = "comment"


class SurveyAudience(StrEnum):
    """Who sees the results of all answers together."""

    MANAGERS = "managers"
    EVERYONE = "everyone"


class SurveyResultScope(StrEnum):
    """Whose answers a result is about."""

    OVERALL = "overall"
    CELL = "cell"


class SurveyBankQuestionStatus(StrEnum):
    """Whether new schedules may use a question."""

    ACTIVE = "active"
    RETIRED = "retired"
