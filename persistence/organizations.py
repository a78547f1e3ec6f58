"""Organizations: how the tree of units is kept."""

from sqlalchemy import Column, Date, Text, Uuid

from domain.organizations import Organization, OrganizationKind, OrganizationReference
from persistence.journal import journaled
from persistence.kernel.closures import organization_closure, tree
from persistence.kernel.mapping import keep, parts
from persistence.kernel.tables import (
    Word,
    indexed,
    part_of,
    part_table,
    points_to,
    tenant_table,
    unique,
)
from persistence.reading.links import above, depth_above, referred
from persistence.reading.readable import ROOT, Ask, Readable, Row, Sql

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
    prefix="org",
)

organization_references = part_table(
    "organization_references",
    Column("organization_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    part_of("organization_id", "organizations"),
    unique("source", "external_id"),
    indexed("organization_id", "source", "external_id"),
    prefix="reference",
)

keep(OrganizationReference, organization_references)
keep(
    Organization,
    organizations,
    tree(organization_closure, "organizations"),
    references=parts(
        OrganizationReference,
        organization_references,
        by="organization_id",
        order=("source", "external_id"),
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
journaled(ORGANIZATION)
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
