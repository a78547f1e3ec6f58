"""Who may manage service clients: the table, and the input of each row."""

from tests.api.client_stories import KeyPair
from tests.api.company import Company
from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                          mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
serviceClientCreate       -    -     -      -    -    -  -      -      -    ok       -      -      -
serviceClientEdit         ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
serviceClientSuspend      ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
serviceClientActivate     ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
serviceClientAddKey       ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
serviceClientAddKey wide  ?    ?     ?      ?    ?    ?  -      ?      ?     !       ?      ?      ?
serviceClientAddPublicKey ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
serviceClientRevokeKey    ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
memberAssignRole client   ?    ?     ?      ?    ?    ?  -      ?      ?     !       ?      ?      ?
"""  # noqa: E501 (a table has a column for everybody)

PUBLIC_KEY = KeyPair().build_text()


def _encode_key_id(company: Company) -> str:
    return company.encode_part_id("clientkey", company.clients.clients["payroll"].keys)


INPUTS: Inputs = {
    "serviceClientCreate": lambda _: {"name": "Warehouse", "allowedNetworks": ["192.0.2.0/24"]},
    "serviceClientEdit": build_input("serviceclient", "payroll", lane="INGEST"),
    "serviceClientSuspend": build_input("serviceclient", "payroll"),
    "serviceClientActivate": build_input("serviceclient", "old"),
    "serviceClientAddKey": build_input("serviceclient", "payroll", name="second"),
    "serviceClientAddKey wide": build_input("serviceclient", "wide", name="second"),
    "serviceClientAddPublicKey": build_input(
        "serviceclient", "payroll", name="pair", publicKey=PUBLIC_KEY
    ),
    "serviceClientRevokeKey": build_input("serviceclient", "payroll", keyId=_encode_key_id),
    "memberAssignRole client": lambda company: {
        "id": encode_account_id(company),
        "roleId": encode_id_of("role", "hr")(company),
    },
}


def encode_account_id(company: Company) -> str:
    """Return the global id of the account of the client that works."""
    return company.encode_id("member", "payroll")
