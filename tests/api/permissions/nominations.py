"""Who may nominate, and decide on nominations: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                                   mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
reviewNominate                       ok   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewNominate own                    ?   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewWithdrawNomination              ?    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewWithdrawNomination of_mara     ok    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewApproveNomination               ?   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewRejectNomination                ?   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewDeclineNomination               ?    ?     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person

PEER = encode_id_of("person", "peer")
LEAD = encode_id_of("person", "lead")
INPUTS: Inputs = {
    "reviewNominate": build_input("nominationround", "of_mara", personId=LEAD),
    "reviewNominate own": build_input("nominationround", "own_open", personId=LEAD),
    "reviewWithdrawNomination": build_input("nominationround", "own_open", personId=PEER),
    "reviewWithdrawNomination of_mara": build_input("nominationround", "of_mara", personId=PEER),
    "reviewApproveNomination": build_input("nomination", "proposed"),
    "reviewRejectNomination": build_input("nomination", "proposed", reason="Too far away."),
    "reviewDeclineNomination": build_input("review", "of_ruler", reason="No time."),
}
