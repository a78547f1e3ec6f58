"""The effects of the mutations of calibration sessions."""

from tests.api.effects.effect import Effect

CALIBRATION_CREATIONS = [
    Effect(
        "calibrationSessionCreate",
        "name heldOn status namesAreShown guidance maxGap horizontalKey facilitators { nodes"
        " { name } }",
        {
            "name": "Year",
            "heldOn": "2026-09-01",
            "status": "DRAFT",
            "namesAreShown": False,
            "guidance": [],
            "maxGap": None,
            "horizontalKey": None,
            "facilitators": {"nodes": [{"name": "Ruler Okafor"}]},
        },
        "created",
        {
            *("cycleId", "scaleId", "horizontalScaleId", "verticalScaleId", "name", "heldOn"),
            *("guidance", "status", "namesAreShown", "facilitatorIds"),
            *("quotas", "quotaGroup", "quotaRounding", "quotasAreBinding"),
            *("horizontalBounds", "horizontalLabels", "verticalBounds", "verticalLabels"),
        },
        gained_actions={"EDIT", "OPEN", "CANCEL"},
    ),
]
EFFECTS = [
    Effect("calibrationSessionEdit", "name", {"name": "Spring"}, "edited", {"name"}),
    Effect(
        "calibrationSessionOpen",
        "status",
        {"status": "OPEN"},
        "opened",
        {"status", "openedAt"},
        gained_actions={"SHOW_NAMES", "LOCK"},
        lost_actions={"EDIT", "OPEN"},
    ),
    Effect(
        "calibrationSessionShowNames",
        "namesAreShown",
        {"namesAreShown": True},
        "names_shown",
        {"namesAreShown"},
    ),
    Effect(
        "calibrationSessionAdjust",
        "level { position } originalLevel { position }",
        {"level": {"position": 3}, "originalLevel": {"position": 2}},
        "adjusted",
        {"level", "reason"},
    ),
    Effect(
        "calibrationSessionLock",
        "status",
        {"status": "LOCKED"},
        "locked",
        {"status", "endedAt"},
        lost_actions={"SHOW_NAMES", "LOCK", "CANCEL"},
    ),
    Effect(
        "calibrationSessionCancel",
        "status",
        {"status": "CANCELLED"},
        "cancelled",
        {"status", "endedAt", "reason"},
        lost_actions={"SHOW_NAMES", "LOCK", "CANCEL"},
    ),
]
