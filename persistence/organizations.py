"""Organizations: how the tree of units is kept."""

from sqlalchemy import Column, Date, Text, Uuid

from domain.organizations import Organization, OrganizationKind, OrganizationReference
from persistence.access.closure_tables import maintain_tree_closure, organization_closure
from persistence.journal_read_model import add_history
from persistence.kernel.mapping.registry import map_children, map_entity
from persistence.kernel.schema.tables import (
    EnumText,
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import by_ancestor_depth, by_external_id, via_ancestors

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

ORGANIZATION = ReadModel.from_aggregate(Organization, organizations, "org", order=("name",))
ORGANIZATION_REFERENCE = ReadModel(
    "OrganizationReference", organization_references, order=("source", "external_id")
)

ORGANIZATION.belongs_to(ORGANIZATION, foreign_key="parent_id", one="parent", many="children")
ORGANIZATION.list_of(
    "ancestors",
    ORGANIZATION,
    via_ancestors(organization_closure),
    inherits_visibility=False,
    order=by_ancestor_depth(organization_closure),
)
ORGANIZATION.list_of(
    "references",
    ORGANIZATION_REFERENCE,
    lambda row, reference, _: reference.c.organization_id == row.c.id,
)
add_history(ORGANIZATION)
ORGANIZATION.blocker("reopen", lambda row, _: row.c.ends_on.is_(None))


def _match_arguments(_: Row, row: Row, context: FieldContext) -> Sql:
    """The organization that the arguments name: by id, by code or by another system's id."""
    if context.has_argument("code"):
        return row.c.code == context.bind_text("code")
    if context.has_argument("external"):
        return row.c.id == by_external_id(context, organization_references, "organization_id")
    return row.c.id == context.bind_id("id", prefix="org")


ROOT.one("organization", ORGANIZATION, _match_arguments)
ROOT.many("organizations", ORGANIZATION)
