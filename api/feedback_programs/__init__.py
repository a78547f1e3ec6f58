"""Feedback programs in the graph: the types, queries and mutations."""

from api.feedback_programs import external, launching, rating
from api.feedback_programs.program import FeedbackProgram, FeedbackProgramQueries
from api.feedback_programs.schedules import FeedbackProgramSchedule

__all__ = [
    "FeedbackProgram",
    "FeedbackProgramQueries",
    "FeedbackProgramSchedule",
    "external",
    "launching",
    "rating",
]
