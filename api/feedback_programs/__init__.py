"""Feedback programs in the graph: the types, queries and mutations."""

from api.feedback_programs import launching, rating
from api.feedback_programs.program import FeedbackProgram, FeedbackProgramQueries

__all__ = ["FeedbackProgram", "FeedbackProgramQueries", "launching", "rating"]
