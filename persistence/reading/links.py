"""Links: how a declaration looks something up in another table, always within the tenant."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import FromClause, Select, Table, exists, literal_column, select

from persistence.kernel.tables import shared_alias
from persistence.reading.readable import Ask, Row, Sql

Link = Callable[[Row, Row, Ask], Sql]
Condition = Callable[[Row, Ask], Sql]


def looked_up(ask: Ask, found: FromClause, what: Sql, *conditions: Sql) -> Select[Any]:
    """What is found in another table for the rows around; the tenant is said here, once."""
    return (
        select(what)
        .where(found.c.tenant_id == ask.facts.tenant(), *conditions)
        .correlate_except(found)
    )


def above(closure: Table) -> Link:
    """The rows above a row in its tree, itself left out."""

    def on(row: Row, other: Row, ask: Ask) -> Sql:
        step = shared_alias(closure)
        return other.c.id.in_(
            looked_up(
                ask, step, step.c.ancestor_id, step.c.descendant_id == row.c.id, step.c.depth > 0
            )
        )

    return on


def depth_above(closure: Table) -> Link:
    """How many steps above a row another row stands; the nearest first."""

    def order(row: Row, other: Row, ask: Ask) -> Sql:
        step = shared_alias(closure)
        return looked_up(
            ask,
            step,
            step.c.depth,
            step.c.descendant_id == row.c.id,
            step.c.ancestor_id == other.c.id,
        ).scalar_subquery()

    return order


def through(links: Table, mine: str, theirs: str, *conditions: Condition) -> Link:
    """The rows that a table of links leads to: from this row's `mine` to the other's `theirs`."""

    def on(row: Row, other: Row, ask: Ask) -> Sql:
        link = shared_alias(links)
        held = [condition(link, ask) for condition in conditions]
        return other.c.id.in_(looked_up(ask, link, link.c[theirs], link.c[mine] == row.c.id, *held))

    return on


def pointed_at(ask: Ask, table: Table, by: str, row: Row, *, until: str | None = None) -> Sql:
    """Whether rows point to this row, only those without a day in `until`, seen or not."""
    other = shared_alias(table)
    mine = [other.c[by] == row.c.id]
    if until is not None:
        mine.append(other.c[until].is_(None))
    return exists(looked_up(ask, other, literal_column("1"), *mine))


def referred(ask: Ask, references: Table, column: str) -> Sql:
    """What the argument `external` names: another system's id for a row."""
    reference = shared_alias(references)
    return looked_up(
        ask,
        reference,
        reference.c[column],
        reference.c.source == ask.text("external", "source"),
        reference.c.external_id == ask.text("external", "id"),
    ).scalar_subquery()
