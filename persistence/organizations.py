"""Organizations: tables, mapping and read models of the tree of units."""

from sqlalchemy import or_

from domain.kernel.identity import OrganizationId
from domain.organizations import Organization, OrganizationReference
from persistence.access.closure_tables import maintain_tree_closure, organization_closure
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of, register_id
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_index,
    tenant_unique,
)
from persistence.reading.relations import (
    add_lookup,
    by_ancestor_depth,
    by_column,
    by_reference,
    has_end,
    via_ancestors,
)

register_id(OrganizationId, "organizations")

organizations = aggregate_table(
    "organizations",
    *columns_of(Organization),
    tenant_index("code_folded", unique=True),
    tenant_index("code", "id"),
    tenant_index("name_sort_key", "id"),
    tenant_index("parent_id", "name_sort_key", "id"),
    prefix="org",
)

organization_references = entity_table(
    "organization_references",
    *columns_of(OrganizationReference),
    parent_foreign_key("organization_id", "organizations"),
    tenant_unique("source", "external_id"),
    tenant_index("organization_id", "source", "external_id"),
    prefix="orgref",
)

ORGANIZATION = register_concept(
    Organization,
    organizations,
    order=("name",),
    is_in_feed=True,
    closure=maintain_tree_closure(organization_closure, "organizations"),
    references=map_children(
        OrganizationReference,
        organization_references,
        parent_column="organization_id",
        order_columns=("source", "external_id"),
    ),
)
ORGANIZATION_REFERENCE = register_part(
    OrganizationReference, organization_references, order=("source", "external_id")
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
ORGANIZATION.blocker(
    "reopen",
    lambda row, context: or_(
        row.c.ends_on.is_(None), has_end(context, organizations, row.c.parent_id)
    ),
)

add_lookup(
    "organization",
    ORGANIZATION,
    code=by_column("code"),
    external=by_reference(organization_references, "organization_id"),
)
