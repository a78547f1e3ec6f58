"""The effects of the mutations of access requests."""

from typing import Any

from tests.api.effects.effect import Effect

SELECTION = """kind status requester { name } person { name } role { key } organization { code }
startsAt expiresAt grants { permission } reason dueOn decidedBy { name } decisionReason"""
ASKED: dict[str, Any] = {
    "kind": "ASSIGN_ROLE",
    "status": "PENDING",
    "requester": {"name": "Ruler Okafor"},
    "person": {"name": "Mara Okafor"},
    "role": {"key": "analyst"},
    "organization": None,
    "startsAt": None,
    "expiresAt": None,
    "grants": [],
    "reason": "She counts the goals.",
    "dueOn": "2026-06-29",
    "decidedBy": None,
    "decisionReason": None,
}
SET = {"kind", "requesterId", "reason", "dueOn", "status", "approverIds"}
CREATIONS = [
    Effect(
        "accessRequestAssignRole",
        SELECTION,
        ASKED,
        "requested",
        {*SET, "memberId", "personId", "roleId"},
        gained_actions={"WITHDRAW"},
    ),
    Effect(
        "accessRequestSetGrants",
        SELECTION,
        ASKED
        | {
            "kind": "SET_GRANTS",
            "person": None,
            "role": {"key": "coach"},
            "grants": [{"permission": "DIRECTORY_READ"}],
            "reason": "Coaches look people up.",
        },
        "requested",
        {*SET, "roleId", "grants"},
        gained_actions={"WITHDRAW"},
    ),
    Effect(
        "accessRequestEndApproval",
        SELECTION,
        ASKED | {"kind": "END_APPROVAL", "person": None, "role": None, "reason": "We are too few."},
        "requested",
        SET,
        gained_actions={"WITHDRAW"},
    ),
]
EFFECTS = [
    Effect(
        "accessRequestApprove",
        "status decidedBy { name } decisionReason",
        {"status": "APPROVED", "decidedBy": {"name": "Ruler Okafor"}, "decisionReason": None},
        "approved",
        {"status", "decidedById", "decidedAt", "personId"},
        lost_actions={"APPROVE", "REFUSE"},
    ),
    Effect(
        "accessRequestRefuse",
        "status decidedBy { name } decisionReason",
        {"status": "REFUSED", "decidedBy": {"name": "Ruler Okafor"}, "decisionReason": "Not now."},
        "refused",
        {"status", "decidedById", "decidedAt", "decisionReason", "personId"},
        lost_actions={"APPROVE", "REFUSE"},
    ),
    Effect(
        "accessRequestWithdraw",
        "status decidedBy { name }",
        {"status": "WITHDRAWN", "decidedBy": None},
        "withdrawn",
        {"status"},
        lost_actions={"WITHDRAW"},
    ),
]
