"""Orders: the sort keys of a connection, and the comparison with a cursor's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, false, or_, tuple_

from domain.kernel.errors import Code, Invalid
from persistence.reading.plans import Draft, OfArgument
from persistence.reading.readable import Sql
from persistence.reading.selection import Field, Run

MOST_KEYS = 3


@dataclass(frozen=True)
class Sort:
    """One wish about the order: a field, a direction, and where nulls go."""

    name: str
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True)
class Wishes(OfArgument):
    """What a client said about the order, as a fact: the statement is written for it."""

    argument: str = "order_by"

    def __call__(self, run: Run) -> tuple[Sort, ...]:
        """The wishes in order; empty where none were given. Raises Invalid for too many."""
        asked = self.field.arguments(run).get("order_by") or ()
        if len(asked) > MOST_KEYS:
            message = f"An order has at most {MOST_KEYS} keys."
            raise Invalid(message, "orderBy", code=Code.LIMIT_EXCEEDED)
        return tuple(
            Sort(
                str(each["field"]).lower(),
                str(each.get("direction") or "asc").lower() == "desc",
                str(each.get("nulls") or "last").lower() == "first",
            )
            for each in asked
        )


@dataclass(frozen=True)
class Key:
    """A sort key over a row."""

    sql: Sql
    descending: bool = False
    nulls_first: bool = False
    nullable: bool = False

    def ordering(self, *, backwards: bool) -> Sql:
        """The ORDER BY term, in the list's direction or against it."""
        term = self.sql.desc() if self.descending is not backwards else self.sql.asc()
        if not self.nullable:
            return term
        return term.nulls_first() if self.nulls_first is not backwards else term.nulls_last()


def beyond(
    keys: Sequence[Key], values: Sequence[Sql], nulls: Sequence[bool], *, backwards: bool
) -> Sql:
    """The rows after a place, or before it when `backwards`.

    Where all keys run the same way and none is null, a row comparison, which an index serves;
    otherwise the lexicographic order written out.
    """
    directions = {key.descending for key in keys}
    if len(directions) == 1 and not any(key.nullable for key in keys):
        row, place = tuple_(*(key.sql for key in keys)), tuple_(*values)
        return row < place if directions.pop() is not backwards else row > place
    alternatives = []
    for n, key in enumerate(keys):
        same = [_same(keys[m], values[m], is_null=nulls[m]) for m in range(n)]
        alternatives.append(
            and_(*same, _past(key, values[n], is_null=nulls[n], backwards=backwards))
        )
    return or_(*alternatives)


def _same(key: Key, value: Sql, *, is_null: bool) -> Sql:
    return key.sql.is_(None) if is_null else key.sql == value


def _past(key: Key, value: Sql, *, is_null: bool, backwards: bool) -> Sql:
    nulls_come_first = key.nulls_first is not backwards
    if is_null:
        return key.sql.is_not(None) if nulls_come_first else false()
    past = key.sql < value if key.descending is not backwards else key.sql > value
    if key.nullable and not nulls_come_first:
        return or_(past, key.sql.is_(None))
    return past


def wished(draft: Draft, field: Field, default: tuple[str, ...]) -> tuple[Sort, ...]:
    """The order of a connection: what the client wished, else the readable's own."""
    given: tuple[Sort, ...] = draft.know(Wishes(field))
    if given:
        return given
    return tuple(Sort(name.lstrip("-"), name.startswith("-")) for name in default)


def is_nullable(sql: Any) -> bool:
    """Whether a sort key may be null: only columns that are declared not null may not."""
    return bool(getattr(sql, "nullable", True))
