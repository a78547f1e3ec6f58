"""Competency frameworks: tables, mapping and read models."""

from sqlalchemy import and_

from domain.reviews.competencies import (
    Competency,
    CompetencyExpectation,
    CompetencyFramework,
    CompetencyLevel,
    CompetencyTrack,
)
from persistence.concept import register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import entity_table, parent_foreign_key, tenant_index
from persistence.revisions import register_revisions, revision_table

competency_frameworks = revision_table(
    "competency_frameworks", CompetencyFramework, prefix="framework"
)

competencies = entity_table(
    "competencies",
    *columns_of(Competency),
    parent_foreign_key("framework_id", "competency_frameworks"),
    tenant_index("framework_id", "position", unique=True),
    tenant_index("framework_id", "key"),
    prefix="competency",
)

competency_tracks = entity_table(
    "competency_tracks",
    *columns_of(CompetencyTrack),
    parent_foreign_key("framework_id", "competency_frameworks"),
    tenant_index("framework_id", "position", unique=True),
    prefix="competencytrack",
)

competency_levels = entity_table(
    "competency_levels",
    *columns_of(CompetencyLevel),
    parent_foreign_key("framework_id", "competency_frameworks"),
    parent_foreign_key("track_id", "competency_tracks"),
    tenant_index("track_id", "position", unique=True),
    tenant_index("framework_id"),
    prefix="competencylevel",
)

competency_expectations = entity_table(
    "competency_expectations",
    *columns_of(CompetencyExpectation),
    parent_foreign_key("framework_id", "competency_frameworks"),
    parent_foreign_key("level_id", "competency_levels"),
    tenant_index("level_id", "position", unique=True),
    tenant_index("framework_id"),
    prefix="expectation",
)

COMPETENCY_FRAMEWORK = register_revisions(
    CompetencyFramework,
    competency_frameworks,
    competencies=map_children(
        Competency, competencies, parent_column="framework_id", order_columns=("position",)
    ),
    tracks=map_children(
        CompetencyTrack,
        competency_tracks,
        parent_column="framework_id",
        order_columns=("position",),
    ),
)
COMPETENCY = register_part(Competency, competencies, order=("position",))
COMPETENCY_TRACK = register_part(
    CompetencyTrack,
    competency_tracks,
    order=("position",),
    levels=map_children(
        CompetencyLevel,
        competency_levels,
        parent_column="track_id",
        order_columns=("position",),
    ),
)
COMPETENCY_LEVEL = register_part(
    CompetencyLevel,
    competency_levels,
    order=("position",),
    expectations=map_children(
        CompetencyExpectation,
        competency_expectations,
        parent_column="level_id",
        order_columns=("position",),
    ),
)
COMPETENCY_EXPECTATION = register_part(
    CompetencyExpectation, competency_expectations, order=("position",)
)

COMPETENCY_FRAMEWORK.list_of(
    "competencies", COMPETENCY, lambda row, each, _: each.c.framework_id == row.c.id
)
COMPETENCY_FRAMEWORK.list_of(
    "tracks", COMPETENCY_TRACK, lambda row, each, _: each.c.framework_id == row.c.id
)
COMPETENCY_TRACK.list_of(
    "levels", COMPETENCY_LEVEL, lambda row, each, _: each.c.track_id == row.c.id
)
COMPETENCY_LEVEL.list_of(
    "expectations", COMPETENCY_EXPECTATION, lambda row, each, _: each.c.level_id == row.c.id
)
COMPETENCY_EXPECTATION.one(
    "competency",
    COMPETENCY,
    lambda row, other, _: and_(
        other.c.framework_id == row.c.framework_id, other.c.key == row.c.competency_key
    ),
    inherits_visibility=True,
)
COMPETENCY_EXPECTATION.one(
    "level",
    COMPETENCY_LEVEL,
    lambda row, other, _: other.c.id == row.c.level_id,
    inherits_visibility=True,
)
COMPETENCY_LEVEL.one(
    "track",
    COMPETENCY_TRACK,
    lambda row, other, _: other.c.id == row.c.track_id,
    inherits_visibility=True,
)
