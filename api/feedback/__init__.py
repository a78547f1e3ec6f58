"""Feedback in the graph: types, queries and mutations."""

from api.feedback import external, giving
from api.feedback.feedback import Feedback
from api.feedback.requests import FeedbackRequest

__all__ = ["Feedback", "FeedbackRequest", "external", "giving"]
