"""Review templates: tables, mapping and read models."""

from sqlalchemy import and_
from sqlalchemy.dialects.postgresql import JSONB

from domain.reviews.templates import (
    ReviewCareerGroup,
    ReviewChoice,
    ReviewQuestion,
    ReviewSection,
    ReviewTemplate,
)
from persistence.concept import register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.organizations import ORGANIZATION
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reviews.competencies import COMPETENCY, COMPETENCY_FRAMEWORK
from persistence.reviews.scales import RATING_SCALE
from persistence.revisions import register_revisions, revision_table

review_templates = revision_table("review_templates", ReviewTemplate, prefix="reviewtemplate")

review_sections = entity_table(
    "review_sections",
    *columns_of(ReviewSection),
    parent_foreign_key("template_id", "review_templates"),
    tenant_index("template_id", "position", unique=True),
    prefix="reviewsection",
)

review_questions = entity_table(
    "review_questions",
    *columns_of(ReviewQuestion),
    parent_foreign_key("template_id", "review_templates"),
    parent_foreign_key("section_id", "review_sections"),
    tenant_foreign_key("scale_id", "rating_scales"),
    tenant_foreign_key("framework_id", "competency_frameworks"),
    tenant_index("section_id", "position", unique=True),
    tenant_index("template_id"),
    tenant_index("scale_id"),
    tenant_index("framework_id"),
    prefix="reviewquestion",
)

review_choices = entity_table(
    "review_choices",
    *columns_of(ReviewChoice),
    parent_foreign_key("template_id", "review_templates"),
    parent_foreign_key("question_id", "review_questions"),
    tenant_index("question_id", "position", unique=True),
    tenant_index("template_id"),
    prefix="reviewchoice",
)

review_career_groups = entity_table(
    "review_career_groups",
    *columns_of(ReviewCareerGroup),
    parent_foreign_key("template_id", "review_templates"),
    tenant_index("template_id", "position", unique=True),
    tenant_index("organization_id"),
    prefix="careergroup",
)

REVIEW_TEMPLATE = register_revisions(
    ReviewTemplate,
    review_templates,
    sections=map_children(
        ReviewSection, review_sections, parent_column="template_id", order_columns=("position",)
    ),
    career_groups=map_children(
        *(ReviewCareerGroup, review_career_groups),
        parent_column="template_id",
        order_columns=("position",),
    ),
)
REVIEW_SECTION = register_part(
    ReviewSection,
    review_sections,
    order=("position",),
    questions=map_children(
        ReviewQuestion, review_questions, parent_column="section_id", order_columns=("position",)
    ),
)
REVIEW_QUESTION = register_part(
    ReviewQuestion,
    review_questions,
    order=("position",),
    choices=map_children(
        ReviewChoice, review_choices, parent_column="question_id", order_columns=("position",)
    ),
)
REVIEW_CAREER_GROUP = register_part(ReviewCareerGroup, review_career_groups, order=("position",))
REVIEW_CHOICE = register_part(ReviewChoice, review_choices, order=("position",))

DIRECTION_NAMES = "upper({directions}::text)::jsonb"
"""Directions as the graph names them. No value of the enum has a colon."""


def _name_directions(row: Row, _: FieldContext) -> Sql:
    return SqlTemplate(DIRECTION_NAMES, JSONB(), directions=row.c.directions)


REVIEW_TEMPLATE.value("directions", _name_directions)
REVIEW_TEMPLATE.list_of(
    "sections", REVIEW_SECTION, lambda row, each, _: each.c.template_id == row.c.id
)
REVIEW_TEMPLATE.list_of(
    "career_groups", REVIEW_CAREER_GROUP, lambda row, each, _: each.c.template_id == row.c.id
)
REVIEW_CAREER_GROUP.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
REVIEW_SECTION.list_of(
    "questions", REVIEW_QUESTION, lambda row, each, _: each.c.section_id == row.c.id
)
REVIEW_QUESTION.list_of(
    "choices", REVIEW_CHOICE, lambda row, each, _: each.c.question_id == row.c.id
)
REVIEW_QUESTION.one("scale", RATING_SCALE, lambda row, other, _: other.c.id == row.c.scale_id)
REVIEW_QUESTION.one(
    "framework", COMPETENCY_FRAMEWORK, lambda row, other, _: other.c.id == row.c.framework_id
)
REVIEW_QUESTION.one(
    "competency",
    COMPETENCY,
    lambda row, other, _: and_(
        other.c.framework_id == row.c.framework_id, other.c.key == row.c.competency_key
    ),
)
