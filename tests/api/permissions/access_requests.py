"""Who may ask for a change of rights, and who decides: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                         mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
accessRequestAssignRole     -    r     r      r    r    r  -      -      r    ok       r      r      r
accessRequestSetGrants      r    r     r      r    r    r  -      -      -    ok       r      r      r
accessRequestEndApproval    -    -     -      -    -    -  -      -      -    ok       -      -      -
accessRequestApprove        ?    ?     ?      ?    ?    ?  -      ?      ?     -       ?      ?      ?
accessRequestApprove other  ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
accessRequestRefuse         ?    ?     ?      ?    ?    ?  -      ?      ?     -       ?      ?      ?
accessRequestRefuse other   ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
accessRequestWithdraw       ?    ?     ?      ?    ?    ?  -      ?      ?     -       ?      ?      ?
accessRequestWithdraw own   ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
"""  # noqa: E501 (a table has a column for everybody)

INPUTS: Inputs = {
    "accessRequestAssignRole": lambda company: {
        "memberId": encode_id_of("member", "mara")(company),
        "roleId": encode_id_of("role", "analyst")(company),
        "reason": "She counts the goals.",
    },
    "accessRequestSetGrants": lambda company: {
        "roleId": encode_id_of("role", "coach")(company),
        "grants": [{"permission": "DIRECTORY_READ"}],
        "reason": "Coaches look people up.",
    },
    "accessRequestEndApproval": lambda _: {"reason": "We are too few."},
    "accessRequestApprove": build_input("accessrequest", "admin"),
    "accessRequestApprove other": build_input("accessrequest", "ruler"),
    "accessRequestRefuse": build_input("accessrequest", "admin", reason="Not now."),
    "accessRequestRefuse other": build_input("accessrequest", "ruler", reason="Not now."),
    "accessRequestWithdraw": build_input("accessrequest", "ruler"),
    "accessRequestWithdraw own": build_input("accessrequest", "admin"),
}
