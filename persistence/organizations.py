"""Organizations: how the tree of units is kept."""

from sqlalchemy import Column, Date, Text, Uuid

from domain.organizations import OrganizationKind
from persistence.kernel.tables import (
    Word,
    indexed,
    part_of,
    part_table,
    points_to,
    tenant_table,
    unique,
)

organizations = tenant_table(
    "organizations",
    Column("kind", Word(OrganizationKind), nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", Uuid),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    points_to("parent_id", "organizations"),
    unique("code"),
    indexed("name", "id"),
    indexed("parent_id", "name", "id"),
)

organization_references = part_table(
    "organization_references",
    Column("organization_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    part_of("organization_id", "organizations"),
    unique("source", "external_id"),
    indexed("organization_id", "source", "external_id"),
)
