"""Feedback programs: tables, mapping and read models."""

from sqlalchemy import CheckConstraint, Column, Uuid, and_, case, exists, not_

from domain.feedback_programs import (
    FeedbackProgram,
    FeedbackProgramAnswer,
    FeedbackProgramRater,
    FeedbackProgramResult,
    FeedbackProgramSchedule,
)
from domain.feedback_programs.policy import SEE_AUTHOR
from persistence.concept import register_concept, register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    link_table,
    parent_foreign_key,
    register_link_collection,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery
from persistence.reviews import COMPETENCY, REVIEW_QUESTION, REVIEW_TEMPLATE

feedback_program_schedules = aggregate_table(
    "feedback_program_schedules",
    *columns_of(FeedbackProgramSchedule),
    tenant_foreign_key("template_id", "review_templates"),
    tenant_index("title", "id"),
    tenant_index("organization_id", "title", "id"),
    tenant_index("template_id"),
    prefix="programschedule",
)

feedback_programs = aggregate_table(
    "feedback_programs",
    *columns_of(FeedbackProgram),
    tenant_foreign_key("schedule_id", "feedback_program_schedules"),
    tenant_index("schedule_id", "subject_id", "occurs_on", unique=True),
    tenant_foreign_key("template_id", "review_templates"),
    tenant_index("closes_on", "id"),
    tenant_index("subject_id", "closes_on", "id"),
    tenant_index("template_id"),
    prefix="feedbackprogram",
)

feedback_program_people = link_table(
    "feedback_program_people",
    Column("program_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    parent_foreign_key("program_id", "feedback_programs"),
    tenant_foreign_key("person_id", "people"),
    tenant_index("person_id", "program_id"),
    key=("program_id", "person_id"),
)
register_link_collection(
    feedback_programs,
    "rater_ids",
    feedback_program_people,
    owner_column="program_id",
    target_column="person_id",
)

feedback_program_raters = entity_table(
    "feedback_program_raters",
    *columns_of(FeedbackProgramRater),
    parent_foreign_key("feedback_program_id", "feedback_programs"),
    CheckConstraint("(person_id IS NULL) = (rater_group = 'external')", name="person_id"),
    tenant_index("feedback_program_id", "person_id"),
    tenant_index("person_id"),
    prefix="feedbackrater",
)

feedback_program_results = entity_table(
    "feedback_program_results",
    *columns_of(FeedbackProgramResult),
    parent_foreign_key("feedback_program_id", "feedback_programs"),
    tenant_foreign_key("question_id", "review_questions"),
    tenant_foreign_key("competency_id", "competencies"),
    tenant_index("feedback_program_id", "position", unique=True),
    tenant_index("question_id"),
    tenant_index("competency_id"),
    prefix="feedbackresult",
)

feedback_program_answers = entity_table(
    "feedback_program_answers",
    *columns_of(FeedbackProgramAnswer),
    parent_foreign_key("feedback_program_id", "feedback_programs"),
    tenant_foreign_key("question_id", "review_questions"),
    tenant_index("feedback_program_id", "id"),
    tenant_index("question_id"),
    tenant_index("author_id"),
    prefix="feedbackanswer",
)

FEEDBACK_PROGRAM_SCHEDULE = register_concept(
    FeedbackProgramSchedule, feedback_program_schedules, order=("title",), affects_access=False
)
FEEDBACK_PROGRAM = register_concept(
    FeedbackProgram, feedback_programs, order=("-closes_on",), affects_access=False
)
FEEDBACK_PROGRAM_RATER = register_part(FeedbackProgramRater, feedback_program_raters, order=())
FEEDBACK_PROGRAM_RESULT = register_part(
    FeedbackProgramResult, feedback_program_results, order=("position",)
)
FEEDBACK_PROGRAM_ANSWER = register_part(FeedbackProgramAnswer, feedback_program_answers, order=())

FEEDBACK_PROGRAM.one("subject", PERSON, lambda row, other, _: other.c.id == row.c.subject_id)
FEEDBACK_PROGRAM.one(
    "template", REVIEW_TEMPLATE, lambda row, other, _: other.c.id == row.c.template_id
)
for name, part in (
    ("raters", FEEDBACK_PROGRAM_RATER),
    ("results", FEEDBACK_PROGRAM_RESULT),
    ("answers", FEEDBACK_PROGRAM_ANSWER),
):
    FEEDBACK_PROGRAM.many(name, part, lambda row, each, _: each.c.feedback_program_id == row.c.id)
FEEDBACK_PROGRAM.one(
    "viewer_rater",
    FEEDBACK_PROGRAM_RATER,
    lambda row, other, context: and_(
        other.c.feedback_program_id == row.c.id, other.c.person_id == context.facts.person()
    ),
)
FEEDBACK_PROGRAM_RATER.one("person", PERSON, lambda row, other, _: other.c.id == row.c.person_id)
FEEDBACK_PROGRAM_RATER.value("name", lambda row, _: row.c.respondent_name)
FEEDBACK_PROGRAM_RATER.value("group", lambda row, _: row.c.rater_group)
FEEDBACK_PROGRAM_RATER.value(
    "has_responded",
    lambda row, context: case((row.c.person_id == context.facts.person(), row.c.has_responded)),
)
for model in (FEEDBACK_PROGRAM_RESULT, FEEDBACK_PROGRAM_ANSWER):
    model.value("group", lambda row, _: row.c.rater_group)
    model.one("question", REVIEW_QUESTION, lambda row, other, _: other.c.id == row.c.question_id)
FEEDBACK_PROGRAM_RESULT.one(
    "competency", COMPETENCY, lambda row, other, _: other.c.id == row.c.competency_id
)
FEEDBACK_PROGRAM_ANSWER.one(
    "author",
    PERSON,
    lambda row, person, _: person.c.id == row.c.author_id,
    see=SEE_AUTHOR,
    key=lambda row, _: row.c.author_id,
)


def _has_ballot(row: Row, context: FieldContext) -> Sql:
    """Return whether the viewer has answered."""
    rater = shared_alias(feedback_program_raters)
    conditions = (
        rater.c.feedback_program_id == row.c.id,
        rater.c.person_id == context.facts.person(),
        rater.c.has_responded,
    )
    return exists(tenant_subquery(context, rater, literal_number(1), *conditions))


def _asks_outside(row: Row, context: FieldContext) -> Sql:
    """Return whether somebody without an account is asked."""
    rater = shared_alias(feedback_program_raters)
    conditions = (rater.c.feedback_program_id == row.c.id, rater.c.person_id.is_(None))
    return exists(tenant_subquery(context, rater, literal_number(1), *conditions))


FEEDBACK_PROGRAM.blocker("make_links", lambda row, context: not_(_asks_outside(row, context)))
FEEDBACK_PROGRAM.blocker("withdraw_response", lambda row, context: not_(_has_ballot(row, context)))
FEEDBACK_PROGRAM.belongs_to(
    FEEDBACK_PROGRAM_SCHEDULE, foreign_key="schedule_id", one="schedule", many="programs"
)
FEEDBACK_PROGRAM_SCHEDULE.belongs_to(
    ORGANIZATION,
    foreign_key="organization_id",
    one="organization",
    many="feedback_program_schedules",
)
FEEDBACK_PROGRAM_SCHEDULE.one(
    "template", REVIEW_TEMPLATE, lambda row, other, _: other.c.id == row.c.template_id
)
add_lookup("feedback_program_schedule", FEEDBACK_PROGRAM_SCHEDULE)
add_lookup("feedback_program", FEEDBACK_PROGRAM)
