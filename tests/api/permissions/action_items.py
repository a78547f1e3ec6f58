"""Who may change action items: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, build_owner, encode_id_of

TABLE = """
                            mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
actionItemCreate mine         ok   ok    ok     ok   ok   ok ok     ok     ok    ok      ok     ok     ok
actionItemCreate another      ok   ok    ok     ok   ok   ok ok     ok     ok    ok      ok      r      r
actionItemEdit                ok   ok    ok      ?    ?    ?  ?      ?      ?     ?       ?      ?      ?
actionItemEdit closed          s    s     s      ?    ?    ?  ?      ?      ?     ?       ?      ?      ?
actionItemComplete            ok   ok    ok      ?    ?    ?  ?      ?      ?     ?       ?      ?      ?
actionItemCancel              ok   ok    ok      ?    ?    ?  ?      ?      ?     ?       ?      ?      ?
actionItemReopen              ok   ok    ok      ?    ?    ?  ?      ?      ?     ?       ?      ?      ?
"""  # noqa: E501 - a table

NEW = {"title": "Ask the carrier", "dueOn": "2099-06-30"}

INPUTS: Inputs = {
    "actionItemCreate mine": lambda _: dict(NEW),
    "actionItemCreate another": lambda company: (
        NEW | build_owner(ownerId=encode_id_of("person", "mara"))(company)
    ),
    "actionItemEdit": build_input("action", "asked", title="Call the depot"),
    "actionItemEdit closed": build_input("action", "done", title="Call the depot"),
    "actionItemComplete": build_input("action", "asked", note="They hired two people."),
    "actionItemCancel": build_input("action", "asked", note="The carrier has closed."),
    "actionItemReopen": build_input("action", "done"),
}
