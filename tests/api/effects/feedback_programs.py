"""The effects of the mutations of feedback programs."""

from tests.api.effects.effect import TODAY, Effect

PROGRAM_CREATIONS = [
    Effect(
        "feedbackProgramScheduleCreate",
        """title status population mode audience rule startsOn recursOn openDays leastPeers
        lastOccurredOn template { name }""",
        {
            "title": "From all sides",
            "status": "ACTIVE",
            "population": "MANAGERS",
            "mode": "ANONYMOUS",
            "audience": "SUBJECT",
            "rule": "FREQ=YEARLY",
            "startsOn": TODAY,
            "recursOn": TODAY,
            "openDays": 14,
            "leastPeers": 5,
            "lastOccurredOn": None,
            "template": {"name": "From all sides"},
        },
        "created",
        {
            *("title", "population", "mode", "audience", "rule", "startsOn", "recursOn"),
            *("openDays", "leastPeers", "leastReports", "leastOthers", "status"),
            *("organizationId", "templateId"),
        },
        gained_actions={"EDIT", "END"},
    ),
    Effect(
        "feedbackProgramLaunch",
        """title status mode audience closesOn leastPeers responseCount invitedCount
        subject { name } raters { nodes { group shownAs } }""",
        {
            "title": "From all sides",
            "status": "OPEN",
            "mode": "ANONYMOUS",
            "audience": "SUBJECT",
            "closesOn": "2026-06-29",
            "leastPeers": 5,
            "responseCount": None,
            "invitedCount": 0,
            "subject": {"name": "Peer Okafor"},
            "raters": {"nodes": [{"group": "MANAGER", "shownAs": "MANAGER"}]},
        },
        "launched",
        {
            *("title", "closesOn", "mode", "audience", "status", "subjectId", "templateId"),
            *(
                "leastPeers",
                "leastReports",
                "leastOthers",
                "leastExternal",
                "explanation",
                "invitedCount",
            ),
            *("publicKey", "ballotLength", "raterIds"),
        },
        gained_actions={"CANCEL", "CLOSE"},
    ),
]

EFFECTS = [
    Effect(
        "feedbackProgramScheduleEdit",
        "rule recursOn",
        {"rule": "FREQ=DAILY", "recursOn": TODAY},
        "edited",
        {"rule"},
    ),
    Effect(
        "feedbackProgramScheduleEnd",
        "status recursOn",
        {"status": "ENDED", "recursOn": None},
        "ended",
        {"status", "recursOn"},
        lost_actions={"EDIT", "END"},
    ),
    Effect(
        "feedbackProgramMakeLinks",
        "status",
        {"status": "OPEN"},
        "links_made",
        {"links"},
    ),
    Effect(
        "feedbackProgramClose",
        "status",
        {"status": "CLOSED"},
        "closed",
        {"status"},
        lost_actions={"CANCEL", "CLOSE", "MAKE_LINKS", "RESPOND"},
    ),
    Effect(
        "feedbackProgramCancel",
        "status",
        {"status": "CANCELLED"},
        "cancelled",
        {"status"},
        lost_actions={"CANCEL", "CLOSE", "MAKE_LINKS", "RESPOND"},
    ),
]
