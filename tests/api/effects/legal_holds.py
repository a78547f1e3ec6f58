"""The effects of the mutations of legal holds."""

from tests.api.effects.effect import Effect

CREATION = Effect(
    "legalHoldPlace",
    "person { name } placedOn reason status releasedAt releaseReason",
    {
        "person": {"name": "Mara Okafor"},
        "placedOn": "2026-06-15",
        "reason": "Case 12, decided by the legal department.",
        "status": "ACTIVE",
        "releasedAt": None,
        "releaseReason": None,
    },
    "placed",
    {"personId", "placedOn", "reason", "status"},
    gained_actions={"RELEASE"},
)
EFFECTS = [
    Effect(
        "legalHoldRelease",
        "status releaseReason",
        {"status": "RELEASED", "releaseReason": "The case is settled."},
        "released",
        {"status", "releasedAt", "releaseReason"},
        lost_actions={"RELEASE"},
    ),
]
