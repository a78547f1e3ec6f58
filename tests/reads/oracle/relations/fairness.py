"""The relations of fairness attributes and figures."""

from tests.reads.oracle.relations.relation import (
    Relation,
    Relations,
    list_history,
    sort_relation,
    to_many,
    to_one,
)

RELATIONS: Relations = {
    "FairnessAttribute": {
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "FairnessFigure": {
        "attribute": to_one("FairnessAttribute", "attribute_id"),
        "groups": sort_relation(
            to_many("FairnessGroup", "fairness_groups", "figure_id"), "position"
        ),
    },
    "FairnessGroup": {},
}
