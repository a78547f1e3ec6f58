"""The effects of the mutations of KPIs."""

from tests.api.effects.effect import TODAY, YESTERDAY, Effect

CREATED_UNDER_KPI = {"CREATE_ALERT_RULE", "CREATE_ANNOTATION", "CREATE_KPI_REVIEW_SCHEDULE"}
OPEN_KPI_ACTIONS = {
    "EDIT",
    "REDEFINE",
    "RECORD_MEASUREMENTS",
    "RESTATE_MEASUREMENT",
    "WITHDRAW_MEASUREMENT",
    "SET_TARGET",
    "END_TARGET",
    "SET_DIMENSION",
    "REMOVE_DIMENSION",
    "RESET_BASELINE",
    "REMOVE_BASELINE",
    "IMPORT_BENCHMARKS",
    "MARK_SEEN",
    "ARCHIVE",
}

KPI_CREATIONS = [
    Effect(
        "kpiCreate",
        "name state visibility frequency dueAfterDays scope { ... on Organization { code } }"
        " owner { name } definition { startsOn unit decimals direction timeAggregation reason }",
        {
            "name": "Parcels a day",
            "state": "ACTIVE",
            "visibility": "TENANT",
            "frequency": "DAILY",
            "dueAfterDays": 7,
            "scope": {"code": "OPS"},
            "owner": {"name": "Ruler Okafor"},
            "definition": {
                "startsOn": TODAY,
                "unit": "NUMBER",
                "decimals": 2,
                "direction": "UP",
                "timeAggregation": "NONE",
                "reason": None,
            },
        },
        "created",
        {
            "name",
            "scopeKind",
            "organizationId",
            "ownerId",
            "visibility",
            "frequency",
            "dueAfterDays",
            "dueInWorkingDays",
            "describesPeople",
            "groups",
            "state",
            "definitions",
        },
        gained_actions=OPEN_KPI_ACTIONS | CREATED_UNDER_KPI,
    ),
    Effect(
        "kpiFromTemplate",
        "name owner { name } definition { formula templateKey inputs { kpi { name } } }",
        {
            "name": "Parcels in time",
            "owner": {"name": "Ruler Okafor"},
            "definition": {
                "formula": "on_time / delivered",
                "templateKey": "on_time_delivery",
                "inputs": [
                    {"kpi": {"name": "Parcels delivered"}},
                    {"kpi": {"name": "Parcels on time"}},
                ],
            },
        },
        "created",
        {
            "name",
            "description",
            "scopeKind",
            "organizationId",
            "ownerId",
            "visibility",
            "frequency",
            "dueAfterDays",
            "dueInWorkingDays",
            "describesPeople",
            "groups",
            "state",
            "definitions",
        },
        gained_actions=OPEN_KPI_ACTIONS | CREATED_UNDER_KPI,
    ),
]

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
        "kpiRestateMeasurement",
        "measurements { nodes { value revision externalReference revisions { nodes { value"
        " externalReference reason replacedBy { name } } } } }",
        {
            "measurements": {
                "nodes": [
                    {
                        "value": "2.5",
                        "revision": 2,
                        "externalReference": None,
                        "revisions": {
                            "nodes": [
                                {
                                    "value": "2.40",
                                    "externalReference": "ledger-5",
                                    "reason": "A typo.",
                                    "replacedBy": {"name": "Ruler Okafor"},
                                }
                            ]
                        },
                    }
                ]
            }
        },
        "measurement_restated",
        {"reason"},
        effective_on="2026-05-01",
    ),
    Effect(
        "kpiWithdrawMeasurement",
        "measurements { totalCount } measurementRevisions { nodes { value reason } }",
        {
            "measurements": {"totalCount": 0},
            "measurementRevisions": {"nodes": [{"value": "2.40", "reason": "It was of April."}]},
        },
        "measurement_withdrawn",
        {"reason"},
        effective_on="2026-05-01",
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
        "kpiSetDimension",
        "dimensions { key name unknownMembers isComplete members { code name } }",
        {
            "dimensions": [
                {
                    "key": "depot",
                    "name": "Depot",
                    "unknownMembers": "REFUSE",
                    "isComplete": False,
                    "members": [{"code": "N", "name": "North"}],
                }
            ]
        },
        "dimension_set",
        {"dimension"},
    ),
    Effect(
        "kpiRemoveDimension",
        "dimensions { key }",
        {"dimensions": []},
        "dimension_removed",
        {"dimension"},
    ),
    Effect(
        "kpiResetBaseline",
        "baselines { nodes { startsOn reason } }",
        {
            "baselines": {
                "nodes": [
                    {"startsOn": "2026-01-01", "reason": "A new depot."},
                    {"startsOn": "2026-03-01", "reason": "The second depot opened."},
                ]
            }
        },
        "baseline_reset",
        {"baselines", "reason"},
        effective_on="2026-03-01",
    ),
    Effect(
        "kpiRemoveBaseline",
        "baselines { totalCount }",
        {"baselines": {"totalCount": 0}},
        "baseline_removed",
        {"baselines", "reason"},
        effective_on="2026-01-01",
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
