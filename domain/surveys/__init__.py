"""Surveys with sealed ballots: nobody can tell who gave an answer once they are counted."""

from domain.surveys.bank import SurveyBankQuestion, create_question
from domain.surveys.enums import (
    SurveyAudience,
    SurveyBankQuestionStatus,
    SurveyQuestionKind,
    SurveyResultScope,
    SurveyStatus,
)
from domain.surveys.model import Survey, SurveyChoice, SurveyQuestion
from domain.surveys.records import SurveyComment, SurveyInvitation, SurveyResult, SurveyShare
from domain.surveys.recurring import SCHEDULES, create_schedule
from domain.surveys.responses import SurveyAnswer
from domain.surveys.schedules import SurveySchedule, SurveyScheduleQuestion
from domain.surveys.use_cases import (
    BALLOT_HANDLERS,
    cancel,
    close,
    launch,
    respond,
    withdraw_response,
)

TASK_HANDLERS = {**BALLOT_HANDLERS, **SCHEDULES.list_handlers()}

__all__ = [
    "SCHEDULES",
    "TASK_HANDLERS",
    "Survey",
    "SurveyAnswer",
    "SurveyAudience",
    "SurveyBankQuestion",
    "SurveyBankQuestionStatus",
    "SurveyChoice",
    "SurveyComment",
    "SurveyInvitation",
    "SurveyQuestion",
    "SurveyQuestionKind",
    "SurveyResult",
    "SurveyResultScope",
    "SurveySchedule",
    "SurveyScheduleQuestion",
    "SurveyShare",
    "SurveyStatus",
    "cancel",
    "close",
    "create_question",
    "create_schedule",
    "launch",
    "respond",
    "withdraw_response",
]
