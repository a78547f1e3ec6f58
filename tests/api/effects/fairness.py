"""The effects of the mutations of fairness."""

from tests.api.effects.effect import Effect

CREATIONS = [
    Effect(
        "fairnessAttributeCreate",
        "name description groups",
        {"name": "Site", "description": None, "groups": ["North", "South"]},
        "created",
        {"name", "groups"},
        gained_actions={"SET_VALUES"},
    ),
]
EFFECTS = [
    # The entry has no values, and not whom they are about.
    Effect("fairnessAttributeSetValues", "name", {"name": "Age"}, "values_set", set()),
    Effect(
        "reviewCycleComputeFairness",
        "status fairness { personCount groups { label } }",
        {"status": "CLOSED", "fairness": [{"personCount": 0, "groups": []}]},
        "fairness_computed",
        {"fairnessAttributeId"},
    ),
]
