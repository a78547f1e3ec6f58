"""The relations of surveys."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.surveys import find_own_invitation
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _list_own_invitation(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = find_own_invitation(who, row)
    return [found] if found else []


RELATIONS: Relations = {
    "Survey": {
        "organization": to_one("Organization", "organization_id"),
        "schedule": to_one("SurveySchedule", "schedule_id"),
        "questions": sort_relation(
            to_many("SurveyQuestion", "survey_questions", "survey_id"), "position"
        ),
        "viewer_invitation": Relation("SurveyInvitation", _list_own_invitation),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "SurveySchedule": {
        "organization": to_one("Organization", "organization_id"),
        "questions": sort_relation(
            to_many("SurveyScheduleQuestion", "survey_schedule_questions", "schedule_id"),
            "position",
        ),
        "surveys": to_many("Survey", "surveys", "schedule_id"),
        "trend": to_many("SurveyResult", "survey_results", "schedule_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "SurveyScheduleQuestion": {"question": to_one("SurveyBankQuestion", "question_id")},
    "SurveyBankQuestion": {
        "history": Relation("JournalEntry", list_history, inherits_visibility=True)
    },
    "SurveyQuestion": {
        "bank_question": to_one("SurveyBankQuestion", "bank_question_id"),
        "choices": sort_relation(
            to_many("SurveyChoice", "survey_choices", "question_id"), "position"
        ),
        "results": to_many("SurveyResult", "survey_results", "question_id"),
        "comments": to_many("SurveyComment", "survey_comments", "question_id"),
    },
    "SurveyResult": {
        "bank_question": to_one("SurveyBankQuestion", "bank_question_id"),
        "organization": to_one("Organization", "organization_id"),
        "shares": sort_relation(to_many("SurveyShare", "survey_shares", "result_id"), "answer"),
    },
    "SurveyChoice": {},
    "SurveyInvitation": {},
    "SurveyShare": {},
    "SurveyComment": {},
}
