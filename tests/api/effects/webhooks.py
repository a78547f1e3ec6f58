"""The effects of the mutations of webhooks."""

from tests.api.effects.effect import Effect

CREATION = Effect(
    "webhookCreate",
    "name url types triggerFields payloadQuery sendsOnlyMatches status pauseReason formerKeyUntil",
    {
        "name": "Copy",
        "url": "https://receiver.example/trellis",
        "types": ["GOAL"],
        "triggerFields": ["title"],
        "payloadQuery": "query($id: ID!) { node(id: $id) { id } }",
        "sendsOnlyMatches": False,
        "status": "ACTIVE",
        "pauseReason": None,
        "formerKeyUntil": None,
    },
    "created",
    {
        "ownerId",
        "name",
        "url",
        "types",
        "triggerFields",
        "payloadQuery",
        "sendsOnlyMatches",
        "status",
    },
    gained_actions={"EDIT", "PAUSE", "ROTATE_SECRET", "TEST", "REPLAY", "DELETE"},
)

EFFECTS = [
    Effect(
        "webhookEdit",
        "url",
        {"url": "https://other.example/"},
        "edited",
        {"url", "ownerId"},
    ),
    Effect(
        "webhookPause",
        "status pauseReason",
        {"status": "PAUSED", "pauseReason": "REQUESTED"},
        "paused",
        {"status", "pauseReason"},
        gained_actions={"RESUME"},
        lost_actions={"PAUSE"},
    ),
    Effect(
        "webhookResume",
        "status pauseReason",
        {"status": "ACTIVE", "pauseReason": None},
        "resumed",
        {"status", "pauseReason", "ownerId"},
        gained_actions={"PAUSE"},
        lost_actions={"RESUME"},
    ),
    Effect("webhookRotateSecret", "name", {"name": "Warehouse"}, "secret_rotated", set()),
    Effect("webhookTest", "name", {"name": "Warehouse"}, "tested", set()),
    Effect(
        "webhookReplay",
        "status pauseReason",
        {"status": "ACTIVE", "pauseReason": None},
        "replayed",
        {"status", "pauseReason", "ownerId"},
        gained_actions={"PAUSE"},
        lost_actions={"RESUME"},
    ),
]
