"""Surveys in the graph: the types, queries and mutations."""

from api.surveys import answering, launching
from api.surveys.survey import Survey, SurveyQueries

__all__ = ["Survey", "SurveyQueries", "answering", "launching"]
