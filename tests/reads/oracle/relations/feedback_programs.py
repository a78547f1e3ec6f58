"""The relations of feedback programs."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.feedback_programs import find_own_ballot
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _list_own_rater(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = find_own_ballot(who, row)
    return [found] if found else []


def _find_author(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.find_row(row["author_id"])
    return [found] if found and row["is_named"] else []


RELATIONS: Relations = {
    "FeedbackProgramSchedule": {
        "organization": to_one("Organization", "organization_id"),
        "template": to_one("ReviewTemplate", "template_id"),
        "programs": to_many("FeedbackProgram", "feedback_programs", "schedule_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "FeedbackProgram": {
        "schedule": to_one("FeedbackProgramSchedule", "schedule_id"),
        "subject": to_one("Person", "subject_id"),
        "template": to_one("ReviewTemplate", "template_id"),
        "viewer_rater": Relation("FeedbackProgramRater", _list_own_rater),
        "raters": to_many("FeedbackProgramRater", "feedback_program_raters", "feedback_program_id"),
        "results": to_many(
            "FeedbackProgramResult", "feedback_program_results", "feedback_program_id"
        ),
        "answers": to_many(
            "FeedbackProgramAnswer", "feedback_program_answers", "feedback_program_id"
        ),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "FeedbackProgramRater": {"person": to_one("Person", "person_id")},
    "FeedbackProgramResult": {
        "question": to_one("ReviewQuestion", "question_id"),
        "competency": to_one("Competency", "competency_id"),
    },
    "FeedbackProgramAnswer": {
        "question": to_one("ReviewQuestion", "question_id"),
        "author": Relation("Person", _find_author),
    },
}
