"""Score rules: tables, mapping and read models."""

from sqlalchemy.dialects.postgresql import JSONB

from domain.reviews.score_rules import ScoreCondition, ScoreRule, ScoreStep
from persistence.concept import register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reviews.scales import RATING_SCALE
from persistence.reviews.templates import DIRECTION_NAMES
from persistence.revisions import register_revisions, revision_table

score_rules = revision_table(
    "score_rules",
    ScoreRule,
    tenant_foreign_key("scale_id", "rating_scales"),
    tenant_index("scale_id"),
    prefix="scorerule",
)

score_steps = entity_table(
    "score_steps",
    *columns_of(ScoreStep),
    parent_foreign_key("rule_id", "score_rules"),
    tenant_index("rule_id", "position", unique=True),
    prefix="scorestep",
)

score_conditions = entity_table(
    "score_conditions",
    *columns_of(ScoreCondition),
    parent_foreign_key("rule_id", "score_rules"),
    parent_foreign_key("step_id", "score_steps"),
    tenant_index("step_id", "position", unique=True),
    tenant_index("rule_id"),
    prefix="scorecondition",
)

SCORE_RULE = register_revisions(
    ScoreRule,
    score_rules,
    steps=map_children(
        ScoreStep, score_steps, parent_column="rule_id", order_columns=("position",)
    ),
)
SCORE_STEP = register_part(
    ScoreStep,
    score_steps,
    order=("position",),
    conditions=map_children(
        ScoreCondition, score_conditions, parent_column="step_id", order_columns=("position",)
    ),
)
SCORE_CONDITION = register_part(ScoreCondition, score_conditions, order=("position",))


def _name_directions(row: Row, _: FieldContext) -> Sql:
    return SqlTemplate(DIRECTION_NAMES, JSONB(), directions=row.c.directions)


SCORE_RULE.value("directions", _name_directions)
SCORE_RULE.one("scale", RATING_SCALE, lambda row, other, _: other.c.id == row.c.scale_id)
SCORE_RULE.list_of("steps", SCORE_STEP, lambda row, each, _: each.c.rule_id == row.c.id)
SCORE_STEP.list_of("conditions", SCORE_CONDITION, lambda row, each, _: each.c.step_id == row.c.id)
