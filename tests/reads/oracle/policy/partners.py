"""Who may manage the programs of partner systems: service clients and webhooks."""

from tests.reads.oracle.policy.access_check import AccessCheck
from tests.reads.oracle.policy.members import require_tenant_wide_grant

STATUSES = {
    "ServiceClient": {"EDIT": (), "SUSPEND": ("active",), "ACTIVATE": ("suspended",)}
    | dict.fromkeys(("ADD_KEY", "REVOKE_KEY"), ()),
    "Webhook": {"EDIT": (), "PAUSE": ("active",), "RESUME": ("paused",)}
    | dict.fromkeys(("ROTATE_SECRET", "TEST", "REPLAY", "DELETE"), ()),
}
PARTNER_ACTIONS: dict[str, list[tuple[str, AccessCheck, tuple[str, ...]]]] = {
    kind: [
        (name, require_tenant_wide_grant("members:manage"), statuses)
        for name, statuses in actions.items()
    ]
    for kind, actions in STATUSES.items()
}
