"""Surveys in the graph: the types, queries and mutations."""

from api.surveys import answering, launching
from api.surveys.bank import SurveyBankQuestion
from api.surveys.schedules import SurveySchedule
from api.surveys.survey import Survey, SurveyQueries

__all__ = [
    "Survey",
    "SurveyBankQuestion",
    "SurveyQueries",
    "SurveySchedule",
    "answering",
    "launching",
]
