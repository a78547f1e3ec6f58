"""Teams: how the tree of teams and who belongs to them are kept."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, Text, Uuid

from domain.teams import TeamRole
from persistence.kernel.tables import (
    Word,
    indexed,
    part_of,
    part_table,
    points_to,
    tenant_table,
)

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
)
