"""Who may place and release legal holds: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
legalHoldPlace           -    -     -      -    -    - ok     ok      -     -       -      r      r
legalHoldRelease         ?    ?     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
"""

INPUTS: Inputs = {
    "legalHoldPlace": lambda company: {
        "personId": encode_id_of("person", "mara")(company),
        "reason": "Case 12, decided by the legal department.",
    },
    "legalHoldRelease": build_input("legalhold", "boss", reason="The case is settled."),
}
