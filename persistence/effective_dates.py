"""Conditions on effective dates: what is in effect on the requested day, and until when.

A departure ends a person's lines and memberships without a write: reads compare with the
person's `left_on`. A planned departure counts for those who may see employment facts, so that the
ends of lines and memberships reveal it to nobody else.
"""

from collections.abc import Callable

from sqlalchemy import Date, and_, case, func, not_, or_, type_coerce

from domain.people import Person
from persistence.access.rules_to_sql import compile_rule, has_left, is_effective_on
from persistence.kernel.schema.tables import PeriodEnd, metadata, shared_alias
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import RowCondition, tenant_subquery


def get_requested_day(context: FieldContext) -> Sql:
    """Build the requested day: the argument `asOf`, or today."""
    return (
        context.bind_argument("as_of", Date())
        if context.has_argument("as_of")
        else context.facts.today()
    )


def is_known_departure(leaver: Row, context: FieldContext) -> Sql:
    """Build the condition that the caller may know of a departure: a planned one is guarded."""
    today = context.facts.today()
    return or_(
        leaver.c.left_on <= today, compile_rule(Person.SEE_EMPLOYMENT, context.facts, leaver)
    )


def _has_left(context: FieldContext, *people: Sql) -> Sql:
    """Build the condition that one of these people has left by the requested day.

    Planned departures count where the caller may know of them.
    """
    return has_left(
        context.facts,
        get_requested_day(context),
        *people,
        is_known=(lambda leaver: is_known_departure(leaver, context))
        if context.has_argument("as_of")
        else None,
    )


def build_in_effect_condition(can_see_planned: RowCondition, *people: str) -> RowCondition:
    """Build the condition for rows in effect on the requested day.

    The departure of one of the `people`, given by their columns, ends a row. Of future days the
    condition matches only rows that the caller may see in advance.
    """

    def is_in_effect(row: Row, context: FieldContext) -> Sql:
        in_effect = and_(
            is_effective_on(row, get_requested_day(context)),
            not_(_has_left(context, *(row.c[each] for each in people))),
        )
        return restrict_future(in_effect, can_see_planned, row, context)

    return is_in_effect


def restrict_future(
    condition: Sql, can_see_planned: RowCondition, row: Row, context: FieldContext
) -> Sql:
    if not context.has_argument("as_of"):
        return condition
    is_past = get_requested_day(context) <= context.facts.today()
    return and_(condition, or_(is_past, can_see_planned(row, context)))


def build_shown_end(can_see_planned: RowCondition, *people: str) -> Callable[..., Sql]:
    """Build the end of a row as the caller may know it: its own, or an earlier departure's."""

    def build(row: Row, context: FieldContext) -> Sql:
        own_end = case(
            (
                or_(row.c.ends_on <= context.facts.today(), can_see_planned(row, context)),
                row.c.ends_on,
            )
        )
        leaver = shared_alias(metadata.tables["people"])
        departure = tenant_subquery(
            context,
            leaver,
            func.min(func.greatest(leaver.c.left_on, row.c.starts_on)),
            leaver.c.id.in_([row.c[each] for each in people]),
            leaver.c.left_on.is_not(None),
            is_known_departure(leaver, context),
        )
        return type_coerce(func.least(own_end, departure.scalar_subquery()), PeriodEnd())

    return build
