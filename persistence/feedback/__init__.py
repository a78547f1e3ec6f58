"""Feedback: tables, mapping and read models."""

from persistence.feedback.given import FEEDBACK, FEEDBACK_PROMISE
from persistence.feedback.requests import FEEDBACK_REQUEST

__all__ = ["FEEDBACK", "FEEDBACK_PROMISE", "FEEDBACK_REQUEST"]
