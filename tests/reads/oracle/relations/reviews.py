"""The relations of what reviews need."""

from tests.reads.dataset import Row
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    sort_relation,
    to_many,
)
from tests.reads.oracle.relationships import OracleCaller


def _list_revisions(kind: str, table: str) -> Relation:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        found = who.facts.select_rows(table, document_id=row["document_id"])
        return sorted(found, key=lambda each: -each["revision"])

    return Relation(kind, walk)


RELATIONS: Relations = {
    "RatingScale": {
        "levels": sort_relation(to_many("RatingLevel", "rating_levels", "scale_id"), "position"),
        "revisions": _list_revisions("RatingScale", "rating_scales"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "RatingLevel": {},
}
