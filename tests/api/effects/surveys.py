"""The effects of the mutations of surveys."""

from tests.api.effects.effect import Effect

SURVEY_CREATIONS = [
    Effect(
        "surveyLaunch",
        "title status threshold closesOn audience responseCount questions { text }",
        {
            "title": "Pulse",
            "status": "OPEN",
            "threshold": 3,
            "closesOn": "2026-06-30",
            "audience": "MANAGERS",
            "responseCount": None,
            "questions": [{"text": "How is your work?"}],
        },
        "launched",
        {
            *("title", "closesOn", "threshold", "audience", "status", "questions"),
            *("organizationId", "invitedCount", "publicKey", "ballotLength"),
        },
        gained_actions={"CANCEL", "CLOSE", "RESPOND"},
    ),
]

EFFECTS = [
    Effect(
        "surveyClose",
        "status",
        {"status": "CLOSED"},
        "closed",
        {"status"},
        lost_actions={"CANCEL", "CLOSE", "RESPOND"},
    ),
    Effect(
        "surveyCancel",
        "status",
        {"status": "CANCELLED"},
        "cancelled",
        {"status"},
        lost_actions={"CANCEL", "CLOSE", "RESPOND"},
    ),
]
