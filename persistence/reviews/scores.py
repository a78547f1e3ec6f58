"""Scores of packets: tables, mapping and read models."""

from sqlalchemy import and_

from domain.reviews.scores import ReviewScore, ReviewScoreComponent, ReviewScoreStep
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reviews.packets import REVIEW, REVIEW_PACKET
from persistence.reviews.previews import REVIEW_PACKET_PREVIEW, will_see
from persistence.reviews.score_rules import SCORE_RULE
from persistence.reviews.templates import REVIEW_QUESTION

review_scores = entity_table(
    "review_scores",
    *columns_of(ReviewScore),
    parent_foreign_key("packet_id", "review_packets"),
    tenant_foreign_key("rule_id", "score_rules"),
    tenant_index("packet_id", "computed_at"),
    tenant_index("rule_id"),
    prefix="reviewscore",
)

review_score_components = entity_table(
    "review_score_components",
    *columns_of(ReviewScoreComponent),
    parent_foreign_key("score_id", "review_scores"),
    tenant_foreign_key("review_id", "reviews"),
    tenant_foreign_key("question_id", "review_questions"),
    tenant_index("score_id", "position", unique=True),
    tenant_index("review_id"),
    tenant_index("question_id"),
    prefix="scorecomponent",
)

review_score_steps = entity_table(
    "review_score_steps",
    *columns_of(ReviewScoreStep),
    parent_foreign_key("score_id", "review_scores"),
    tenant_index("score_id", "position", unique=True),
    prefix="reviewscorestep",
)

REVIEW_SCORE = register_part(ReviewScore, review_scores, order=("computed_at",))
REVIEW_SCORE_COMPONENT = register_part(
    ReviewScoreComponent, review_score_components, order=("position",)
)
REVIEW_SCORE_STEP = register_part(ReviewScoreStep, review_score_steps, order=("position",))


def _match_score(packet: Row, score: Row, context: FieldContext) -> Sql:
    """Match the scores of a visible packet that the caller may read."""
    can_read = compile_rule(ReviewScore.SEE, context.facts, score)
    return and_(score.c.packet_id == packet.c.id, can_read)


def _match_current_score(packet: Row, score: Row, context: FieldContext) -> Sql:
    return and_(score.c.is_current, _match_score(packet, score, context))


def _match_previewed_score(preview: Row, score: Row, context: FieldContext) -> Sql:
    """Match the present score, where the reader of the preview will read it, and the caller may."""
    return and_(
        score.c.packet_id == preview.c.id,
        score.c.is_current,
        will_see(ReviewScore.SEE, preview.c.reader_id, context, score),
    )


REVIEW_PACKET.one("score", REVIEW_SCORE, _match_current_score, inherits_visibility=True)
REVIEW_PACKET_PREVIEW.one("score", REVIEW_SCORE, _match_previewed_score, inherits_visibility=True)
REVIEW_PACKET.list_of("scores", REVIEW_SCORE, _match_score)
REVIEW_PACKET.one("score_rule", SCORE_RULE, lambda row, other, _: other.c.id == row.c.score_rule_id)
REVIEW_SCORE.one("rule", SCORE_RULE, lambda row, other, _: other.c.id == row.c.rule_id)
REVIEW_SCORE.list_of(
    "components", REVIEW_SCORE_COMPONENT, lambda row, each, _: each.c.score_id == row.c.id
)
REVIEW_SCORE.list_of("steps", REVIEW_SCORE_STEP, lambda row, each, _: each.c.score_id == row.c.id)
REVIEW_SCORE_COMPONENT.one("review", REVIEW, lambda row, other, _: other.c.id == row.c.review_id)
REVIEW_SCORE_COMPONENT.one(
    "question", REVIEW_QUESTION, lambda row, other, _: other.c.id == row.c.question_id
)
