"""The relations of access requests."""

from tests.reads.oracle.relations.relation import (
    Relation,
    Relations,
    list_history,
    sort_relation,
    to_many,
    to_one,
)

RELATIONS: Relations = {
    "AccessRequest": {
        "requester": to_one("Person", "requester_id"),
        "person": to_one("Person", "person_id"),
        "decided_by": to_one("Person", "decided_by_id"),
        "member": to_one("Member", "member_id"),
        "role": to_one("Role", "role_id"),
        "organization": to_one("Organization", "organization_id"),
        "grants": sort_relation(
            to_many(
                "AccessRequestGrant",
                "access_request_grants",
                "access_request_id",
                inherits_visibility=True,
            ),
            "permission",
            "id",
        ),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "AccessRequestGrant": {
        "organization": to_one("Organization", "organization_id"),
        "kpi": to_one("Kpi", "kpi_id"),
    },
}
