"""The effects of the mutations of teams."""

from tests.api.effects.effect import TODAY, YESTERDAY, Effect

EFFECTS = [
    Effect(
        "teamAddExternalReference",
        "references { source externalId }",
        {"references": [{"source": "workday", "externalId": "4711"}]},
        "external_reference_added",
        {"references"},
    ),
    Effect("teamEdit", "name", {"name": "Despatch"}, "edited", {"name"}),
    Effect(
        "teamMove",
        "organization { code } parent { name }",
        {"organization": {"code": "DOCK"}, "parent": {"name": "Dispatch"}},
        "moved",
        {"organizationId"},
    ),
    Effect(
        "teamClose",
        "endsOn",
        {"endsOn": YESTERDAY},
        "closed",
        {"endsOn"},
        gained_actions={"REOPEN"},
        effective_on=TODAY,
        lost_actions={"CREATE_GOAL", "CREATE_KPI", "CREATE_SCORECARD", "CREATE_TEAM"},
    ),
    Effect(
        "teamReopen",
        "endsOn",
        {"endsOn": None},
        "reopened",
        {"endsOn"},
        gained_actions={"CREATE_GOAL", "CREATE_KPI", "CREATE_SCORECARD", "CREATE_TEAM"},
        lost_actions={"REOPEN"},
    ),
    Effect(
        "teamAddMember",
        "people { nodes { name } }",
        {"people": {"nodes": [{"name": f"{each} Okafor"} for each in ("Lead", "Mara", "Peer")]}},
        "member_added",
        {"memberships"},
        effective_on=TODAY,
    ),
    Effect(
        "teamChangeMembership",
        'memberships(where: {person: {givenName: {eq: "Mara"}}}) { nodes { share startsOn } }',
        {"memberships": {"nodes": [{"share": 50, "startsOn": TODAY}]}},
        "membership_changed",
        {"memberships"},
        effective_on=TODAY,
    ),
    Effect(
        "teamEndMembership",
        "people { nodes { name } }",
        {"people": {"nodes": [{"name": "Lead Okafor"}]}},
        "membership_ended",
        {"memberships"},
        effective_on=TODAY,
    ),
]
