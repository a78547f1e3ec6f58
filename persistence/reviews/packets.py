"""Packets, reviews and answers: tables, mapping and read models."""

from collections.abc import Callable

from sqlalchemy import Boolean, Column, Uuid, and_, or_

from domain.reviews.packets import ReviewPacket, ReviewPacketStatus, ReviewRelease
from domain.reviews.writing import Review, ReviewAnswer
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept, register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    MADE_ONCE,
    aggregate_table,
    entity_table,
    link_table,
    parent_foreign_key,
    register_link_collection,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.people import PERSON
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery
from persistence.reviews.scales import RATING_LEVEL, RATING_SCALE
from persistence.reviews.templates import REVIEW_QUESTION, REVIEW_TEMPLATE, review_sections

review_packets = aggregate_table(
    "review_packets",
    *columns_of(ReviewPacket),
    tenant_foreign_key("scale_id", "rating_scales"),
    tenant_foreign_key("cycle_id", "review_cycles"),
    tenant_foreign_key("score_rule_id", "score_rules"),
    tenant_index("due_on", "id"),
    tenant_index("subject_id", "due_on", "id"),
    tenant_index("manager_id"),
    tenant_index("second_level_id"),
    tenant_index("decided_by_id"),
    tenant_index("resolved_by_id"),
    tenant_index("asked_id"),
    tenant_index("appeal_decider_id"),
    tenant_index("scale_id"),
    tenant_index("score_rule_id"),
    tenant_index("approved_by_id"),
    tenant_index("cycle_id", "due_on", "id"),
    prefix="reviewpacket",
)

reviews = aggregate_table(
    "reviews",
    *columns_of(Review),
    parent_foreign_key("packet_id", "review_packets"),
    tenant_foreign_key("template_id", "review_templates"),
    tenant_index("due_on", "id"),
    tenant_index("packet_id", "due_on", "id"),
    tenant_index("writer_id", "due_on", "id"),
    tenant_index("subject_id"),
    tenant_index("manager_id"),
    tenant_index("second_level_id"),
    tenant_index("submitted_by_id"),
    tenant_index("stand_in_id"),
    tenant_index("appeal_decider_id"),
    tenant_index("template_id"),
    prefix="review",
)

review_readers = link_table(
    "review_readers",
    Column("review_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    parent_foreign_key("review_id", "reviews"),
    tenant_foreign_key("person_id", "people"),
    tenant_index("person_id", "review_id"),
    key=("review_id", "person_id"),
)
register_link_collection(
    reviews, "shown_to_ids", review_readers, owner_column="review_id", target_column="person_id"
)

review_answers = entity_table(
    "review_answers",
    *columns_of(ReviewAnswer),
    parent_foreign_key("review_id", "reviews"),
    tenant_foreign_key("question_id", "review_questions"),
    tenant_index("review_id", "question_id", unique=True, info={MADE_ONCE: True}),
    tenant_index("question_id"),
    prefix="reviewanswer",
)

REVIEW_PACKET = register_concept(
    ReviewPacket, review_packets, order=("-due_on",), affects_access=False
)
REVIEW = register_concept(Review, reviews, order=("-due_on",), affects_access=False)
REVIEW_ANSWER = register_part(ReviewAnswer, review_answers, order=("question_id",))


def _match_person(column: str) -> Callable[[Row, Row, FieldContext], Sql]:
    return lambda row, person, _: person.c.id == row.c[column]


for model, names in (
    (REVIEW_PACKET, ("subject", "manager", "second_level")),
    (REVIEW_PACKET, ("decided_by", "approved_by", "resolved_by")),
    (REVIEW, ("subject", "writer", "submitted_by", "stand_in")),
):
    for name in names:
        model.one(name, PERSON, _match_person(f"{name}_id"))

REVIEW_PACKET.one("scale", RATING_SCALE, lambda row, other, _: other.c.id == row.c.scale_id)
REVIEW_PACKET.one(
    "level",
    RATING_LEVEL,
    lambda row, other, _: and_(other.c.scale_id == row.c.scale_id, other.c.position == row.c.level),
)


def _waits_to_be_shared(packet: Row, context: FieldContext) -> Sql:
    """Build the condition that the second level has to approve, or that a cycle shares it."""
    is_decided = packet.c.status == literal_text(ReviewPacketStatus.DECIDED)
    waits = and_(
        packet.c.release == literal_text(ReviewRelease.ON_DATE),
        packet.c.release_on > context.facts.today(),
    )
    return or_(
        and_(is_decided, packet.c.needs_approval),
        packet.c.release == literal_text(ReviewRelease.ALL_AT_ONCE),
        waits,
    )


REVIEW_PACKET.blocker("share", _waits_to_be_shared)
REVIEW.belongs_to(REVIEW_PACKET, foreign_key="packet_id", one="packet", many="reviews")
REVIEW.one("template", REVIEW_TEMPLATE, lambda row, other, _: other.c.id == row.c.template_id)


def _match_answer(row: Row, answer: Row, context: FieldContext) -> Sql:
    """Match the answers of a visible review that the caller may read."""
    parents = {"review_id": row}
    can_read = compile_rule(ReviewAnswer.SEE, context.facts, answer, parents)
    return and_(answer.c.review_id == row.c.id, can_read)


REVIEW.list_of("answers", REVIEW_ANSWER, _match_answer)


IS_MEANT = """(jsonb_array_length({wanted}) = 0 OR {held} IS NULL
  OR EXISTS (SELECT FROM jsonb_array_elements_text({wanted}) AS key WHERE {held} ? key.value))"""
"""Whether a part of a form is for the career groups of a form; see `is_meant_for` of the domain."""


def _match_question(form: Row, question: Row, context: FieldContext) -> Sql:
    """Match the questions of a template that are for the position of the reviewed person."""
    section, held = shared_alias(review_sections), form.c.career_group_keys
    of_section = tenant_subquery(
        context, section, section.c.career_group_keys, section.c.id == question.c.section_id
    ).scalar_subquery()
    return and_(
        question.c.template_id == form.c.template_id,
        *(
            SqlTemplate(IS_MEANT, Boolean(), wanted=wanted, held=held)
            for wanted in (question.c.career_group_keys, of_section)
        ),
    )


def _order_questions(_: Row, question: Row, context: FieldContext) -> Sql:
    section = shared_alias(review_sections)
    place = tenant_subquery(
        context, section, section.c.position, section.c.id == question.c.section_id
    ).scalar_subquery()
    return place * literal_number(1_000) + question.c.position


REVIEW.list_of("questions", REVIEW_QUESTION, _match_question, order=_order_questions)
REVIEW_ANSWER.one(
    "question",
    REVIEW_QUESTION,
    lambda row, other, _: other.c.id == row.c.question_id,
)

add_lookup("review_packet", REVIEW_PACKET)
add_lookup("review", REVIEW)
