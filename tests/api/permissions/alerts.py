"""Who may set alert rules, and who answers alerts: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                           mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
alertRuleCreate              ok    -     -      -    -    - ok     ok      -     -       -      r      r
alertRuleCreate named        ok    r     r      r    -    r ok     ok      r     r       r      r      r
alertRuleEdit                ok    -     -      ?    -    - ok     ok      ?     -       -      ?      ?
alertRuleDelete              ok    -     -      ?    -    - ok     ok      ?     -       -      ?      ?
alertAcknowledge             ok   ok     -      ?    -    - ok     ok      ?     -       -      ?      ?
alertAcknowledge of_named    ok    ?     ?      ?    -    ? ok     ok      ?     ?       ?      ?      ?
alertAcknowledge closed       s    -     -      ?    -    -  s      s      ?     -       -      ?      ?
alertSnooze                  ok   ok     -      ?    -    - ok     ok      ?     -       -      ?      ?
alertAssign                  ok   ok     -      ?    -    - ok     ok      ?     -       -      ?      ?
alertSetGoal                 ok   ok     -      ?    -    - ok     ok      ?     -       -      ?      ?
"""  # noqa: E501 (a table has a column for everybody)

NEW = {"condition": "BELOW", "threshold": "0.9"}
INPUTS: Inputs = {
    "alertRuleCreate": lambda company: NEW | {"kpiId": encode_id_of("kpi", "shared")(company)},
    "alertRuleCreate named": lambda company: NEW | {"kpiId": encode_id_of("kpi", "named")(company)},
    "alertRuleEdit": build_input("alertrule", "of_kpi", periods=2),
    "alertRuleDelete": build_input("alertrule", "of_kpi"),
    **{
        f"alertAcknowledge{name and f' {name}'}": build_input(
            "alert", name or "open", reason="A depot was closed."
        )
        for name in ("", "of_named", "closed")
    },
    "alertSnooze": build_input("alert", "open", until="2026-07-01"),
    "alertAssign": build_input("alert", "open", personId=encode_id_of("person", "chief")),
    "alertSetGoal": build_input("alert", "open", goalId=encode_id_of("goal", "public")),
}
