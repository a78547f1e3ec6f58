"""Who may start, finish, approve and undo sync runs: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                  mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
syncRunStart      -    -     -      -    -    -  ok     -      -    -        -      -     ok
syncRunFinish     ?    ?     ?      ?    ?    ?  -      ?      ?    ?        ?      ?      ?
syncRunFinish own ?    ?     ?      ?    ?    ?  ok     ?      ?    ?        ?      ?      ?
syncRunApprove    ?    ?     ?      ?    ?    ?  ok     ?      ?    ?        ?      ?      ?
syncRunUndo       ?    ?     ?      ?    ?    ?  ok     ?      ?    ?        ?      ?      ?
"""

INPUTS: Inputs = {
    "syncRunStart": lambda _: {"source": "hris", "kind": "DELTA"},
    "syncRunFinish": build_input("syncrun", "open", lastDay="2026-05-31"),
    "syncRunFinish own": build_input("syncrun", "of_hr", lastDay="2026-05-31"),
    "syncRunApprove": build_input("syncrun", "blocked"),
    "syncRunUndo": build_input("syncrun", "open"),
}
