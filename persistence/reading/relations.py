"""Conditions that relate rows of two tables, always within the tenant."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import FromClause, Select, Table, exists, literal_column, select

from persistence.kernel.schema.tables import shared_alias
from persistence.reading.read_model import FieldContext, Row, Sql

RelationCondition = Callable[[Row, Row, FieldContext], Sql]
RowCondition = Callable[[Row, FieldContext], Sql]


def tenant_subquery(
    context: FieldContext, table: FromClause, selected: Sql, *conditions: Sql
) -> Select[Any]:
    """Return a subquery over another table for the outer rows; only here the tenant is added."""
    return (
        select(selected)
        .where(table.c.tenant_id == context.facts.tenant(), *conditions)
        .correlate_except(table)
    )


def via_ancestors(closure: Table) -> RelationCondition:
    """Return the relation to the ancestors of a row in its tree, without the row itself."""

    def build_condition(row: Row, other: Row, context: FieldContext) -> Sql:
        step = shared_alias(closure)
        return other.c.id.in_(
            tenant_subquery(
                context,
                step,
                step.c.ancestor_id,
                step.c.descendant_id == row.c.id,
                step.c.depth > 0,
            )
        )

    return build_condition


def by_ancestor_depth(closure: Table) -> RelationCondition:
    """Return the order of ancestors by their distance: the nearest first."""

    def build_order(row: Row, other: Row, context: FieldContext) -> Sql:
        step = shared_alias(closure)
        return tenant_subquery(
            context,
            step,
            step.c.depth,
            step.c.descendant_id == row.c.id,
            step.c.ancestor_id == other.c.id,
        ).scalar_subquery()

    return build_order


def via_link_table(
    link_table: Table, from_column: str, to_column: str, *conditions: RowCondition
) -> RelationCondition:
    """Return the relation from `from_column` to `to_column` of a link table."""

    def build_condition(row: Row, other: Row, context: FieldContext) -> Sql:
        link = shared_alias(link_table)
        extra_conditions = [condition(link, context) for condition in conditions]
        return other.c.id.in_(
            tenant_subquery(
                context, link, link.c[to_column], link.c[from_column] == row.c.id, *extra_conditions
            )
        )

    return build_condition


def is_referenced(
    context: FieldContext, table: Table, column: str, row: Row, *, end_column: str | None = None
) -> Sql:
    """Return whether rows refer to this row, whether the actor may see them or not.

    With `end_column`, only rows that have no end count.
    """
    other = shared_alias(table)
    matching = [other.c[column] == row.c.id]
    if end_column is not None:
        matching.append(other.c[end_column].is_(None))
    return exists(tenant_subquery(context, other, literal_column("1"), *matching))


def by_external_id(context: FieldContext, reference_table: Table, id_column: str) -> Sql:
    """Return the id of the row that the argument `external` names by another system's id."""
    reference = shared_alias(reference_table)
    return tenant_subquery(
        context,
        reference,
        reference.c[id_column],
        reference.c.source == context.bind_text("external", "source"),
        reference.c.external_id == context.bind_text("external", "id"),
    ).scalar_subquery()
