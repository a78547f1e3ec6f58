"""Writing: the forms of one packet, their answers, and the way to the signature."""

from domain.reviews.writing.answers import ReviewAnswer
from domain.reviews.writing.deciding import approve, decide, return_decision
from domain.reviews.writing.model import Review, ReviewStatus
from domain.reviews.writing.opening import ReviewOrder, open_packet
from domain.reviews.writing.scoring import compute_packet_score
from domain.reviews.writing.signing import (
    acknowledge,
    cancel_packet,
    dispute,
    refuse_to_sign,
    resolve,
    share,
)
from domain.reviews.writing.use_cases import (
    reopen,
    save_answer,
    set_stand_in,
    submit,
    want_question,
)

__all__ = [
    "Review",
    "ReviewAnswer",
    "ReviewOrder",
    "ReviewStatus",
    "acknowledge",
    "approve",
    "cancel_packet",
    "compute_packet_score",
    "decide",
    "dispute",
    "open_packet",
    "refuse_to_sign",
    "reopen",
    "resolve",
    "return_decision",
    "save_answer",
    "set_stand_in",
    "share",
    "submit",
    "want_question",
]
