"""The effects of the mutations of alerts and their rules."""

from tests.api.effects.effect import Effect

EFFECTS = [
    Effect("alertRuleEdit", "periods", {"periods": 2}, "edited", {"periods"}),
    Effect(
        "alertAcknowledge",
        "status reason acknowledgedBy { name }",
        {
            "status": "ACKNOWLEDGED",
            "reason": "A depot was closed.",
            "acknowledgedBy": {"name": "Ruler Okafor"},
        },
        "acknowledged",
        {"status", "reason", "acknowledgedById", "acknowledgedAt"},
        lost_actions={"ACKNOWLEDGE", "SNOOZE", "ASSIGN"},
    ),
    Effect(
        "alertSnooze",
        "status snoozedUntil",
        {"status": "SNOOZED", "snoozedUntil": "2026-07-01"},
        "snoozed",
        {"status", "snoozedUntil"},
        effective_on="2026-07-01",
    ),
    Effect(
        "alertAssign",
        "isAssigned recipient { name }",
        {"isAssigned": True, "recipient": {"name": "Chief Okafor"}},
        "assigned",
        {"isAssigned", "recipientId", "escalatedToId", "escalationLevel"},
    ),
    Effect(
        "alertSetGoal",
        "goal { title }",
        {"goal": {"title": "Fewer late parcels"}},
        "goal_set",
        {"goalId"},
    ),
]

CREATION = Effect(
    "alertRuleCreate",
    "condition threshold periods releasePeriods daysToAnswer escalationLevels recipient { id }",
    {
        "condition": "BELOW",
        "threshold": "0.9",
        "periods": 1,
        "releasePeriods": 1,
        "daysToAnswer": 3,
        "escalationLevels": 1,
        "recipient": None,
    },
    "created",
    {
        "kpiId",
        "condition",
        "threshold",
        "periods",
        "byPreviousYear",
        "releasePeriods",
        "daysToAnswer",
        "escalationLevels",
    },
    gained_actions={"EDIT", "DELETE"},
)
