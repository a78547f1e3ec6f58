"""Goals: tables, mapping and read models."""

from sqlalchemy import (
    Column,
    Numeric,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    not_,
    text,
    true,
)

from domain.goals import (
    CheckIn,
    CheckInValue,
    Direction,
    Goal,
    GoalReference,
    KeyResult,
    Visibility,
)
from domain.goals.progress import PLACES
from persistence.access.rules_to_sql import compile_rule, has_left
from persistence.concept import register_concept, register_part
from persistence.custom_fields import add_custom_values
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    kind_check,
    link_table,
    parent_foreign_key,
    register_link_collection,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from persistence.kernel.wire_format import ratio_sql
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.json_output import literal_text
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import (
    add_lookup,
    by_reference,
    is_referenced,
    tenant_subquery,
    via_link_table,
)
from persistence.teams import TEAM

VISIBILITY_COLUMNS = (
    "status",
    "visibility",
    "owner_person_id",
    "owner_team_id",
    "owner_organization_id",
)
"""Columns that decide who may see a goal; an index carries them for counting."""

goals = aggregate_table(
    "goals",
    *columns_of(Goal),
    tenant_foreign_key("parent_id", "goals"),
    kind_check(
        "owner",
        person="owner_person_id",
        team="owner_team_id",
        organization="owner_organization_id",
    ),
    tenant_index("owner_person_id", "due_on", "id"),
    tenant_index("owner_team_id", "due_on", "id"),
    tenant_index("owner_organization_id", "due_on", "id"),
    tenant_index("parent_id", "due_on", "id"),
    tenant_index("due_on", "id"),
    tenant_index("title", "id"),
    tenant_index("created_at", "id"),
    tenant_index("id", postgresql_include=VISIBILITY_COLUMNS),
    prefix="goal",
)

goal_viewers = link_table(
    "goal_viewers",
    Column("goal_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    parent_foreign_key("goal_id", "goals"),
    tenant_foreign_key("person_id", "people"),
    tenant_index("person_id", "goal_id"),
    key=("goal_id", "person_id"),
)
register_link_collection(
    goals, "viewer_ids", goal_viewers, owner_column="goal_id", target_column="person_id"
)

key_results = entity_table(
    "key_results",
    *columns_of(KeyResult),
    parent_foreign_key("goal_id", "goals"),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_index("goal_id", "position", "id"),
    tenant_index("kpi_id", "goal_id", postgresql_where=text("kpi_id IS NOT NULL")),
    prefix="keyres",
)

check_ins = entity_table(
    "check_ins",
    *columns_of(CheckIn),
    parent_foreign_key("goal_id", "goals"),
    tenant_foreign_key("corrects_id", "check_ins"),
    tenant_index("goal_id", "effective_on", "first_recorded_at", "id"),
    tenant_index("corrects_id", unique=True),
    tenant_index("author_id", "recorded_at", "id"),
    prefix="checkin",
)

check_in_values = entity_table(
    "check_in_values",
    *columns_of(CheckInValue),
    parent_foreign_key("check_in_id", "check_ins"),
    parent_foreign_key("key_result_id", "key_results"),
    tenant_index("check_in_id", "key_result_id"),
    tenant_index("key_result_id", "check_in_id"),
    prefix="checkinvalue",
)

goal_references = entity_table(
    "goal_references",
    *columns_of(GoalReference),
    parent_foreign_key("goal_id", "goals"),
    tenant_unique("source", "external_id"),
    tenant_index("goal_id", "source", "external_id"),
    prefix="goalref",
)

GOAL = register_concept(
    Goal,
    goals,
    order=("-id",),
    is_in_feed=True,
    affects_access=False,
    key_results=map_children(
        KeyResult, key_results, parent_column="goal_id", order_columns=("position", "id")
    ),
    check_ins=map_children(
        CheckIn,
        check_ins,
        parent_column="goal_id",
        order_columns=("effective_on", "first_recorded_at", "id"),
        newest_only=True,
    ),
    references=map_children(
        GoalReference,
        goal_references,
        parent_column="goal_id",
        order_columns=("source", "external_id"),
    ),
)
GOAL_REFERENCE = register_part(GoalReference, goal_references, order=("source", "external_id"))
add_custom_values(GOAL)
KEY_RESULT = register_part(KeyResult, key_results, order=("position",))
CHECK_IN = register_part(
    CheckIn,
    check_ins,
    order=("-effective_on", "-recorded_at"),
    values=map_children(
        CheckInValue, check_in_values, parent_column="check_in_id", order_columns=("id",)
    ),
)
CHECK_IN_VALUE = register_part(CheckInValue, check_in_values, order=("id",))

GOAL.union(
    "owner",
    "owner_kind",
    {
        "person": (PERSON, "owner_person_id"),
        "team": (TEAM, "owner_team_id"),
        "organization": (ORGANIZATION, "owner_organization_id"),
    },
)
for owner, column in (
    (PERSON, "owner_person_id"),
    (TEAM, "owner_team_id"),
    (ORGANIZATION, "owner_organization_id"),
):
    GOAL.belongs_to(owner, foreign_key=column, one=column.removesuffix("_id"), many="goals")
GOAL.belongs_to(GOAL, foreign_key="parent_id", one="parent", many="children")
GOAL.list_of(
    "references", GOAL_REFERENCE, lambda row, reference, _: reference.c.goal_id == row.c.id
)
KEY_RESULT.belongs_to(
    GOAL, foreign_key="goal_id", one="goal", many="key_results", inherits_visibility=True
)
CHECK_IN.belongs_to(
    GOAL, foreign_key="goal_id", one="goal", many="check_ins", inherits_visibility=True
)
CHECK_IN.one("author", PERSON, lambda row, person, _: person.c.id == row.c.author_id)
CHECK_IN.one(
    "corrects",
    CHECK_IN,
    lambda row, each, _: each.c.id == row.c.corrects_id,
    inherits_visibility=True,
)
CHECK_IN.one(
    "corrected_by",
    CHECK_IN,
    lambda row, each, _: each.c.corrects_id == row.c.id,
    inherits_visibility=True,
)
CHECK_IN.list_of("values", CHECK_IN_VALUE, lambda row, each, _: each.c.check_in_id == row.c.id)
CHECK_IN_VALUE.one(
    "key_result",
    KEY_RESULT,
    lambda row, each, _: each.c.id == row.c.key_result_id,
    inherits_visibility=True,
)
GOAL.blocker("discard", lambda row, context: is_referenced(context, goals, "parent_id", row))


def _is_kept_by_owner(goal: Row, context: FieldContext) -> Sql:
    """Build the condition that only the owner may give the goal away, and is somebody else."""
    facts = context.facts
    acts_as_owner = compile_rule(Goal.SHARE.rule, facts, goal)
    return and_(
        goal.c.visibility != literal_text(Visibility.PUBLIC),
        acts_as_owner.is_not(true()),  # null where the goal has another kind of owner
        not_(has_left(facts, facts.today(), goal.c.owner_person_id)),
    )


GOAL.blocker("reassign", _is_kept_by_owner)


def _is_corrected(row: Row, context: FieldContext) -> Sql:
    correction = check_ins.alias()
    is_correction = correction.c.corrects_id == row.c.id
    return exists(tenant_subquery(context, correction, literal_column("1"), is_correction))


def _match_last_check_in(row: Row, check_in: Row, context: FieldContext) -> Sql:
    candidate = shared_alias(check_ins)
    found = tenant_subquery(context, candidate, candidate.c.id, candidate.c.goal_id == row.c.id)
    counting = found.where(not_(_is_corrected(candidate, context)))
    newest = counting.order_by(
        candidate.c.effective_on.desc(), candidate.c.first_recorded_at.desc(), candidate.c.id.desc()
    )
    return check_in.c.id == newest.limit(literal_column("1")).scalar_subquery()


ZERO = literal_column(f"0e-{PLACES}", Numeric)
ONE = literal_column(f"(1 + 0e-{PLACES})", Numeric)
"""PostgreSQL gives a quotient or a mean as many decimal places as its operands have."""


def build_share(key_result: Row) -> Sql:
    """Build the share of the way from start to target, from 0 to 1 (see `KeyResult.progress`)."""
    row = key_result.c
    difference = row.current_value - row.target_value
    surplus = case(
        (cast(row.direction, Text) == literal_text(Direction.DECREASE), -difference),
        else_=difference,
    )
    distance = func.nullif(row.target_value - row.start_value, ZERO)
    share = func.coalesce(
        (row.current_value - row.start_value + ZERO) / distance,
        case((surplus >= ZERO, ONE), else_=ZERO),
    )
    return func.greatest(ZERO, func.least(ONE, share), type_=Numeric())


def build_mean(share: Sql) -> Sql:
    """Build the mean of the shares of several rows, as a float; null without any."""
    return ratio_sql(func.avg(share, type_=Numeric()))


def _build_mean_progress(row: Row, context: FieldContext) -> Sql:
    """Build the mean of the key results' progress; null without any (see `Goal.progress`)."""
    key_result = shared_alias(key_results)
    mean = build_mean(build_share(key_result))
    return tenant_subquery(
        context, key_result, mean, key_result.c.goal_id == row.c.id
    ).scalar_subquery()


KEY_RESULT.value("progress", lambda row, _: ratio_sql(build_share(row)))
GOAL.value("progress", _build_mean_progress)
CHECK_IN.value("is_corrected", _is_corrected)
GOAL.many("viewers", PERSON, via_link_table(goal_viewers, "goal_id", "person_id"))
GOAL.one("last_check_in", CHECK_IN, _match_last_check_in, inherits_visibility=True)

add_lookup("goal", GOAL, external=by_reference(goal_references, "goal_id"))
