"""Who may change members, roles and settings: the table, and the input of each row."""

from tests.api.company import Company
from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                 mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
memberCreate        -    -     -      -    -    -  -      -      -    ok       -      r      r
memberAssignRole    -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberAssignRole hr -    ?     ?      ?    ?    ?  -      -      ?     -       ?      ?      ?
memberAssignRole me ?    ?     ?      ?    ?    ?  -      -      ?     !       ?      ?      ?
memberRevokeRole    -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRemove        -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRestore       ?    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
roleCreate          -    -     -      -    -    -  -      -      -    ok       -      -      -
roleCreate wide     -    -     -      -    -    -  -      -      -     -       -      -      -
roleEdit            ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleSetGrants       ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleSetGrants wide  ?    ?     ?      ?    ?    ?  -      -      -     -       ?      ?      ?
roleSetGrants mine  ?    ?     ?      ?    ?    ?  -      -      -     !       ?      ?      ?
roleDelete          ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
tenantEdit          -    -     -      -    -    -  -      -      -    ok       -      -      -
"""


def _encode_assignment_id(company: Company) -> str:
    return company.encode_part_id("assignment", company.members["mara"].assignments)


EMPLOYMENT = [{"permission": "EMPLOYMENT_READ"}]


INPUTS: Inputs = {
    "memberCreate": lambda company: {
        "personId": company.encode_id("person", "newcomer"),
        "subject": "newcomer",
    },
    "memberAssignRole": build_input("member", "mara", roleId=encode_id_of("role", "coach")),
    "memberAssignRole hr": build_input("member", "mara", roleId=encode_id_of("role", "hr")),
    "memberAssignRole me": build_input("member", "admin", roleId=encode_id_of("role", "hr")),
    "memberRevokeRole": build_input("member", "mara", assignmentId=_encode_assignment_id),
    "memberRemove": build_input("member", "mara"),
    "memberRestore": build_input("member", "removed"),
    "roleCreate": lambda _: {"key": "mentor", "name": "Mentor"},
    "roleCreate wide": lambda _: {"key": "mentor", "name": "Mentor", "grants": EMPLOYMENT},
    "roleEdit": build_input("role", "coach", name="Trainer"),
    "roleSetGrants": build_input("role", "coach", grants=[{"permission": "DIRECTORY_READ"}]),
    "roleSetGrants wide": build_input("role", "coach", grants=EMPLOYMENT),
    "roleSetGrants mine": lambda company: {
        "id": company.encode_id("role", "tenant_admin"),
        "grants": [
            *(
                {"permission": each.permission.name, "population": each.population.name}
                for each in company.roles["tenant_admin"].grants
            ),
            *EMPLOYMENT,
        ],
    },
    "roleDelete": build_input("role", "coach"),
    "tenantEdit": lambda _: {"name": "Meridian Group"},
}
