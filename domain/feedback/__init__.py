"""Feedback: what one person tells another about work, who may read it, and who asks for it."""

from domain.feedback.asking import (
    EXPIRY,
    HORIZON,
    MAX_REQUESTS,
    MAX_REQUESTS_OF_ASKER,
    decline,
    request,
)
from domain.feedback.enums import FeedbackAudience, FeedbackMode, FeedbackStatus
from domain.feedback.model import Feedback
from domain.feedback.requests import (
    DAYS_AFTER_DUE,
    EXPIRE,
    REQUEST_REASON,
    FeedbackRequest,
    FeedbackRequestStatus,
)
from domain.feedback.revealing import REASON, reveal_author
from domain.feedback.use_cases import answer, change_audience, erase_about, give, withdraw
from domain.feedback.wording import EXPLANATIONS

__all__ = [
    "DAYS_AFTER_DUE",
    "EXPIRE",
    "EXPIRY",
    "EXPLANATIONS",
    "HORIZON",
    "MAX_REQUESTS",
    "MAX_REQUESTS_OF_ASKER",
    "REASON",
    "REQUEST_REASON",
    "Feedback",
    "FeedbackAudience",
    "FeedbackMode",
    "FeedbackRequest",
    "FeedbackRequestStatus",
    "FeedbackStatus",
    "answer",
    "change_audience",
    "decline",
    "erase_about",
    "give",
    "request",
    "reveal_author",
    "withdraw",
]
