"""Conditions that relate rows of two tables, always within the tenant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    FromClause,
    Select,
    Table,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from persistence.access.actor_facts import ActorFacts
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.redirects import redirects
from persistence.kernel.schema.derived_columns import find_folded_column
from persistence.kernel.schema.tables import shared_alias
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row, Sql

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


def follow_redirect(facts: ActorFacts, model: ReadModel, id_sql: Sql) -> Sql:
    """Return the id of the object that stands for this id today, also after a merge."""
    if model.aggregate is None or not model.aggregate.KEEPS_REDIRECTS:
        return id_sql
    redirect = shared_alias(redirects)
    target = (
        select(redirect.c.target_id)
        .where(redirect.c.tenant_id == facts.tenant(), redirect.c.id == id_sql)
        .correlate_except(redirect)
    )
    return func.coalesce(target.scalar_subquery(), id_sql)


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
    context: FieldContext,
    table: Table,
    column: str,
    row: Row,
    *,
    end_column: str | None = None,
    after: Sql | None = None,
) -> Sql:
    """Return whether rows refer to this row, whether the actor may see them or not.

    With `end_column`, only rows that have no end count; with `after`, also those that end later.
    """
    other = shared_alias(table)
    matching = [other.c[column] == row.c.id]
    if end_column is not None:
        is_open = other.c[end_column].is_(None)
        matching.append(is_open if after is None else or_(is_open, other.c[end_column] > after))
    return exists(tenant_subquery(context, other, literal_column("1"), *matching))


def has_end(context: FieldContext, table: Table, id: Sql) -> Sql:
    """Return whether the row with this id has an end, whether the actor may see it or not."""
    other = shared_alias(table)
    return exists(
        tenant_subquery(
            context, other, literal_column("1"), other.c.id == id, other.c.ends_on.is_not(None)
        )
    )


@dataclass(frozen=True)
class LookupKey:
    """A way to find one row beside its id. `attribute` names the attribute that it matches."""

    attribute: str
    match: RowCondition


def by_column(column: str) -> LookupKey:
    """Return the key of a unique column, compared in its folded form where it has one."""
    return LookupKey(column, lambda row, context: match_text(row, column, context))


def match_text(row: Row, column: str, context: FieldContext) -> Sql:
    """Build the condition that a column has the value of the argument of its name."""
    folded, fold = find_folded_column(row, column) or (column, None)
    matches: Sql = row.c[folded] == context.bind_text(column, parse=fold)
    return matches


def by_reference(reference_table: Table, id_column: str) -> LookupKey:
    """Return the key of the argument `external`: the id that another system uses for a row."""
    return LookupKey(
        "references",
        lambda row, context: row.c.id == by_external_id(context, reference_table, id_column),
    )


def add_lookup(name: str, model: ReadModel, **keys: LookupKey) -> None:
    """Add a root field that finds one row by id or by one of these keys, named like arguments.

    By a guarded attribute only rows are found where the actor may read that attribute. Otherwise
    a look-up would confirm guessed values to strangers.
    """

    def build_condition(_: Row, row: Row, context: FieldContext) -> Sql:
        for argument, key in keys.items():
            if context.has_argument(argument):
                guard = model.guarded.get(key.attribute)
                condition = key.match(row, context)
                if guard is None:
                    return condition
                return and_(condition, compile_rule(guard, context.facts, row))
        id_sql = context.bind_id("id", prefix=model.prefix)
        return row.c.id == follow_redirect(context.facts, model, id_sql)

    ROOT.one(name, model, build_condition)


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
