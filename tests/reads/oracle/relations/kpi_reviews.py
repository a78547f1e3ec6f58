"""The relations of KPI reviews."""

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


def _list_participants(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("kpi_review_participants", schedule_id=row["id"])
    return select_people(who, [each["person_id"] for each in found])


RELATIONS: Relations = {
    "KpiReviewSchedule": {
        "owner": to_one("Person", "owner_id"),
        "participants": Relation("Person", _list_participants),
        "reviews": to_many("KpiReview", "kpi_reviews", "schedule_id", inherits_visibility=True),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "KpiReview": {
        "schedule": to_one("KpiReviewSchedule", "schedule_id"),
        "held_by": to_one("Person", "held_by_id"),
        "entries": sort_relation(
            to_many("KpiReviewEntry", "kpi_review_entries", "review_id"), "position"
        ),
        "decisions": sort_relation(
            to_many(
                "KpiReviewDecision", "kpi_review_decisions", "review_id", inherits_visibility=True
            ),
            "position",
        ),
        "action_items": to_many("ActionItem", "action_items", "review_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "KpiReviewEntry": {"kpi": to_one("Kpi", "kpi_id")},
}
