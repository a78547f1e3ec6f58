"""Organizations: how the tree of units is kept."""

from sqlalchemy import Column, Date, Text, Uuid

from domain.organizations import Organization, OrganizationKind, OrganizationReference
from persistence.journal import add_history
from persistence.kernel.closures import maintain_tree_closure, organization_closure
from persistence.kernel.mapping import map_children, map_entity
from persistence.kernel.tables import (
    EnumText,
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from persistence.reading.links import above, depth_above, referred
from persistence.reading.readable import ROOT, Ask, Readable, Row, Sql

organizations = aggregate_table(
    "organizations",
    Column("kind", EnumText(OrganizationKind), nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", Uuid),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    tenant_foreign_key("parent_id", "organizations"),
    tenant_unique("code"),
    tenant_index("name", "id"),
    tenant_index("parent_id", "name", "id"),
    prefix="org",
)

organization_references = entity_table(
    "organization_references",
    Column("organization_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    parent_foreign_key("organization_id", "organizations"),
    tenant_unique("source", "external_id"),
    tenant_index("organization_id", "source", "external_id"),
    prefix="reference",
)

map_entity(OrganizationReference, organization_references)
map_entity(
    Organization,
    organizations,
    maintain_tree_closure(organization_closure, "organizations"),
    references=map_children(
        OrganizationReference,
        organization_references,
        parent_column="organization_id",
        order_columns=("source", "external_id"),
    ),
)

ORGANIZATION = Readable.of(Organization, organizations, "org", order=("name",))
ORGANIZATION_REFERENCE = Readable(
    "OrganizationReference", organization_references, order=("source", "external_id")
)

ORGANIZATION.belongs_to(ORGANIZATION, by="parent_id", one="parent", many="children")
ORGANIZATION.listed(
    "ancestors",
    ORGANIZATION,
    above(organization_closure),
    within=False,
    order=depth_above(organization_closure),
)
ORGANIZATION.listed(
    "references",
    ORGANIZATION_REFERENCE,
    lambda row, reference, _: reference.c.organization_id == row.c.id,
)
add_history(ORGANIZATION)
ORGANIZATION.hinders("reopen", lambda row, _: row.c.ends_on.is_(None))


def _named(_: Row, row: Row, ask: Ask) -> Sql:
    """The organization that the arguments name: by id, by code or by another system's id."""
    if ask.given("code"):
        return row.c.code == ask.text("code")
    if ask.given("external"):
        return row.c.id == referred(ask, organization_references, "organization_id")
    return row.c.id == ask.identifier("id", prefix="org")


ROOT.one("organization", ORGANIZATION, _named)
ROOT.many("organizations", ORGANIZATION)
