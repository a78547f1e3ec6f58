"""The effects of the mutations of work calendars."""

from tests.api.effects.effect import Effect

DAYS = "days { nodes { day isWorking occasion } }"
INVENTORY = {"day": "2026-06-24", "isWorking": True, "occasion": "Inventory"}

EFFECTS = [
    Effect(
        "workCalendarEdit",
        "country subdivision",
        {"country": "ES", "subdivision": "MD"},
        "edited",
        {"subdivision"},
    ),
    Effect(
        "workCalendarSetDay",
        DAYS,
        {
            "days": {
                "nodes": [
                    INVENTORY,
                    {"day": "2026-06-26", "isWorking": False, "occasion": "Company day"},
                ]
            }
        },
        "day_set",
        {"days"},
        effective_on="2026-06-26",
    ),
    Effect(
        "workCalendarResetDay",
        DAYS,
        {"days": {"nodes": []}},
        "day_reset",
        {"days"},
        effective_on="2026-06-24",
    ),
]

CREATION = Effect(
    "workCalendarCreate",
    "name location country subdivision days { totalCount }",
    {
        "name": "Hamburg",
        "location": "Hamburg",
        "country": "DE",
        "subdivision": None,
        "days": {"totalCount": 0},
    },
    "created",
    {"name", "location", "country"},
    gained_actions={"EDIT", "SET_DAY", "RESET_DAY"},
)
