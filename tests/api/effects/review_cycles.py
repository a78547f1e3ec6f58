"""The effects of the mutations of review cycles."""

from tests.api.effects.effect import Effect

CYCLE_CREATIONS = [
    Effect(
        "reviewCycleCreate",
        "name startsOn lastDay status phase minDays directions { direction } phases { kind }",
        {
            "name": "Year",
            "startsOn": "2026-01-01",
            "lastDay": "2026-12-31",
            "status": "DRAFT",
            "phase": None,
            "minDays": 0,
            "directions": [{"direction": "SELF"}],
            "phases": [{"kind": "SELF"}],
        },
        "created",
        {
            *("name", "startsOn", "lastDay", "levels", "employmentTypes", "minTenureDays"),
            *("minDays", "countsLeave", "showsPeerNames", "changeRule", "missingAnswers"),
            *("minAnsweredPercent", "maxReviewsPerWriter", "advancesByDate", "status"),
            *("directions", "phases", "appealDays", "release", "needsApproval", "reminderDays"),
            *("overdueReminderDays", "quietFromHour", "quietUntilHour", "escalationDays"),
        },
        gained_actions={"EDIT", "PLAN", "LAUNCH", "CANCEL"},
    ),
]
EFFECTS = [
    Effect("reviewCycleEdit", "name", {"name": "Spring"}, "edited", {"name"}),
    Effect("reviewCycleAdvance", "phase", {"phase": "MANAGER"}, "advanced", {"phase"}),
    Effect(
        "reviewCycleCancel",
        "status phase",
        {"status": "CANCELLED", "phase": None},
        "cancelled",
        {"status", "endedAt", "reason"},
        lost_actions={"EDIT", "PLAN", "LAUNCH", "CANCEL"},
    ),
    Effect(
        "reviewCycleShare",
        "status release",
        {"status": "RUNNING", "release": "BY_MANAGER"},
        "shared",
        {"releasedAt"},
    ),
    Effect(
        "reviewCycleAddParticipant",
        "status progress { active }",
        {"status": "RUNNING", "progress": {"active": 2}},
        "participant_added",
        {"reason", "personId"},
    ),
    Effect(
        "reviewCycleRemoveParticipant",
        "status progress { active removed }",
        {"status": "RUNNING", "progress": {"active": 0, "removed": 1}},
        "participant_removed",
        {"reason", "personId"},
    ),
]
