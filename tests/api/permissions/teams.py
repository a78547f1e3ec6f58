"""Who may change teams: the table, and the input of each row."""

from tests.api.company import Company
from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                     mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
teamCreate              -    -     -      -    -    - ok     ok      -    ok       -      r      r
teamEdit                -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamMove                -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamMove away           -    -     -      -    -    - ok      -      -    ok       -      ?      ?
teamClose               -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamReopen              -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamAddMember           -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamAddMember hr        -    -     -      -    -   ok  !     ok      -    ok       -      ?      ?
teamAddMember admin     -    -     -      -    -   ok ok     ok      -     !       -      ?      ?
teamAddMember lead      -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamChangeMembership    -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamEndMembership       -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
"""


def _encode_membership_id(company: Company) -> str:
    return company.encode_part_id("membership", company.teams["dispatch"].memberships)


INPUTS: Inputs = {
    "teamCreate": lambda company: {
        "organizationId": company.encode_id("org", "ops"),
        "parentId": company.encode_id("team", "dispatch"),
        "name": "Day",
    },
    "teamEdit": build_input("team", "dispatch", name="Despatch"),
    "teamMove": build_input("team", "night", organizationId=encode_id_of("org", "dock")),
    "teamMove away": build_input("team", "night", organizationId=encode_id_of("org", "sales")),
    "teamClose": build_input("team", "night"),
    "teamReopen": build_input("team", "closed"),
    "teamAddMember": build_input("team", "dispatch", personId=encode_id_of("person", "peer")),
    **{
        f"teamAddMember {who}": build_input(
            "team", "night", personId=encode_id_of("person", who), role="LEAD"
        )
        for who in ("hr", "admin", "lead")
    },
    "teamChangeMembership": build_input(
        "team", "dispatch", membershipId=_encode_membership_id, share=50
    ),
    "teamEndMembership": build_input("team", "dispatch", membershipId=_encode_membership_id),
}
