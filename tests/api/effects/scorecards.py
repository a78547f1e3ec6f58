"""The effects of the mutations of scorecards."""

from tests.api.effects.effect import Effect

EFFECTS = [
    Effect("scorecardEdit", "name", {"name": "Operations"}, "edited", {"name"}),
    Effect(
        "scorecardArchive",
        "status",
        {"status": "ARCHIVED"},
        "archived",
        {"status"},
        gained_actions={"RESTORE"},
        lost_actions={"EDIT", "ARCHIVE"},
    ),
    Effect(
        "scorecardRestore",
        "status",
        {"status": "ACTIVE"},
        "restored",
        {"status"},
        gained_actions={"EDIT", "ARCHIVE"},
        lost_actions={"RESTORE"},
    ),
]
