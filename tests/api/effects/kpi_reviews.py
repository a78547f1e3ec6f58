"""The effects of the mutations of KPI reviews."""

from tests.api.effects.effect import TODAY, Effect

REVIEW_CREATIONS = [
    Effect(
        "kpiReviewScheduleCreate",
        "rule startsOn recursOn dueOn status owner { name }",
        {
            "rule": "FREQ=MONTHLY",
            "startsOn": TODAY,
            "recursOn": TODAY,
            "dueOn": TODAY,
            "status": "ACTIVE",
            "owner": {"name": "Ruler Okafor"},
        },
        "created",
        {
            *("subjectKind", "scorecardId", "ownerId", "rule", "startsOn"),
            *("recursOn", "dueOn", "status"),
        },
        gained_actions={"EDIT", "END", "HOLD_KPI_REVIEW"},
    ),
]

EFFECTS = [
    Effect(
        "kpiReviewScheduleEdit",
        "rule dueOn",
        {"rule": "FREQ=DAILY", "dueOn": TODAY},
        "edited",
        {"rule", "recursOn", "dueOn"},
    ),
    Effect(
        "kpiReviewScheduleEnd",
        "status",
        {"status": "ENDED"},
        "ended",
        {"status"},
        lost_actions={"EDIT", "END", "HOLD_KPI_REVIEW"},
    ),
]
