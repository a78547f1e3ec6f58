"""Teams: how the tree of teams and who belongs to them are kept."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, Text, Uuid, and_, or_

from domain.teams import SEE_PLANNED_OF_TEAM, Membership, Team, TeamRole
from persistence.journal import journaled
from persistence.kernel.closures import team_closure, tree
from persistence.kernel.mapping import keep, parts
from persistence.kernel.predicates import predicate
from persistence.kernel.tables import (
    Word,
    indexed,
    part_of,
    part_table,
    points_to,
    tenant_table,
)
from persistence.organizations import ORGANIZATION, organizations
from persistence.people import PERSON, on_that_day, people
from persistence.reading.links import Link, above, depth_above, pointed_at, through
from persistence.reading.readable import ROOT, Ask, Readable, Row, Sql
from persistence.reading.wire import literal_text

teams = tenant_table(
    "teams",
    Column("organization_id", Uuid, nullable=False),
    Column("parent_id", Uuid),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    points_to("organization_id", "organizations"),
    points_to("parent_id", "teams"),
    indexed("name", "id"),
    indexed("organization_id", "name", "id"),
    indexed("parent_id", "name", "id"),
    prefix="team",
)

team_memberships = part_table(
    "team_memberships",
    Column("team_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("role", Word(TeamRole), nullable=False),
    Column("share", Integer, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    part_of("team_id", "teams"),
    points_to("person_id", "people"),
    CheckConstraint("share BETWEEN 0 AND 100", name="share"),
    indexed("team_id", "starts_on", "id"),
    indexed("person_id", "starts_on", "id"),
    prefix="membership",
)

keep(Membership, team_memberships)
keep(
    Team,
    teams,
    tree(team_closure, "teams"),
    memberships=parts(Membership, team_memberships, by="team_id", order=("starts_on", "id")),
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
journaled(TEAM)
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


_on_that_day = on_that_day(lambda it, ask: predicate(SEE_PLANNED_OF_TEAM, ask.facts, it))


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
