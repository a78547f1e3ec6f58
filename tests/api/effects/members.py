"""The effects of the mutations of members, roles and settings."""

from tests.api.effects.effect import Effect

EFFECTS = [
    Effect(
        "memberAssignRole",
        "assignments { role { key } organization { code } }",
        {
            "assignments": [
                {"role": {"key": "employee"}, "organization": None},
                {"role": {"key": "coach"}, "organization": None},
            ]
        },
        "role_assigned",
        {"assignments"},
    ),
    Effect(
        "memberRevokeRole",
        "assignments { id }",
        {"assignments": []},
        "role_revoked",
        {"assignments"},
    ),
    Effect(
        "memberChangeSubject",
        "subject",
        {"subject": "mara.renamed"},
        "subject_changed",
        {"subject"},
    ),
    Effect(
        "memberSuspend",
        "status assignments { role { key } }",
        {"status": "SUSPENDED", "assignments": [{"role": {"key": "employee"}}]},
        "suspended",
        {"status"},
        gained_actions={"ACTIVATE"},
        lost_actions={"ASSIGN_ROLE", "SUSPEND"},
    ),
    Effect(
        "memberActivate",
        "status",
        {"status": "ACTIVE"},
        "activated",
        {"status"},
        gained_actions={"ASSIGN_ROLE", "SUSPEND"},
        lost_actions={"ACTIVATE"},
    ),
    Effect(
        "memberRemove",
        "status assignments { id }",
        {"status": "REMOVED", "assignments": []},
        "removed",
        {"status", "assignments"},
        gained_actions={"INVITE", "RESTORE"},
        lost_actions={"ASSIGN_ROLE", "REVOKE_ROLE", "SUSPEND", "REMOVE"},
    ),
    Effect(
        "memberRestore",
        "status",
        {"status": "ACTIVE"},
        "restored",
        {"status"},
        gained_actions={"ASSIGN_ROLE", "REVOKE_ROLE", "SUSPEND", "REMOVE"},
        lost_actions={"INVITE", "RESTORE"},
    ),
    Effect("roleEdit", "name", {"name": "Trainer"}, "edited", {"name"}),
    Effect(
        "roleSetGrants",
        "grants { permission population organization { code } }",
        {
            "grants": [
                {"permission": "DIRECTORY_READ", "population": "EVERYONE", "organization": None}
            ]
        },
        "grants_set",
        {"grants"},
    ),
    Effect("tenantEdit", "name", {"name": "Meridian Group"}, "edited", {"name"}),
]
