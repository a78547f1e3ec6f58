"""The effects of the mutations of goals."""

from tests.api.effects.effect import Effect

OPEN_GOAL_ACTIONS = {
    "EDIT",
    "ALIGN",
    "REASSIGN",
    "CHECK_IN",
    "ACHIEVE",
    "MARK_MISSED",
    "ABANDON",
}
EFFECTS = [
    Effect(
        "goalAddExternalReference",
        "references { source externalId }",
        {"references": [{"source": "workday", "externalId": "4711"}]},
        "external_reference_added",
        {"references"},
    ),
    Effect("goalEdit", "title", {"title": "Even fewer"}, "edited", {"title"}),
    Effect(
        "goalAlign",
        "parent { title }",
        {"parent": {"title": "The unit's"}},
        "aligned",
        {"parentId"},
    ),
    Effect(
        "goalReassign",
        "owner { ... on Person { name } }",
        {"owner": {"name": "Peer Okafor"}},
        "reassigned",
        {"ownerPersonId"},
    ),
    Effect(
        "goalActivate",
        "status",
        {"status": "ACTIVE"},
        "activated",
        {"status"},
        gained_actions={"CHECK_IN", "ACHIEVE", "MARK_MISSED", "ABANDON"},
        lost_actions={"ACTIVATE", "DISCARD"},
    ),
    Effect(
        "goalAddKeyResult",
        "keyResults { nodes { title position direction currentValue progress } }",
        {
            "keyResults": {
                "nodes": [
                    {"title": title, "position": n, "direction": "INCREASE"}
                    | {"currentValue": "0", "progress": 0}
                    for n, title in enumerate(["Late parcels", "Complaints", "M"])
                ]
            }
        },
        "key_result_added",
        {"keyResults"},
    ),
    Effect(
        "goalEditKeyResult",
        "keyResults { nodes { title } }",
        {"keyResults": {"nodes": [{"title": "Late"}, {"title": "Complaints"}]}},
        "key_result_edited",
        {"keyResults"},
    ),
    Effect(
        "goalRemoveKeyResult",
        "keyResults { nodes { title position } }",
        {"keyResults": {"nodes": [{"title": "Complaints", "position": 0}]}},
        "key_result_removed",
        {"keyResults"},
    ),
    Effect(
        "goalReorderKeyResults",
        "keyResults { nodes { title } }",
        {"keyResults": {"nodes": [{"title": "Complaints"}, {"title": "Late parcels"}]}},
        "key_results_reordered",
        {"keyResults"},
    ),
    Effect(
        "goalCheckIn",
        "lastCheckIn { confidence note recordedAt author { name } values { value } }",
        {
            "lastCheckIn": {
                "confidence": "AT_RISK",
                "note": "Rain.",
                "recordedAt": "2026-06-15T09:30:00+00:00",
                "author": {"name": "Ruler Okafor"},
                "values": [{"value": "0"}, {"value": "0"}],
            }
        },
        "checked_in",
        {"checkIns"},
        input={"note": "Rain."},
    ),
    *(
        Effect(
            verb,
            "status closingNote closedAt",
            {"status": status, "closingNote": note, "closedAt": "2026-06-15T09:30:00+00:00"},
            status.lower(),
            {"status", "closedAt"} | ({"closingNote"} if note else set()),
            gained_actions={"REOPEN"},
            lost_actions=OPEN_GOAL_ACTIONS,
        )
        for verb, status, note in (
            ("goalAchieve", "ACHIEVED", None),
            ("goalMarkMissed", "MISSED", "Rain."),
            ("goalAbandon", "ABANDONED", "Rain."),
        )
    ),
    Effect(
        "goalReopen",
        "status closedAt",
        {"status": "ACTIVE", "closedAt": None},
        "reopened",
        {"status"},
        gained_actions=OPEN_GOAL_ACTIONS,
        lost_actions={"REOPEN"},
    ),
]
