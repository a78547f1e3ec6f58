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
from domain.feedback.external import (
    MAX_EXTERNAL_REQUESTS,
    GivenResponse,
    ResponseForm,
    build_respondent_actor,
    renew_link,
    request_externally,
    respond,
)
from domain.feedback.links import LinkKind, ResponseLink
from domain.feedback.model import Feedback
from domain.feedback.requests import (
    DAYS_AFTER_DUE,
    EXPIRE,
    REQUEST_REASON,
    RESPONDENT_NAME,
    FeedbackRequest,
    FeedbackRequestStatus,
)
from domain.feedback.revealing import REASON, reveal_author
from domain.feedback.use_cases import (
    answer,
    change_audience,
    erase_about,
    give,
    remove_expired,
    withdraw,
)
from domain.feedback.wording import EXPLANATIONS, OUTSIDE_EXPLANATIONS

__all__ = [
    "DAYS_AFTER_DUE",
    "EXPIRE",
    "EXPIRY",
    "EXPLANATIONS",
    "HORIZON",
    "MAX_EXTERNAL_REQUESTS",
    "MAX_REQUESTS",
    "MAX_REQUESTS_OF_ASKER",
    "OUTSIDE_EXPLANATIONS",
    "REASON",
    "REQUEST_REASON",
    "RESPONDENT_NAME",
    "Feedback",
    "FeedbackAudience",
    "FeedbackMode",
    "FeedbackRequest",
    "FeedbackRequestStatus",
    "FeedbackStatus",
    "GivenResponse",
    "LinkKind",
    "ResponseForm",
    "ResponseLink",
    "answer",
    "build_respondent_actor",
    "change_audience",
    "decline",
    "erase_about",
    "give",
    "remove_expired",
    "renew_link",
    "request",
    "request_externally",
    "respond",
    "reveal_author",
    "withdraw",
]
