"""The relations of service clients."""

from tests.reads.oracle.relations.relation import (
    Relation,
    Relations,
    list_history,
    sort_relation,
    to_many,
    to_one,
)

RELATIONS: Relations = {
    "ServiceClient": {
        "keys": sort_relation(
            to_many(
                "ServiceClientKey",
                "service_client_keys",
                "service_client_id",
                inherits_visibility=True,
            ),
            "added_at",
            "id",
        ),
        "member": to_one("Member", "member_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ServiceClientKey": {},
}
