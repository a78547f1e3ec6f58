"""Who may do what with appeals: the table, and the input of each row."""

from typing import Any

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                            mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
reviewAppealFile               r    -     r      r    r    r  -      -      r     r       r      r      r
reviewAppealFile shared       ok    -     -      r    r    r  -      -      r     r       r      r      r
reviewAppealFile appealed      s    -     -      r    r    r  -      -      r     r       r      r      r
reviewAppealFile collecting    r    -     r      r    r    r  -      -      r     r       r      r      r
reviewAppealAssign             -    -     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewAppealDecide             -    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewAppealDecide of_analyst  -    -     ?      ?    ?    ?  -      -      ?     ?      ok      ?      ?
reviewAppealWithdraw           ?    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewAppealWithdraw filed    ok    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person


def _build_filing(which: str) -> Any:
    return lambda company: {
        "packetId": company.encode_id("reviewpacket", which),
        "statement": "I did more.",
    }


INPUTS: Inputs = {
    "reviewAppealFile": _build_filing("own"),
    "reviewAppealFile shared": _build_filing("shared"),
    "reviewAppealFile appealed": _build_filing("appealed"),
    "reviewAppealFile collecting": _build_filing("collecting"),
    "reviewAppealAssign": build_input(
        "reviewappeal", "filed", personId=encode_id_of("person", "analyst")
    ),
    "reviewAppealDecide": build_input("reviewappeal", "of_ruler", answer="We read it again."),
    "reviewAppealDecide of_analyst": build_input("reviewappeal", "of_analyst", answer="No."),
    "reviewAppealWithdraw": build_input("reviewappeal", "own"),
    "reviewAppealWithdraw filed": build_input("reviewappeal", "filed"),
}
