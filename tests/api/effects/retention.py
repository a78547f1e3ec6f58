"""The effects of the mutations of retention policies."""

from tests.api.effects.effect import Effect

CREATION = Effect(
    "retentionPolicySet",
    "dataKind days",
    {"dataKind": "FEEDBACK", "days": 700},
    "set",
    {"dataKind", "days"},
    gained_actions={"SET"},
)
