"""Who may manage the programs of partner systems: service clients and webhooks."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import AccessCheck
from tests.reads.oracle.policy.members import require_tenant_wide_grant
from tests.reads.oracle.relationships import OracleCaller

STATUSES = {
    "ServiceClient": {"EDIT": (), "SUSPEND": ("active",), "ACTIVATE": ("suspended",)}
    | dict.fromkeys(("ADD_KEY", "REVOKE_KEY"), ()),
    "Webhook": {"EDIT": (), "PAUSE": ("active",), "RESUME": ("paused",)}
    | dict.fromkeys(("ROTATE_SECRET", "TEST", "REPLAY", "DELETE"), ()),
}


def can_see_issuer(who: OracleCaller, _: Row) -> bool:
    """Return whether somebody sees the identity providers."""
    return any(who.holds_over_everyone(each) for each in ("members:read", "issuers:manage"))


PARTNER_ACTIONS: dict[str, list[tuple[str, AccessCheck, tuple[str, ...]]]] = {
    kind: [
        (name, require_tenant_wide_grant("members:manage"), statuses)
        for name, statuses in actions.items()
    ]
    for kind, actions in STATUSES.items()
} | {
    "Issuer": [
        (name, require_tenant_wide_grant("issuers:manage"), ())
        for name in ("EDIT", "ROTATE", "REMOVE")
    ]
}
