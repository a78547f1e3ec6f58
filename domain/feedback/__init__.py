"""Feedback: what one person tells another about work, and who may read it."""

from domain.feedback.enums import FeedbackAudience, FeedbackMode, FeedbackStatus
from domain.feedback.model import Feedback
from domain.feedback.revealing import REASON, reveal_author
from domain.feedback.use_cases import change_audience, erase_about, give, withdraw
from domain.feedback.wording import EXPLANATIONS

__all__ = [
    "EXPLANATIONS",
    "REASON",
    "Feedback",
    "FeedbackAudience",
    "FeedbackMode",
    "FeedbackStatus",
    "change_audience",
    "erase_about",
    "give",
    "reveal_author",
    "withdraw",
]
