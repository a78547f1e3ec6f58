"""The effects of the mutations of feedback."""

from tests.api.effects.effect import Effect

FEEDBACK_CREATIONS = [
    Effect(
        "feedbackGive",
        "text mode audience status competencyKey author { name } subject { name } releasedOn",
        {
            "text": "Welcome",
            "mode": "IDENTIFIED",
            "audience": "SUBJECT",
            "status": "GIVEN",
            "competencyKey": None,
            "author": {"name": "Ruler Okafor"},
            "subject": {"name": "Newcomer Okafor"},
            "releasedOn": "2026-06-16",
        },
        "given",
        {"subjectId", "authorId", "mode", "audience", "text", "releasedOn", "status"},
        gained_actions={"CHANGE_AUDIENCE", "WITHDRAW"},
    ),
    Effect(
        "feedbackRequest",
        "status audience dueOn questions message asker { name } subject { name }",
        {
            "status": "OPEN",
            "audience": "SUBJECT",
            "dueOn": "2026-06-29",
            "questions": [],
            "message": None,
            "asker": {"name": "Ruler Okafor"},
            "subject": {"name": "Ruler Okafor"},
        },
        "created",
        {"subjectId", "askerId", "respondentId", "audience", "dueOn", "status", "questions"},
        gained_actions={"CANCEL"},
    ),
    Effect(
        "feedbackRequestExternal",
        "status audience dueOn respondentName asker { name } respondent { name }",
        {
            "status": "OPEN",
            "audience": "SUBJECT",
            "dueOn": "2026-06-29",
            "respondentName": "Ada",
            "asker": {"name": "Ruler Okafor"},
            "respondent": None,
        },
        "created",
        {"subjectId", "askerId", "respondentName", "audience", "dueOn", "status", "questions"},
        gained_actions={"CANCEL", "RENEW_LINK"},
    ),
]

EFFECTS = [
    Effect(
        "feedbackChangeAudience",
        "audience",
        {"audience": "SUBJECT_AND_MANAGER"},
        "audience_changed",
        {"audience"},
    ),
    Effect(
        "feedbackRequestCancel",
        "status",
        {"status": "CANCELLED"},
        "cancelled",
        {"status"},
        lost_actions={"CANCEL"},
    ),
    Effect("feedbackRequestRenewLink", "status", {"status": "OPEN"}, "link_renewed", set()),
]
