"""The unit of a person today, for SQL: the only place that knows how it is stored.

`people.organization_id` is the unit until `unit_changes_on`, the first day of a planned one. From
that day on it is the unit of the job of today, so that a plan takes effect without a write. While
no such day has come for anybody in the tenant (`facts.moves()`), statements use the column alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Uuid,
    and_,
    case,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql

from persistence.access.actor_facts import UnitFacts
from persistence.kernel.schema.tables import metadata, shared_alias

Sql = ColumnElement[Any]


def build_unit(person: FromClause, facts: UnitFacts) -> Sql:
    """Return the id of the unit of a person's row today."""
    if not facts.moves():
        return person.c.organization_id
    return case(
        (_has_moved(person, facts), _select_unit_of_job(person, facts)),
        else_=person.c.organization_id,
    )


def match_unit(
    person: FromClause, facts: UnitFacts, matches: Callable[[Sql], Sql]
) -> ColumnElement[bool]:
    """Return the condition that the unit of a person's row matches, in a form for indexes."""
    in_column = matches(person.c.organization_id)
    if not facts.moves():
        return and_(in_column)
    stays = or_(person.c.unit_changes_on.is_(None), person.c.unit_changes_on > facts.today())
    in_job = matches(_select_unit_of_job(person, facts))
    return or_(and_(in_column, stays), and_(_has_moved(person, facts), in_job))


def _has_moved(person: FromClause, facts: UnitFacts) -> Sql:
    # Without the test for null, PostgreSQL looks up the job of everybody: null is not yet false.
    changes_on = person.c.unit_changes_on
    return and_(changes_on.is_not(None), changes_on <= facts.today())


def _select_unit_of_job(person: FromClause, facts: UnitFacts) -> Sql:
    job = shared_alias(metadata.tables["jobs"])
    return (
        select(job.c.organization_id)
        .where(
            job.c.tenant_id == facts.tenant(),
            job.c.person_id == person.c.id,
            job.c.superseded_at.is_(None),
            job.c.starts_on <= facts.today(),
            or_(person.c.left_on.is_(None), job.c.starts_on < person.c.left_on),
        )
        .order_by(job.c.starts_on.desc())
        .limit(literal_column("1"))
        .correlate_except(job)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class _NamedParameters:
    """The facts of a statement that is written as text, by the names of its parameters."""

    day: str
    tenant_id: str = "$1"

    def moves(self) -> bool:
        """Return True: such a statement reads few people."""
        return True

    def today(self) -> Sql:
        """Return the parameter of the day."""
        return literal_column(f"{self.day}::date", Date)

    def tenant(self) -> Sql:
        """Return the parameter of the tenant."""
        return literal_column(f"{self.tenant_id}::uuid", Uuid)


@cache
def render_unit(person: str, day: str) -> str:
    """Return the text of the unit of a row of `people`, by its alias, for a parameter like `$2`.

    The tenant is the parameter `$1`.
    """
    columns = metadata.tables["people"].c
    names = {each.name: literal_column(f"{person}.{each.name}", each.type) for each in columns}
    row: Any = SimpleNamespace(c=SimpleNamespace(**names))  # an alias would be selected from again
    unit = build_unit(row, _NamedParameters(day))
    return str(unit.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
