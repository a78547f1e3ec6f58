"""Who may set retention policies: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs

TABLE = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
retentionPolicySet       -    -     -      -    -    -  -      -      -    ok       -      -      -
"""

INPUTS: Inputs = {"retentionPolicySet": lambda _: {"dataKind": "FEEDBACK", "days": 700}}
