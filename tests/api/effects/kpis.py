"""The effects of the mutations of KPIs."""

from tests.api.effects.effect import TODAY, YESTERDAY, Effect

OPEN_KPI_ACTIONS = {
    "EDIT",
    "REDEFINE",
    "RECORD_MEASUREMENTS",
    "SET_TARGET",
    "END_TARGET",
    "ARCHIVE",
}

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
        "kpiSetTarget",
        "targets { nodes { startsOn lastDay kind value greenFrom amberFrom } }",
        {
            "targets": {
                "nodes": [
                    {
                        "startsOn": "2026-01-01",
                        "lastDay": None,
                        "kind": "AT_LEAST",
                        "value": "0.95",
                        "greenFrom": "0.95",
                        "amberFrom": "0.9",
                    },
                    {
                        "startsOn": TODAY,
                        "lastDay": None,
                        "kind": "AT_LEAST",
                        "value": "0.97",
                        "greenFrom": "0.97",
                        "amberFrom": "0.873000",
                    },
                ]
            }
        },
        "target_set",
        {"targets"},
        effective_on=TODAY,
    ),
    Effect(
        "kpiEndTarget",
        "targets { nodes { lastDay reason } }",
        {"targets": {"nodes": [{"lastDay": YESTERDAY, "reason": "We set a new one in July."}]}},
        "target_ended",
        {"targets", "reason"},
        effective_on=TODAY,
    ),
    Effect(
        "kpiArchive",
        "state",
        {"state": "ARCHIVED"},
        "archived",
        {"state"},
        gained_actions={"RESTORE"},
        lost_actions=OPEN_KPI_ACTIONS,
    ),
    Effect(
        "kpiRestore",
        "state",
        {"state": "ACTIVE"},
        "restored",
        {"state"},
        gained_actions=OPEN_KPI_ACTIONS,
        lost_actions={"RESTORE"},
    ),
]
