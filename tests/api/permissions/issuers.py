"""Who may manage issuers: the table, and the input of each row."""

from tests.api.company import Company
from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input
from tests.factories.issuers import KEY_SET

TABLE = """
                    mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
issuerRegister      -    -     -      -    -    -  -      -      -    ok       -      -      -
issuerEdit          ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
issuerEdit wider    ?    ?     ?      ?    ?    ?  -      ?      ?     !       ?      ?      ?
issuerRotate        ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
issuerRotate chosen ?    ?     ?      ?    ?    ?  -      ?      ?     !       ?      ?      ?
issuerTest          -    -     -      -    -    -  -      -      -    ok       -      -      -
issuerRemove        ?    ?     ?      ?    ?    ?  -      ?      ?    ok       ?      ?      ?
"""

INPUTS: Inputs = {
    "issuerRegister": lambda company: {
        "name": f"https://new.example/realms/{company.tenant_id}",
        "preset": "KEYCLOAK",
        "key": "new",
        "audiences": ["trellis"],
    },
    "issuerEdit": build_input("issuer", "staff", clients=["web"]),
    "issuerEdit wider": build_input("issuer", "staff", audiences=["trellis", "other"]),
    "issuerRotate": build_input("issuer", "staff"),
    "issuerRotate chosen": build_input("issuer", "staff", keySet=KEY_SET),
    "issuerTest": lambda _: {"token": "no token"},
    "issuerRemove": build_input("issuer", "staff"),
}


def get_name(company: Company) -> str:
    """Return the name of the first issuer."""
    return company.issuers["staff"].name
