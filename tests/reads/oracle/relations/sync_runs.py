"""The relations of sync runs."""

from tests.reads.dataset import Row
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    select_people,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _build_people(*, are_ended: bool) -> Relation:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        named = who.facts.select_rows("sync_run_people", sync_run_id=row["id"])
        ids = [each["person_id"] for each in named if each["is_ended"] is are_ended]
        return select_people(who, ids)

    return Relation("Person", walk)


def _build_part(kind: str, table: str, order: str) -> Relation:
    found = to_many(kind, table, "sync_run_id", inherits_visibility=True)
    return sort_relation(found, order)


RELATIONS: Relations = {
    "SyncRun": {
        "counts": _build_part("SyncRunCounts", "sync_run_counts", "type"),
        "issues": _build_part("SyncRunIssue", "sync_run_issues", "id"),
        "started_by": to_one("Member", "started_by_id"),
        "missing_people": _build_people(are_ended=False),
        "ended_people": _build_people(are_ended=True),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "SyncRunCounts": {},
    "SyncRunIssue": {},
}
