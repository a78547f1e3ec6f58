"""The effects of the mutations of issuers."""

from tests.api.effects.effect import Effect

CREATION = Effect(
    "issuerRegister",
    "preset key audiences clients maxLifetime subjectClaim tenantClaim keySet isShared",
    {
        "preset": "KEYCLOAK",
        "key": "new",
        "audiences": ["trellis"],
        "clients": [],
        "maxLifetime": None,
        "subjectClaim": "sub",
        "tenantClaim": None,
        "keySet": None,
        "isShared": False,
    },
    "registered",
    {"name", "preset", "key", "audiences", "clients", "subjectClaim", "keySetUri", "isShared"},
    gained_actions={"EDIT", "ROTATE", "REMOVE"},
)

EFFECTS = [
    Effect("issuerEdit", "clients", {"clients": ["web"]}, "edited", {"clients"}),
    Effect("issuerRotate", "keySet", {"keySet": None}, "rotated", {"keySetUri"}),
]
