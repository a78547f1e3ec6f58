"""Review cycles: tables, mapping and read models."""

from sqlalchemy import Column, FromClause, Uuid, and_, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB

from domain.reviews.cycles import (
    ReviewCycle,
    ReviewCycleDirection,
    ReviewCycleGroup,
    ReviewCycleGroupPhase,
    ReviewCyclePhase,
    ReviewCycleSelection,
    ReviewParticipant,
    ReviewParticipantStatus,
)
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_children
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
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.members import VIEWER
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import (
    RelationCondition,
    add_lookup,
    tenant_subquery,
    via_link_table,
)
from persistence.reviews.packets import REVIEW_PACKET
from persistence.reviews.scales import RATING_SCALE
from persistence.reviews.score_rules import SCORE_RULE
from persistence.reviews.templates import REVIEW_TEMPLATE

review_cycles = aggregate_table(
    "review_cycles",
    *columns_of(ReviewCycle),
    tenant_foreign_key("scale_id", "rating_scales"),
    tenant_foreign_key("score_rule_id", "score_rules"),
    tenant_index("starts_on", "id"),
    tenant_index("name_sort_key", "id"),
    tenant_index("organization_id", "starts_on", "id"),
    tenant_index("scale_id"),
    tenant_index("score_rule_id"),
    prefix="reviewcycle",
)

review_cycle_units = link_table(
    "review_cycle_units",
    Column("cycle_id", Uuid, nullable=False),
    Column("organization_id", Uuid, nullable=False),
    parent_foreign_key("cycle_id", "review_cycles"),
    tenant_foreign_key("organization_id", "organizations"),
    tenant_index("organization_id", "cycle_id"),
    key=("cycle_id", "organization_id"),
)
register_link_collection(
    review_cycles,
    "unit_ids",
    review_cycle_units,
    owner_column="cycle_id",
    target_column="organization_id",
)

review_cycle_directions = entity_table(
    "review_cycle_directions",
    *columns_of(ReviewCycleDirection),
    parent_foreign_key("cycle_id", "review_cycles"),
    tenant_foreign_key("template_id", "review_templates"),
    tenant_index("cycle_id", "position", unique=True),
    tenant_index("template_id"),
    prefix="cycledirection",
)

review_cycle_phases = entity_table(
    "review_cycle_phases",
    *columns_of(ReviewCyclePhase),
    parent_foreign_key("cycle_id", "review_cycles"),
    tenant_index("cycle_id", "position", unique=True),
    prefix="cyclephase",
)

review_cycle_groups = entity_table(
    "review_cycle_groups",
    *columns_of(ReviewCycleGroup),
    parent_foreign_key("cycle_id", "review_cycles"),
    tenant_index("cycle_id", "position", unique=True),
    tenant_index("organization_id"),
    prefix="cyclegroup",
)

review_cycle_group_phases = entity_table(
    "review_cycle_group_phases",
    *columns_of(ReviewCycleGroupPhase),
    parent_foreign_key("cycle_id", "review_cycles"),
    parent_foreign_key("group_id", "review_cycle_groups"),
    tenant_index("group_id", "position", unique=True),
    tenant_index("cycle_id"),
    prefix="cyclegroupphase",
)

review_cycle_selections = entity_table(
    "review_cycle_selections",
    *columns_of(ReviewCycleSelection),
    parent_foreign_key("cycle_id", "review_cycles"),
    tenant_index("cycle_id", "position", unique=True),
    tenant_index("person_id", "cycle_id"),
    prefix="cycleselection",
)

review_participants = entity_table(
    # A merge of two people may leave one of them with two rows of a cycle.
    "review_participants",
    *columns_of(ReviewParticipant),
    parent_foreign_key("cycle_id", "review_cycles"),
    tenant_foreign_key("group_id", "review_cycle_groups"),
    tenant_index("cycle_id", "person_id"),
    tenant_index("cycle_id", "joined_on", "id"),
    tenant_index("cycle_id", "status"),
    tenant_index("person_id", "cycle_id"),
    tenant_index("manager_id"),
    tenant_index("group_id"),
    prefix="reviewparticipant",
)

PARTS = {
    "directions": (ReviewCycleDirection, review_cycle_directions),
    "phases": (ReviewCyclePhase, review_cycle_phases),
    "selections": (ReviewCycleSelection, review_cycle_selections),
}
REVIEW_CYCLE = register_concept(
    ReviewCycle,
    review_cycles,
    order=("-starts_on",),
    affects_access=False,
    directions=map_children(
        *PARTS["directions"], parent_column="cycle_id", order_columns=("position",)
    ),
    phases=map_children(*PARTS["phases"], parent_column="cycle_id", order_columns=("position",)),
    groups=map_children(
        ReviewCycleGroup,
        review_cycle_groups,
        parent_column="cycle_id",
        order_columns=("position",),
    ),
    selections=map_children(
        *PARTS["selections"], parent_column="cycle_id", order_columns=("position",)
    ),
)
REVIEW_CYCLE_DIRECTION, REVIEW_CYCLE_PHASE, REVIEW_CYCLE_SELECTION = (
    register_part(kind, table, order=("position",)) for kind, table in PARTS.values()
)
REVIEW_CYCLE_GROUP = register_part(
    ReviewCycleGroup,
    review_cycle_groups,
    order=("position",),
    phases=map_children(
        ReviewCycleGroupPhase,
        review_cycle_group_phases,
        parent_column="group_id",
        order_columns=("position",),
    ),
)
REVIEW_CYCLE_GROUP_PHASE = register_part(
    ReviewCycleGroupPhase, review_cycle_group_phases, order=("position",)
)
for name, part in (
    ("directions", REVIEW_CYCLE_DIRECTION),
    ("phases", REVIEW_CYCLE_PHASE),
    ("groups", REVIEW_CYCLE_GROUP),
    ("selections", REVIEW_CYCLE_SELECTION),
):
    REVIEW_CYCLE.list_of(name, part, lambda row, each, _: each.c.cycle_id == row.c.id)
REVIEW_CYCLE_GROUP.list_of(
    "phases", REVIEW_CYCLE_GROUP_PHASE, lambda row, each, _: each.c.group_id == row.c.id
)


def _match_person(column: str) -> RelationCondition:
    return lambda row, person, _: person.c.id == row.c[column]


UPPER_NAMES = "upper({names}::text)::jsonb"
"""A list of values of an enum as the graph names them."""


def _name_employment_types(row: Row, _: FieldContext) -> Sql:
    return SqlTemplate(UPPER_NAMES, JSONB(), names=row.c.employment_types)


for model in (REVIEW_CYCLE, REVIEW_CYCLE_GROUP):
    model.value("employment_types", _name_employment_types)
REVIEW_CYCLE.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
REVIEW_CYCLE.many(
    "units", ORGANIZATION, via_link_table(review_cycle_units, "cycle_id", "organization_id")
)
REVIEW_CYCLE_DIRECTION.value(
    "nominators",
    lambda row, _: SqlTemplate(UPPER_NAMES, JSONB(), names=row.c.nominators),
)
REVIEW_CYCLE_DIRECTION.one(
    "template", REVIEW_TEMPLATE, lambda row, other, _: other.c.id == row.c.template_id
)
REVIEW_CYCLE_GROUP.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
REVIEW_CYCLE_SELECTION.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)
add_lookup("review_cycle", REVIEW_CYCLE)

REVIEW_PARTICIPANT = register_part(ReviewParticipant, review_participants, order=("joined_on",))
REVIEW_PARTICIPANT.belongs_to(
    REVIEW_CYCLE,
    foreign_key="cycle_id",
    one="cycle",
    many="participants",
    inherits_visibility=True,
)
for name in ("person", "manager"):
    REVIEW_PARTICIPANT.one(name, PERSON, _match_person(f"{name}_id"))

REVIEW_PARTICIPANT.one(
    "group",
    REVIEW_CYCLE_GROUP,
    lambda row, group, _: group.c.id == row.c.group_id,
    inherits_visibility=True,
)

REVIEW_CYCLE_PROGRESS = ReadModel("ReviewCycleProgress", None)


def _count_participants(cycle: Row, context: FieldContext) -> FromClause:
    """Return one row with the number of participants of each status."""
    row = shared_alias(review_participants)
    counts = [
        func.count().filter(row.c.status == literal_text(each)).label(each.value)
        for each in ReviewParticipantStatus
    ]
    of_cycle = row.c.cycle_id == cycle.c.id
    found = tenant_subquery(context, row, counts[0], of_cycle).add_columns(*counts[1:])
    return found.add_columns(cycle.c.id.label("cycle_id")).subquery()


for each in ReviewParticipantStatus:
    REVIEW_CYCLE_PROGRESS.value(each.value)
REVIEW_CYCLE.computed_one("progress", REVIEW_CYCLE_PROGRESS, _count_participants)

REVIEW_CYCLE_SUMMARY = ReadModel("ReviewCycleSummary", review_cycles, order=("-starts_on",))
"""What a participant sees of a cycle: nothing of its population, and nobody else in it."""


def _select_own_phases(cycle: Row, context: FieldContext) -> FromClause:
    """Return the phases with the days of the viewer's group, or else the general ones."""
    tenant, row = context.facts.tenant(), shared_alias(review_participants)
    general, own = shared_alias(review_cycle_phases), shared_alias(review_cycle_group_phases)
    takes_part = and_(
        row.c.cycle_id == cycle.c.id,
        row.c.person_id == context.facts.person(),
        row.c.status != literal_text(ReviewParticipantStatus.REMOVED),
    )
    group_id = (
        tenant_subquery(context, row, row.c.group_id, takes_part)
        .order_by(row.c.joined_on, row.c.id)
        .limit(literal_number(1))
        .scalar_subquery()
    )
    is_own = and_(
        own.c.tenant_id == tenant, own.c.kind == general.c.kind, own.c.group_id == group_id
    )
    days = [
        func.coalesce(own.c[each], general.c[each]).label(each)
        for each in ("starts_on", "last_day")
    ]
    return (
        select(general.c.id, general.c.position, general.c.kind, *days)
        .select_from(general.outerjoin(own, is_own))
        .where(general.c.tenant_id == tenant, general.c.cycle_id == cycle.c.id)
        .correlate_except(general, own)
        .subquery()
    )


REVIEW_CYCLE_SUMMARY.computed_list(
    "phases", REVIEW_CYCLE_PHASE, _select_own_phases, order="position"
)


def _takes_part(viewer: Row, cycle: Row, context: FieldContext) -> Sql:
    row = shared_alias(review_participants)
    found = tenant_subquery(
        context,
        row,
        literal_number(1),
        row.c.cycle_id == cycle.c.id,
        row.c.person_id == viewer.c.person_id,
        row.c.status != literal_text(ReviewParticipantStatus.REMOVED),
    )
    return exists(found)


REVIEW_CYCLE.one("score_rule", SCORE_RULE, lambda row, other, _: other.c.id == row.c.score_rule_id)
REVIEW_CYCLE.one("scale", RATING_SCALE, lambda row, other, _: other.c.id == row.c.scale_id)
REVIEW_PACKET.belongs_to(REVIEW_CYCLE, foreign_key="cycle_id", one="cycle", many="packets")
VIEWER.many("review_cycles", REVIEW_CYCLE_SUMMARY, _takes_part, inherits_visibility=True)
