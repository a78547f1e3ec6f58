"""Trees as a reader walks them: upwards and downwards through a closure table."""

from collections.abc import Callable

from sqlalchemy import Table, select

from persistence.reading.readable import Ask, Row, Sql

Link = Callable[[Row, Row, Ask], Sql]


def above(closure: Table) -> Link:
    """The rows above a row in its tree, itself left out."""

    def on(row: Row, other: Row, ask: Ask) -> Sql:
        step = closure.alias()
        return other.c.id.in_(
            select(step.c.ancestor_id).where(
                step.c.tenant_id == ask.facts.tenant(),
                step.c.descendant_id == row.c.id,
                step.c.depth > 0,
            )
        )

    return on


def depth_above(closure: Table) -> Link:
    """How many steps above a row another row stands; the nearest first."""

    def order(row: Row, other: Row, ask: Ask) -> Sql:
        step = closure.alias()
        return (
            select(step.c.depth)
            .where(
                step.c.tenant_id == ask.facts.tenant(),
                step.c.descendant_id == row.c.id,
                step.c.ancestor_id == other.c.id,
            )
            .correlate_except(step)
            .scalar_subquery()
        )

    return order
