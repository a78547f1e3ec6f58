"""The relations of issuers."""

from tests.reads.oracle.relations.relation import Relation, Relations, list_history

RELATIONS: Relations = {
    "Issuer": {"history": Relation("JournalEntry", list_history, inherits_visibility=True)},
}
