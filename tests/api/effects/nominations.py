"""The effects of the mutations of nominations."""

from tests.api.effects.effect import Effect

EFFECTS = [
    Effect(
        "reviewApproveNomination",
        "status needsReplacement decidedBy { name }",
        {
            "status": "APPROVED",
            "needsReplacement": False,
            "decidedBy": {"name": "Ruler Okafor"},
        },
        "approved",
        {"status", "decidedById", "reviewId"},
        lost_actions={"APPROVE_NOMINATION"},
    ),
    Effect(
        "reviewRejectNomination",
        "status reason",
        {"status": "REJECTED", "reason": "Too far away."},
        "rejected",
        {"status", "reason", "decidedById"},
        lost_actions={"REJECT_NOMINATION"},
    ),
    Effect(
        "reviewDeclineNomination",
        "status declineReason",
        {"status": "DECLINED", "declineReason": "No time."},
        "declined",
        {"status", "declineReason"},
        lost_actions={"SAVE_ANSWER", "SUBMIT", "SET_STAND_IN", "DECLINE_NOMINATION"},
    ),
]
"""Nominating changes nothing of a round that its events would show: see test_nominations.py."""
