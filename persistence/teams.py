"""Teams: how the tree of teams and who belongs to them are kept."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, Text, Uuid, and_, or_

from domain.teams import SEE_PLANNED_OF_TEAM, Membership, Team, TeamRole
from persistence.journal import add_history
from persistence.kernel.closures import maintain_tree_closure, team_closure
from persistence.kernel.mapping import map_children, map_entity
from persistence.kernel.predicates import compile_rule
from persistence.kernel.tables import (
    EnumText,
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.organizations import ORGANIZATION, organizations
from persistence.people import PERSON, on_that_day, people
from persistence.reading.links import Link, above, depth_above, pointed_at, through
from persistence.reading.readable import ROOT, Ask, Readable, Row, Sql
from persistence.reading.wire import literal_text

teams = aggregate_table(
    "teams",
    Column("organization_id", Uuid, nullable=False),
    Column("parent_id", Uuid),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    tenant_foreign_key("organization_id", "organizations"),
    tenant_foreign_key("parent_id", "teams"),
    tenant_index("name", "id"),
    tenant_index("organization_id", "name", "id"),
    tenant_index("parent_id", "name", "id"),
    prefix="team",
)

team_memberships = entity_table(
    "team_memberships",
    Column("team_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("role", EnumText(TeamRole), nullable=False),
    Column("share", Integer, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    parent_foreign_key("team_id", "teams"),
    tenant_foreign_key("person_id", "people"),
    CheckConstraint("share BETWEEN 0 AND 100", name="share"),
    tenant_index("team_id", "starts_on", "id"),
    tenant_index("person_id", "starts_on", "id"),
    prefix="membership",
)

map_entity(Membership, team_memberships)
map_entity(
    Team,
    teams,
    maintain_tree_closure(team_closure, "teams"),
    memberships=map_children(
        Membership, team_memberships, parent_column="team_id", order_columns=("starts_on", "id")
    ),
)

TEAM = Readable.of(Team, teams, "team", order=("name",))
MEMBERSHIP = Readable(
    "Membership",
    team_memberships,
    "membership",
    see=Membership.SEE,
    guarded=Membership.GUARDED,
    order=("starts_on",),
)

TEAM.belongs_to(ORGANIZATION, by="organization_id", one="organization", many="teams")
TEAM.belongs_to(TEAM, by="parent_id", one="parent", many="children")
TEAM.listed("ancestors", TEAM, above(team_closure), within=False, order=depth_above(team_closure))
add_history(TEAM)
TEAM.hinders("close", lambda row, ask: pointed_at(ask, teams, "parent_id", row, until="ends_on"))
TEAM.hinders("reopen", lambda row, _: row.c.ends_on.is_(None))
ORGANIZATION.hinders(
    "close",
    lambda row, ask: or_(
        pointed_at(ask, organizations, "parent_id", row, until="ends_on"),
        pointed_at(ask, teams, "organization_id", row, until="ends_on"),
        pointed_at(ask, people, "organization_id", row, until="left_on"),
    ),
)

MEMBERSHIP.one("team", TEAM, lambda row, team, _: team.c.id == row.c.team_id)
MEMBERSHIP.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)


_on_that_day = on_that_day(lambda it, ask: compile_rule(SEE_PLANNED_OF_TEAM, ask.facts, it))


def _running(column: str) -> Link:
    """The memberships of a team or person that run on the day asked about."""
    return lambda row, membership, ask: and_(
        membership.c[column] == row.c.id, _on_that_day(membership, ask)
    )


def _leads(membership: Row, _: Ask) -> Sql:
    return membership.c.role == literal_text(TeamRole.LEAD)


TEAM.many("memberships", MEMBERSHIP, _running("team_id"), within=True)
TEAM.many("members", PERSON, through(team_memberships, "team_id", "person_id", _on_that_day))
TEAM.many("leads", PERSON, through(team_memberships, "team_id", "person_id", _leads, _on_that_day))
PERSON.many("memberships", MEMBERSHIP, _running("person_id"))
PERSON.many("teams", TEAM, through(team_memberships, "person_id", "team_id", _on_that_day))
PERSON.many(
    "teams_led", TEAM, through(team_memberships, "person_id", "team_id", _leads, _on_that_day)
)

ROOT.one("team", TEAM, lambda _, row, ask: row.c.id == ask.identifier("id", prefix="team"))
ROOT.many("teams", TEAM)
