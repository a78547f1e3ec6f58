"""The effects of the mutations of feedback programs."""

from tests.api.effects.effect import Effect

PROGRAM_CREATIONS = [
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
            *("leastPeers", "leastReports", "leastOthers", "explanation", "invitedCount"),
            *("publicKey", "ballotLength", "raterIds"),
        },
        gained_actions={"CANCEL", "CLOSE"},
    ),
]

EFFECTS = [
    Effect(
        "feedbackProgramClose",
        "status",
        {"status": "CLOSED"},
        "closed",
        {"status"},
        lost_actions={"CANCEL", "CLOSE", "RESPOND"},
    ),
    Effect(
        "feedbackProgramCancel",
        "status",
        {"status": "CANCELLED"},
        "cancelled",
        {"status"},
        lost_actions={"CANCEL", "CLOSE", "RESPOND"},
    ),
]
