"""The relations of action items and tasks."""

from tests.reads.oracle.relations.relation import Relation, Relations, list_history, to_one

RELATIONS: Relations = {
    "ActionItem": {
        "owner": to_one("Person", "owner_id"),
        "creator": to_one("Person", "creator_id"),
        "kpi": to_one("Kpi", "kpi_id"),
        "goal": to_one("Goal", "goal_id"),
        "alert": to_one("Alert", "alert_id"),
        "review": to_one("KpiReview", "review_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "Task": {},
}
