"""Revisions of documents: their tables and read models, which differ only in their parts."""

from typing import Any, cast

from sqlalchemy import Table, exists
from sqlalchemy.schema import SchemaItem

from domain.revisions import Revision, RevisionStatus
from persistence.concept import register_concept
from persistence.kernel.mapping.registry import ChildCollection
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    resolve_table,
    shared_alias,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery


def revision_table(name: str, kind: type[Revision], *items: SchemaItem, prefix: str) -> Table:
    """Create the table of the revisions of such documents."""
    return aggregate_table(
        name,
        *columns_of(kind),
        *items,
        tenant_index("document_id", "revision", unique=True),
        tenant_index("name_sort_key", "id"),
        prefix=prefix,
    )


def register_revisions(
    kind: type[Revision], table: Table, **children: ChildCollection
) -> ReadModel:
    """Map the revisions of such documents, and return their read model.

    It has a list and a look-up at the root, and the other revisions of each document. `children`
    are the attributes that hold parts.
    """
    parts = cast("dict[str, Any]", children)
    model = register_concept(kind, table, order=("name",), affects_access=False, **parts)
    model.many(
        "revisions",
        model,
        lambda row, other, _: other.c.document_id == row.c.document_id,
    )
    model.blocker("revise", _has_draft)
    add_lookup(kind.NAME, model)
    return model


def _has_draft(row: Row, context: FieldContext) -> Sql:
    """Return whether the document has a draft, which has to be published or discarded first."""
    other = shared_alias(resolve_table(row))
    is_draft = other.c.status == literal_text(RevisionStatus.DRAFT)
    of_document = other.c.document_id == row.c.document_id
    return exists(tenant_subquery(context, other, literal_number(1), of_document, is_draft))
