"""The relations of goals."""

from tests.reads.dataset import Row
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    build_people_relation,
    list_history,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _find_last_check_in(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("check_ins", goal_id=row["id"])
    counting = [
        each for each in found if not who.facts.select_rows("check_ins", corrects_id=each["id"])
    ]
    order = "effective_on", "first_recorded_at", "id"
    return sorted(counting, key=lambda each: [each[name] for name in order])[-1:]


def _find_correction(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.select_rows("check_ins", corrects_id=row["id"])


RELATIONS: Relations = {
    "Goal": {
        "parent": to_one("Goal", "parent_id"),
        "children": to_many("Goal", "goals", "parent_id"),
        "key_results": to_many("KeyResult", "key_results", "goal_id", inherits_visibility=True),
        "check_ins": to_many("CheckIn", "check_ins", "goal_id", inherits_visibility=True),
        "last_check_in": Relation("CheckIn", _find_last_check_in),
        "kpis": to_many("Kpi", "kpis", "purpose_id"),
        "feedback_requests": to_many("FeedbackRequest", "feedback_requests", "goal_id"),
        "feedback": to_many("Feedback", "feedbacks", "goal_id"),
        "action_items": to_many("ActionItem", "action_items", "goal_id"),
        "references": sort_relation(
            to_many("GoalReference", "goal_references", "goal_id", inherits_visibility=True),
            "source",
            "external_id",
        ),
        "viewers": build_people_relation("goal"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "KeyResult": {"goal": to_one("Goal", "goal_id"), "kpi": to_one("Kpi", "kpi_id")},
    "CheckIn": {
        "goal": to_one("Goal", "goal_id"),
        "author": to_one("Person", "author_id"),
        "corrects": to_one("CheckIn", "corrects_id"),
        "corrected_by": Relation("CheckIn", _find_correction),
        "values": sort_relation(
            to_many("CheckInValue", "check_in_values", "check_in_id", inherits_visibility=True),
            "id",
        ),
    },
    "CheckInValue": {"key_result": to_one("KeyResult", "key_result_id")},
}
