"""Managers as they were known at a moment (`knownAt`).

A change of a line or of an employment keeps the form that it replaces, with the moments between
which that form was what is known.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import DateTime, Select, Table, and_, case, exists, func, literal_column, not_, or_

from domain.people import LineKind, Person
from persistence.access.rules_to_sql import compile_rule, is_effective_on
from persistence.effective_dates import get_requested_day
from persistence.kernel.schema.tables import metadata
from persistence.people.employments import employments, superseded_employments
from persistence.reading.json_output import literal_text
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery


def select_known_managers(
    row: Row, kind: LineKind, tables: tuple[Table, Table], context: FieldContext
) -> Iterator[Select[Any]]:
    """Yield the selects of the managers on the requested day, as they were known at the moment.

    They find nothing for callers who may not see plans: what was known then may be a plan.
    """
    for line, is_known in _iterate_known(tables, context):
        yield tenant_subquery(
            context,
            line,
            line.c.manager_id,
            line.c.person_id == row.c.id,
            line.c.kind == literal_text(kind),
            is_effective_on(line, get_requested_day(context)),
            is_known,
            not_(_had_left(line, context)),
            compile_rule(Person.SEE_PLANNED, context.facts, row),
        )


def _iterate_known(tables: tuple[Table, Table], context: FieldContext) -> Iterator[tuple[Row, Sql]]:
    """Yield a source of rows, and which of them were known: of those that count now, and others."""
    moment = context.bind_argument("known_at", DateTime(timezone=True))
    current, superseded = (each.alias() for each in tables)
    yield current, current.c.updated_at <= moment
    yield superseded, and_(superseded.c.updated_at <= moment, superseded.c.superseded_at > moment)


def _had_left(line: Row, context: FieldContext) -> Sql:
    """Build the condition that one end of a line had left by the day, as was known then.

    Who may not see the employments of a person knows only who has left by now.
    """
    leaver, day = metadata.tables["people"].alias(), get_requested_day(context)
    works = (
        exists(
            tenant_subquery(
                context,
                employment,
                literal_column("1"),
                employment.c.person_id == leaver.c.id,
                or_(employment.c.left_on.is_(None), employment.c.left_on > day),
                is_known,
            )
        )
        for employment, is_known in _iterate_known((employments, superseded_employments), context)
    )
    left = case(
        (compile_rule(Person.SEE_EMPLOYMENT, context.facts, leaver), not_(or_(*works))),
        else_=leaver.c.left_on <= func.least(day, context.facts.today()),
    )
    ends = leaver.c.id.in_([line.c.person_id, line.c.manager_id])
    return exists(tenant_subquery(context, leaver, literal_column("1"), ends, left))
