"""The relations of scorecards."""

from tests.reads.oracle.relations.relation import (
    Relation,
    Relations,
    build_people_relation,
    list_history,
    sort_relation,
    to_many,
    to_one,
)

RELATIONS: Relations = {
    "Scorecard": {
        "owner": to_one("Person", "owner_id"),
        "review_schedules": to_many("KpiReviewSchedule", "kpi_review_schedules", "scorecard_id"),
        "entries": sort_relation(
            to_many("ScorecardEntry", "scorecard_entries", "scorecard_id"), "position"
        ),
        "viewers": build_people_relation("scorecard"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ScorecardEntry": {"kpi": to_one("Kpi", "kpi_id")},
}
