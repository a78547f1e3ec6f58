"""Who may name another manager, and extend reviews: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                              mara boss chief former peer lead  hr hr_ops hr_far admin analyst nobody abroad
reviewTransfer                   ?    -     ?      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
reviewTransfer shared            -    -     -      ?    ?    ?   s      s      ?     ?       ?      ?      ?
reviewExtend                     ?    -     ?      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
reviewExtend shared              -    -     -      ?    ?    ?   s      s      ?     ?       ?      ?      ?
reviewCycleExtendParticipant     ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person

TRANSFER = {"managerId": encode_id_of("person", "lead"), "reason": "Boss is ill."}
EXTENSION = {"dueOn": "2026-09-30", "reason": "Too few days."}

INPUTS: Inputs = {
    "reviewTransfer": build_input("reviewpacket", "collecting", **TRANSFER),
    "reviewTransfer shared": build_input("reviewpacket", "shared", **TRANSFER),
    "reviewExtend": build_input("reviewpacket", "collecting", **EXTENSION),
    "reviewExtend shared": build_input("reviewpacket", "shared", **EXTENSION),
    "reviewCycleExtendParticipant": build_input(
        *("reviewcycle", "begun"),
        personId=encode_id_of("person", "peer"),
        lastDay="2026-07-31",
        **EXTENSION,
    ),
}
