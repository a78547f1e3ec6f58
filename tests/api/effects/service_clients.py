"""The effects of the mutations of service clients."""

from tests.api.effects.effect import Effect

CREATION = Effect(
    "serviceClientCreate",
    "name description status lane allowedNetworks lastDay keys { id } member { isServiceClient }",
    {
        "name": "Warehouse",
        "description": None,
        "status": "ACTIVE",
        "lane": "STANDARD",
        "allowedNetworks": ["192.0.2.0/24"],
        "lastDay": None,
        "keys": [],
        "member": {"isServiceClient": True},
    },
    "created",
    {"memberId", "name", "lane", "allowedNetworks", "status"},
    gained_actions={"EDIT", "SUSPEND", "ADD_KEY", "REVOKE_KEY"},
)

KEYS = "keys { kind name }"
SECRET = {"kind": "SECRET", "name": "nightly"}

EFFECTS = [
    Effect("serviceClientEdit", "lane", {"lane": "INGEST"}, "edited", {"lane"}),
    Effect(
        "serviceClientSuspend",
        "status",
        {"status": "SUSPENDED"},
        "suspended",
        {"status"},
        gained_actions={"ACTIVATE"},
        lost_actions={"SUSPEND"},
    ),
    Effect(
        "serviceClientActivate",
        "status",
        {"status": "ACTIVE"},
        "activated",
        {"status"},
        gained_actions={"SUSPEND"},
        lost_actions={"ACTIVATE"},
    ),
    Effect(
        "serviceClientAddKey",
        KEYS,
        {"keys": [SECRET, {"kind": "SECRET", "name": "second"}]},
        "key_added",
        {"keys", "keyName", "keyHint"},
    ),
    Effect(
        "serviceClientAddPublicKey",
        KEYS,
        {"keys": [SECRET, {"kind": "PUBLIC_KEY", "name": "pair"}]},
        "key_added",
        {"keys", "keyName", "keyHint"},
    ),
    Effect(
        "serviceClientRevokeKey",
        KEYS,
        {"keys": []},
        "key_revoked",
        {"keys", "keyName", "keyHint"},
    ),
]
