"""The effects of the mutations of action items."""

from tests.api.effects.effect import Effect

CLOSING = {"EDIT", "COMPLETE", "CANCEL"}

EFFECTS = [
    Effect("actionItemEdit", "title", {"title": "Call the depot"}, "edited", {"title"}),
    Effect(
        "actionItemComplete",
        "status note",
        {"status": "COMPLETED", "note": "They hired two people."},
        "completed",
        {"status", "note"},
        gained_actions={"REOPEN"},
        lost_actions=CLOSING,
    ),
    Effect(
        "actionItemCancel",
        "status note",
        {"status": "CANCELLED", "note": "The carrier has closed."},
        "cancelled",
        {"status", "note"},
        gained_actions={"REOPEN"},
        lost_actions=CLOSING,
    ),
    Effect(
        "actionItemReopen",
        "status note",
        {"status": "OPEN", "note": None},
        "reopened",
        {"status", "note"},
        gained_actions=CLOSING,
        lost_actions={"REOPEN"},
    ),
]
