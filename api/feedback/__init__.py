"""Feedback in the graph: types, queries and mutations."""

from api.feedback import giving
from api.feedback.feedback import Feedback

__all__ = ["Feedback", "giving"]
