"""The relations of feedback."""

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _find_author(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.find_row(row["author_id"])
    return [found] if found and policy.can_see_feedback_author(who, row) else []


def list_given(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    given = who.facts.select_rows("feedbacks", author_id=row["id"])
    return [each for each in given if policy.can_see_feedback_author(who, each)]


RELATIONS: Relations = {
    "FeedbackRequest": {
        "subject": to_one("Person", "subject_id"),
        "asker": to_one("Person", "asker_id"),
        "respondent": to_one("Person", "respondent_id"),
        "goal": to_one("Goal", "goal_id"),
        "template": to_one("ReviewTemplate", "template_id"),
        "answers": to_many("Feedback", "feedbacks", "request_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "Feedback": {
        "subject": to_one("Person", "subject_id"),
        "author": Relation("Person", _find_author),
        "goal": to_one("Goal", "goal_id"),
        "request": to_one("FeedbackRequest", "request_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
}
