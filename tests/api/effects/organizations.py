"""The effects of the mutations of organizations."""

from tests.api.effects.effect import TODAY, YESTERDAY, Effect

EFFECTS = [
    Effect("organizationEdit", "name code", {"name": "Docks", "code": "DOCK"}, "edited", {"name"}),
    Effect(
        "organizationMove",
        "parent { code } ancestors { code }",
        {"parent": {"code": "SALES"}, "ancestors": [{"code": "SALES"}, {"code": "HQ"}]},
        "moved",
        {"parentId"},
    ),
    Effect(
        "organizationClose",
        "endsOn",
        {"endsOn": YESTERDAY},
        "closed",
        {"endsOn"},
        gained_actions={"REOPEN"},
        effective_on=TODAY,
        lost_actions={
            "CREATE_GOAL",
            "CREATE_KPI",
            "CREATE_ORGANIZATION",
            "CREATE_SCORECARD",
            "CREATE_TEAM",
            "HIRE_PERSON",
        },
    ),
    Effect(
        "organizationReopen",
        "endsOn",
        {"endsOn": None},
        "reopened",
        {"endsOn"},
        lost_actions={"REOPEN"},
        gained_actions={
            "CREATE_GOAL",
            "CREATE_KPI",
            "CREATE_ORGANIZATION",
            "CREATE_SCORECARD",
            "CREATE_TEAM",
            "HIRE_PERSON",
        },
    ),
    Effect(
        "organizationAddExternalReference",
        "references { source externalId }",
        {"references": [{"source": "workday", "externalId": "4711"}]},
        "external_reference_added",
        {"references"},
    ),
]
