"""Surveys: tables, mapping and read models."""

from sqlalchemy import exists, not_

from domain.surveys import (
    Survey,
    SurveyBankQuestion,
    SurveyChoice,
    SurveyComment,
    SurveyInvitation,
    SurveyQuestion,
    SurveyResult,
    SurveySchedule,
    SurveyScheduleQuestion,
    SurveyShare,
)
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number
from persistence.kpis import KPI_DEFINITION
from persistence.organizations import ORGANIZATION
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery

survey_bank_questions = aggregate_table(
    "survey_bank_questions",
    *columns_of(SurveyBankQuestion),
    prefix="bankquestion",
)

survey_schedules = aggregate_table(
    "survey_schedules",
    *columns_of(SurveySchedule),
    tenant_index("title", "id"),
    tenant_index("organization_id", "title", "id"),
    prefix="surveyschedule",
)

survey_schedule_questions = entity_table(
    "survey_schedule_questions",
    *columns_of(SurveyScheduleQuestion),
    parent_foreign_key("schedule_id", "survey_schedules"),
    tenant_foreign_key("question_id", "survey_bank_questions"),
    tenant_index("schedule_id", "position", unique=True),
    tenant_index("question_id", "schedule_id"),
    prefix="scheduledquestion",
)

surveys = aggregate_table(
    "surveys",
    *columns_of(Survey),
    tenant_foreign_key("schedule_id", "survey_schedules"),
    tenant_index("schedule_id", "occurs_on", unique=True),
    tenant_index("closes_on", "id"),
    tenant_index("organization_id", "closes_on", "id"),
    prefix="survey",
)

survey_questions = entity_table(
    "survey_questions",
    *columns_of(SurveyQuestion),
    parent_foreign_key("survey_id", "surveys"),
    tenant_foreign_key("bank_question_id", "survey_bank_questions"),
    tenant_index("bank_question_id"),
    tenant_index("survey_id", "position", unique=True),
    prefix="surveyquestion",
)

survey_choices = entity_table(
    "survey_choices",
    *columns_of(SurveyChoice),
    parent_foreign_key("survey_id", "surveys"),
    parent_foreign_key("question_id", "survey_questions"),
    tenant_index("survey_id"),
    tenant_index("question_id", "position", unique=True),
    prefix="surveychoice",
)

survey_invitations = entity_table(
    "survey_invitations",
    *columns_of(SurveyInvitation),
    parent_foreign_key("survey_id", "surveys"),
    tenant_index("survey_id", "person_id"),
    tenant_index("person_id"),
    tenant_index("organization_id"),
    prefix="surveyinvitation",
)

survey_results = entity_table(
    "survey_results",
    *columns_of(SurveyResult),
    parent_foreign_key("survey_id", "surveys"),
    parent_foreign_key("question_id", "survey_questions"),
    tenant_index("survey_id"),
    tenant_foreign_key("schedule_id", "survey_schedules"),
    tenant_foreign_key("bank_question_id", "survey_bank_questions"),
    tenant_index("question_id", "answer_count", "id"),
    tenant_index("schedule_id", "answer_count", "id"),
    tenant_index("bank_question_id"),
    tenant_index("organization_id"),
    prefix="surveyresult",
)

survey_shares = entity_table(
    "survey_shares",
    *columns_of(SurveyShare),
    parent_foreign_key("survey_id", "surveys"),
    parent_foreign_key("result_id", "survey_results"),
    tenant_index("survey_id"),
    tenant_index("result_id", "answer", unique=True),
    prefix="surveyshare",
)

survey_comments = entity_table(
    "survey_comments",
    *columns_of(SurveyComment),
    parent_foreign_key("survey_id", "surveys"),
    parent_foreign_key("question_id", "survey_questions"),
    tenant_index("survey_id"),
    tenant_index("question_id", "id"),
    prefix="surveycomment",
)

SURVEY_BANK_QUESTION = register_concept(
    SurveyBankQuestion, survey_bank_questions, order=("id",), affects_access=False
)
SURVEY_SCHEDULE = register_concept(
    SurveySchedule,
    survey_schedules,
    order=("title",),
    affects_access=False,
    questions=map_children(
        SurveyScheduleQuestion,
        survey_schedule_questions,
        parent_column="schedule_id",
        order_columns=("position",),
    ),
)
SURVEY_SCHEDULE_QUESTION = register_part(
    SurveyScheduleQuestion, survey_schedule_questions, order=("position",)
)
SURVEY = register_concept(
    Survey,
    surveys,
    order=("-closes_on",),
    affects_access=False,
    questions=map_children(
        SurveyQuestion, survey_questions, parent_column="survey_id", order_columns=("position",)
    ),
)
SURVEY_QUESTION = register_part(
    SurveyQuestion,
    survey_questions,
    order=("position",),
    choices=map_children(
        SurveyChoice, survey_choices, parent_column="question_id", order_columns=("position",)
    ),
)
SURVEY_CHOICE = register_part(SurveyChoice, survey_choices, order=("position",))
SURVEY_INVITATION = register_part(SurveyInvitation, survey_invitations, order=("closes_on",))
SURVEY_RESULT = register_part(SurveyResult, survey_results, order=("-answer_count",))
SURVEY_SHARE = register_part(SurveyShare, survey_shares, order=("answer",))
SURVEY_COMMENT = register_part(SurveyComment, survey_comments, order=())

SURVEY.belongs_to(ORGANIZATION, foreign_key="organization_id", one="organization", many="surveys")
SURVEY.belongs_to(
    SURVEY_SCHEDULE,
    foreign_key="schedule_id",
    one="schedule",
    many="surveys",
)
SURVEY_SCHEDULE.belongs_to(
    ORGANIZATION, foreign_key="organization_id", one="organization", many="survey_schedules"
)
SURVEY_SCHEDULE.list_of(
    "questions", SURVEY_SCHEDULE_QUESTION, lambda row, each, _: each.c.schedule_id == row.c.id
)
SURVEY_SCHEDULE_QUESTION.one(
    "question", SURVEY_BANK_QUESTION, lambda row, other, _: other.c.id == row.c.question_id
)
SURVEY_SCHEDULE.many("trend", SURVEY_RESULT, lambda row, each, _: each.c.schedule_id == row.c.id)
SURVEY_RESULT.one(
    "bank_question",
    SURVEY_BANK_QUESTION,
    lambda row, other, _: other.c.id == row.c.bank_question_id,
)
SURVEY_QUESTION.one(
    "bank_question",
    SURVEY_BANK_QUESTION,
    lambda row, other, _: other.c.id == row.c.bank_question_id,
)
KPI_DEFINITION.one(
    "survey_schedule",
    SURVEY_SCHEDULE,
    lambda row, other, _: other.c.id == row.c.survey_schedule_id,
)
KPI_DEFINITION.one(
    "survey_question",
    SURVEY_BANK_QUESTION,
    lambda row, other, _: other.c.id == row.c.survey_question_id,
)
SURVEY.list_of("questions", SURVEY_QUESTION, lambda row, each, _: each.c.survey_id == row.c.id)
SURVEY_QUESTION.list_of(
    "choices", SURVEY_CHOICE, lambda row, each, _: each.c.question_id == row.c.id
)
SURVEY.one(
    "viewer_invitation", SURVEY_INVITATION, lambda row, other, _: other.c.survey_id == row.c.id
)
SURVEY_QUESTION.many("results", SURVEY_RESULT, lambda row, each, _: each.c.question_id == row.c.id)
SURVEY_QUESTION.many(
    "comments", SURVEY_COMMENT, lambda row, each, _: each.c.question_id == row.c.id
)
SURVEY_RESULT.one(
    "organization", ORGANIZATION, lambda row, other, _: other.c.id == row.c.organization_id
)
SURVEY_RESULT.list_of("shares", SURVEY_SHARE, lambda row, each, _: each.c.result_id == row.c.id)


def _is_invited(row: Row, context: FieldContext, *, has_responded: bool) -> Sql:
    """Return whether the viewer has an invitation, and has answered where that is asked for."""
    invitation = shared_alias(survey_invitations)
    conditions = [
        invitation.c.survey_id == row.c.id,
        compile_rule(SurveyInvitation.SEE, context.facts, invitation),
    ]
    if has_responded:
        conditions.append(invitation.c.has_responded)
    return exists(tenant_subquery(context, invitation, literal_number(1), *conditions))


SURVEY.blocker("respond", lambda row, context: not_(_is_invited(row, context, has_responded=False)))
SURVEY.blocker(
    "withdraw_response", lambda row, context: not_(_is_invited(row, context, has_responded=True))
)
add_lookup("survey", SURVEY)
add_lookup("survey_schedule", SURVEY_SCHEDULE)
add_lookup("survey_bank_question", SURVEY_BANK_QUESTION)
