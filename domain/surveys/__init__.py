"""Surveys with sealed ballots: nobody can tell who gave an answer once they are counted."""

from domain.surveys.enums import SurveyAudience, SurveyQuestionKind, SurveyResultScope, SurveyStatus
from domain.surveys.model import Survey, SurveyChoice, SurveyQuestion
from domain.surveys.records import SurveyComment, SurveyInvitation, SurveyResult, SurveyShare
from domain.surveys.responses import SurveyAnswer
from domain.surveys.use_cases import (
    TASK_HANDLERS,
    cancel,
    close,
    launch,
    respond,
    withdraw_response,
)

__all__ = [
    "TASK_HANDLERS",
    "Survey",
    "SurveyAnswer",
    "SurveyAudience",
    "SurveyChoice",
    "SurveyComment",
    "SurveyInvitation",
    "SurveyQuestion",
    "SurveyQuestionKind",
    "SurveyResult",
    "SurveyResultScope",
    "SurveyShare",
    "SurveyStatus",
    "cancel",
    "close",
    "launch",
    "respond",
    "withdraw_response",
]
