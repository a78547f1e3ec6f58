"""The effects of the mutations of surveys."""

from tests.api.effects.effect import TODAY, Effect

SURVEY_CREATIONS = [
    Effect(
        "surveyBankQuestionCreate",
        "kind text highestRating highestUnfavorable lowestFavorable status",
        {
            "kind": "RATING",
            "text": "My work is seen.",
            "highestRating": 5,
            "highestUnfavorable": 2,
            "lowestFavorable": 4,
            "status": "ACTIVE",
        },
        "created",
        {*("kind", "text", "highestRating", "highestUnfavorable", "lowestFavorable", "status")},
        gained_actions={"RETIRE"},
    ),
    Effect(
        "surveyScheduleCreate",
        "title status rule startsOn recursOn openDays threshold audience lastOccurredOn skippedOn"
        " skipReason questions { position isRequired question { text } }",
        {
            "title": "Pulse",
            "status": "ACTIVE",
            "rule": "FREQ=MONTHLY",
            "startsOn": TODAY,
            "recursOn": TODAY,
            "openDays": 14,
            "threshold": 5,
            "audience": "MANAGERS",
            "lastOccurredOn": None,
            "skippedOn": None,
            "skipReason": None,
            "questions": [
                {
                    "position": 1,
                    "isRequired": False,
                    "question": {"text": "Would you recommend us as a place to work?"},
                }
            ],
        },
        "created",
        {
            *("title", "rule", "startsOn", "recursOn", "openDays", "threshold", "audience"),
            *("status", "organizationId", "questions"),
        },
        gained_actions={"EDIT", "END"},
    ),
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
            *("organizationId", "invitedCount", "publicKey", "ballotLength", "explanation"),
        },
        gained_actions={"CANCEL", "CLOSE", "RESPOND"},
    ),
]

EFFECTS = [
    Effect(
        "surveyBankQuestionRetire",
        "status",
        {"status": "RETIRED"},
        "retired",
        {"status"},
        lost_actions={"RETIRE"},
    ),
    Effect(
        "surveyScheduleEdit",
        "rule recursOn",
        {"rule": "FREQ=DAILY", "recursOn": TODAY},
        "edited",
        {"rule"},
    ),
    Effect(
        "surveyScheduleEnd",
        "status recursOn",
        {"status": "ENDED", "recursOn": None},
        "ended",
        {"status", "recursOn"},
        lost_actions={"EDIT", "END"},
    ),
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
