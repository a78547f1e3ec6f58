"""The effects of naming another manager, and of extending reviews."""

from tests.api.effects.effect import Effect

EFFECTS = [
    Effect(
        "reviewTransfer",
        "status isManagerNamed manager { name }",
        {"status": "COLLECTING", "isManagerNamed": True, "manager": {"name": "Lead Okafor"}},
        "transferred",
        {"managerId", "isManagerNamed", "reason"},
    ),
    Effect(
        "reviewExtend",
        "status dueOn",
        {"status": "COLLECTING", "dueOn": "2026-09-30"},
        "extended",
        {"dueOn", "reason"},
    ),
    Effect(
        "reviewCycleExtendParticipant",
        "status progress { active unratable }",
        {"status": "RUNNING", "progress": {"active": 2, "unratable": 0}},
        "participant_extended",
        {"reason", "personId"},
    ),
]
