"""Who may change custom fields: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
customFieldCreate        -    -     -      -    -    -  -      -      -    ok       -      -      -
customFieldEdit          -    -     -      -    -    -  -      -      -    ok       -      -      ?
customFieldArchive       -    -     -      -    -    -  -      -      -    ok       -      -      ?
customFieldRestore       -    -     -      -    -    -  -      -      -    ok       -      -      ?
"""

INPUTS: Inputs = {
    "customFieldCreate": lambda _: {
        "objectType": "PERSON",
        "key": "cost_center",
        "type": "TEXT",
        "label": "Cost center",
    },
    "customFieldEdit": build_input("customfield", "size", label="Shirt size"),
    "customFieldArchive": build_input("customfield", "size"),
    "customFieldRestore": build_input("customfield", "former"),
}
