"""The effects of the mutations of custom fields."""

from tests.api.effects.effect import Effect

EFFECTS = [
    Effect(
        "customFieldEdit",
        "key label",
        {"key": "size", "label": "Shirt size"},
        "edited",
        {"label"},
    ),
    Effect(
        "customFieldArchive",
        "status",
        {"status": "ARCHIVED"},
        "archived",
        {"status"},
        gained_actions={"RESTORE"},
        lost_actions={"ARCHIVE"},
    ),
    Effect(
        "customFieldRestore",
        "status",
        {"status": "ACTIVE"},
        "restored",
        {"status"},
        gained_actions={"ARCHIVE"},
        lost_actions={"RESTORE"},
    ),
]

CREATION = Effect(
    "customFieldCreate",
    "objectType key type label readers writers isRequired maxChoices status options { key }",
    {
        "objectType": "PERSON",
        "key": "cost_center",
        "type": "TEXT",
        "label": "Cost center",
        "readers": "EVERYBODY",
        "writers": "EDITORS",
        "isRequired": False,
        "maxChoices": 1,
        "status": "ACTIVE",
        "options": [],
    },
    "created",
    {
        *("objectType", "key", "type", "label", "readers", "writers", "isRequired"),
        *("options", "maxChoices", "status"),
    },
    gained_actions={"EDIT", "ARCHIVE"},
)
