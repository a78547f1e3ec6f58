"""The effects of the mutations of KPIs."""

from tests.api.effects.effect import TODAY, Effect

EFFECTS = [
    Effect("kpiEdit", "name", {"name": "Parcels on time"}, "edited", {"name"}),
    Effect(
        "kpiRedefine",
        "definition { startsOn decimals reason }"
        ' before: definition(asOf: "2026-06-14") { decimals }',
        {
            "definition": {"startsOn": TODAY, "decimals": 1, "reason": "Finance rounds so."},
            "before": {"decimals": 2},
        },
        "redefined",
        {"definitions", "reason"},
        effective_on=TODAY,
    ),
    Effect(
        "kpiArchive",
        "status",
        {"status": "ARCHIVED"},
        "archived",
        {"status"},
        gained_actions={"RESTORE"},
        lost_actions={"EDIT", "REDEFINE", "ARCHIVE"},
    ),
    Effect(
        "kpiRestore",
        "status",
        {"status": "ACTIVE"},
        "restored",
        {"status"},
        gained_actions={"EDIT", "REDEFINE", "ARCHIVE"},
        lost_actions={"RESTORE"},
    ),
]
