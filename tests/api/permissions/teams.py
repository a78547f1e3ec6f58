"""Who may change teams: the table, and the input of each row."""

from tests.api.company import Company
from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import REFERENCE, build_input, encode_id_of

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
teamAddExternalReference    - -    -      -    -    - ok     ok      -    ok       -      ?      ?
teamRemoveExternalReference - -    -      -    -    - ok     ok      -    ok       -      ?      ?
teamsUpsert             -    -     -      -    -   ok ok     ok      -    ok       -      r      r
teamsUpsert end         -    -     -      -    -    - ok     ok      -    ok       -      r      r
teamsUpsert new         -    -     -      -    -    - ok     ok      -    ok       -      -      r
"""


def _encode_membership_id(company: Company) -> str:
    return company.encode_part_id("membership", company.teams["dispatch"].memberships)


INPUTS: Inputs = {
    "teamAddExternalReference": build_input("team", "dispatch", reference=REFERENCE),
    "teamRemoveExternalReference": build_input("team", "dispatch", source="workday"),
    "teamsUpsert": lambda company: {
        "rows": [{"id": company.encode_id("team", "dispatch"), "name": "Despatch"}]
    },
    "teamsUpsert end": lambda company: {
        "rows": [{"id": company.encode_id("team", "night"), "endsOn": "2026-12-31"}]
    },
    "teamsUpsert new": lambda company: {
        "rows": [
            {
                "externalReference": {"source": "hris", "id": "4714"},
                "name": "Day",
                "organization": {"id": company.encode_id("org", "ops")},
            }
        ]
    },
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
