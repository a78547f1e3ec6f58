"""Who may change organizations: the table, and the input of each row."""

from typing import Any

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import REFERENCE, build_input, encode_id_of

TABLE = """
                                    mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
organizationCreate                     -    -     -      -    -    - ok     ok      -    ok       -      r      r
organizationCreate root                -    -     -      -    -    - ok      -      -    ok       -      -     ok
organizationEdit                       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationMove                       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationMove away                  -    -     -      -    -    - ok      -      -    ok       -      ?      ?
organizationClose                      -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationReopen                     -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationAddExternalReference       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationRemoveExternalReference    -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationsUpsert                    -    -     -      -    -    - ok     ok      -    ok       -      r      r
organizationsUpsert new                -    -     -      -    -    - ok     ok      -    ok       -      -      r
organizationsUpsert root               -    -     -      -    -    - ok      -      -    ok       -      -     ok
"""  # noqa: E501 (a table has a column for everybody)


NEW_ROW: dict[str, Any] = {
    "externalReference": {"source": "hris", "id": "4712"},
    "kind": "SITE",
    "code": "NEW",
    "name": "New",
}

INPUTS: Inputs = {
    "organizationCreate": lambda company: {
        "kind": "SITE",
        "code": "NEW",
        "name": "New",
        "parentId": company.encode_id("org", "ops"),
    },
    "organizationCreate root": lambda _: {"kind": "COMPANY", "code": "ROOT", "name": "Root"},
    "organizationEdit": build_input("org", "dock", name="Docks"),
    "organizationMove": build_input("org", "dock", parentId=encode_id_of("org", "ops")),
    "organizationMove away": build_input("org", "dock", parentId=encode_id_of("org", "sales")),
    "organizationClose": build_input("org", "dock"),
    "organizationReopen": build_input("org", "closed"),
    "organizationAddExternalReference": build_input("org", "dock", reference=REFERENCE),
    "organizationRemoveExternalReference": build_input("org", "dock", source="workday"),
    "organizationsUpsert": lambda company: {
        "rows": [{"id": company.encode_id("org", "dock"), "name": "Docks"}]
    },
    "organizationsUpsert new": lambda company: {
        "rows": [NEW_ROW | {"parent": {"id": company.encode_id("org", "ops")}}]
    },
    "organizationsUpsert root": lambda _: {"rows": [NEW_ROW]},
}
