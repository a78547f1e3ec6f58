"""Teams: tables, mapping and read models of teams and their members."""

from sqlalchemy import CheckConstraint, and_, exists, literal_column, not_, or_

from domain.kernel.access import EVERYBODY
from domain.kernel.identity import TeamId
from domain.people import KNOW_JOBS
from domain.teams import SEE_PLANNED_OF_TEAM, Membership, Team, TeamReference, TeamRole
from persistence.access.closure_tables import maintain_tree_closure, team_closure
from persistence.access.rules_to_sql import compile_rule
from persistence.access.units import match_unit
from persistence.concept import register_concept, register_part
from persistence.custom_fields import add_custom_values
from persistence.effective_dates import build_in_effect_condition, build_shown_end
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of, register_id
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
    tenant_unique,
)
from persistence.organizations import ORGANIZATION, organizations
from persistence.people import PERSON, people
from persistence.reading.json_output import literal_text
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import (
    RelationCondition,
    add_lookup,
    by_ancestor_depth,
    by_reference,
    has_end,
    is_referenced,
    tenant_subquery,
    via_ancestors,
    via_link_table,
)

register_id(TeamId, "teams")

teams = aggregate_table(
    "teams",
    *columns_of(Team),
    tenant_index("name_sort_key", "id"),
    tenant_index("organization_id", "name_sort_key", "id"),
    tenant_index("parent_id", "name_sort_key", "id"),
    prefix="team",
)

team_memberships = entity_table(
    "team_memberships",
    *columns_of(Membership),
    parent_foreign_key("team_id", "teams"),
    CheckConstraint("share BETWEEN 0 AND 100", name="share"),
    tenant_index("team_id", "starts_on", "id"),
    tenant_index("person_id", "starts_on", "id"),
    prefix="membership",
)

team_references = entity_table(
    "team_references",
    *columns_of(TeamReference),
    parent_foreign_key("team_id", "teams"),
    tenant_unique("source", "external_id"),
    tenant_index("team_id", "source", "external_id"),
    prefix="teamref",
)

TEAM = register_concept(
    Team,
    teams,
    order=("name",),
    is_in_feed=True,
    closure=maintain_tree_closure(team_closure, "teams"),
    memberships=map_children(
        Membership, team_memberships, parent_column="team_id", order_columns=("starts_on", "id")
    ),
    references=map_children(
        TeamReference,
        team_references,
        parent_column="team_id",
        order_columns=("source", "external_id"),
    ),
)
add_custom_values(TEAM)
TEAM_REFERENCE = register_part(TeamReference, team_references, order=("source", "external_id"))
MEMBERSHIP = register_part(Membership, team_memberships, order=("starts_on",))

TEAM.belongs_to(ORGANIZATION, foreign_key="organization_id", one="organization", many="teams")
TEAM.belongs_to(TEAM, foreign_key="parent_id", one="parent", many="children")
TEAM.list_of(
    "ancestors",
    TEAM,
    via_ancestors(team_closure),
    inherits_visibility=False,
    order=by_ancestor_depth(team_closure),
)
TEAM.list_of(
    "references", TEAM_REFERENCE, lambda row, reference, _: reference.c.team_id == row.c.id
)
TEAM.blocker(
    "close",
    lambda row, context: is_referenced(context, teams, "parent_id", row, end_column="ends_on"),
)
TEAM.blocker(
    "reopen",
    lambda row, context: or_(
        row.c.ends_on.is_(None),
        has_end(context, organizations, row.c.organization_id),
        has_end(context, teams, row.c.parent_id),
    ),
)


def _has_people(unit: Row, context: FieldContext) -> Sql:
    """Build the condition that people are in a unit today whom no known plan takes out of it."""
    person, today = shared_alias(people), context.facts.today()
    knows_jobs = compile_rule(KNOW_JOBS.rule, context.facts, person)
    found = tenant_subquery(
        context,
        person,
        literal_column("1"),
        match_unit(person, context.facts, lambda id: id == unit.c.id),
        or_(person.c.left_on.is_(None), person.c.left_on > today),
        or_(
            person.c.unit_changes_on.is_(None),
            person.c.unit_changes_on <= today,
            not_(knows_jobs),
        ),
    )
    return exists(found)


ORGANIZATION.blocker(
    "close",
    lambda row, context: or_(
        is_referenced(context, organizations, "parent_id", row, end_column="ends_on"),
        is_referenced(context, teams, "organization_id", row, end_column="ends_on"),
        _has_people(row, context),
    ),
)

MEMBERSHIP.one("team", TEAM, lambda row, team, _: team.c.id == row.c.team_id)
MEMBERSHIP.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)


def _can_see_planned(membership: Row, context: FieldContext) -> Sql:
    return compile_rule(SEE_PLANNED_OF_TEAM, context.facts, membership)


_is_in_effect = build_in_effect_condition(_can_see_planned, "person_id")
MEMBERSHIP.value("ends_on", build_shown_end(_can_see_planned, "person_id"), see=EVERYBODY)


def _build_membership_condition(column: str) -> RelationCondition:
    """Build the condition for memberships in effect on the requested day."""
    return lambda row, membership, context: and_(
        membership.c[column] == row.c.id, _is_in_effect(membership, context)
    )


def _is_lead(membership: Row, _: FieldContext) -> Sql:
    return membership.c.role == literal_text(TeamRole.LEAD)


TEAM.many(
    "memberships", MEMBERSHIP, _build_membership_condition("team_id"), inherits_visibility=True
)
TEAM.many("people", PERSON, via_link_table(team_memberships, "team_id", "person_id", _is_in_effect))
TEAM.many(
    "leads",
    PERSON,
    via_link_table(team_memberships, "team_id", "person_id", _is_lead, _is_in_effect),
)
PERSON.many("memberships", MEMBERSHIP, _build_membership_condition("person_id"))
PERSON.many("teams", TEAM, via_link_table(team_memberships, "person_id", "team_id", _is_in_effect))
PERSON.many(
    "teams_led",
    TEAM,
    via_link_table(team_memberships, "person_id", "team_id", _is_lead, _is_in_effect),
)

add_lookup("team", TEAM, external=by_reference(team_references, "team_id"))
