"""Who may manage webhooks: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                     mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
webhookCreate        -    -     -      -    -    -  -      -      -    ok       -      -      -
webhookEdit          ?    ?     ?      ?    ?    ?  ?      ?      ?    ok       ?      ?      ?
webhookPause         ?    ?     ?      ?    ?    ?  ?      ?      ?    ok       ?      ?      ?
webhookResume        ?    ?     ?      ?    ?    ?  ?      ?      ?    ok       ?      ?      ?
webhookRotateSecret  ?    ?     ?      ?    ?    ?  ?      ?      ?    ok       ?      ?      ?
webhookTest          ?    ?     ?      ?    ?    ?  ?      ?      ?    ok       ?      ?      ?
webhookReplay        ?    ?     ?      ?    ?    ?  ?      ?      ?    ok       ?      ?      ?
webhookDelete        ?    ?     ?      ?    ?    ?  ?      ?      ?    ok       ?      ?      ?
"""

INPUTS: Inputs = {
    "webhookCreate": lambda _: {
        "name": "Copy",
        "url": "https://receiver.example/trellis",
        "types": ["GOAL"],
        "triggerFields": ["title"],
        "payloadQuery": "query($id: ID!) { node(id: $id) { id } }",
    },
    "webhookEdit": build_input("webhook", "warehouse", url="https://other.example/"),
    "webhookPause": build_input("webhook", "warehouse"),
    "webhookResume": build_input("webhook", "stopped"),
    "webhookRotateSecret": build_input("webhook", "warehouse"),
    "webhookTest": build_input("webhook", "warehouse"),
    "webhookReplay": build_input("webhook", "stopped", after="changes_00"),
    "webhookDelete": build_input("webhook", "warehouse"),
}
