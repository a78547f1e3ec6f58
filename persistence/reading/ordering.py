"""The order of connections: sort keys, and their comparison with the position of a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, false, or_, tuple_
from sqlalchemy.types import TypeEngine

from domain.kernel.errors import Code, Invalid
from persistence.kernel.wire_format import from_enum_name, to_camel_case
from persistence.reading.parameters import ArgumentValue
from persistence.reading.plan_cache import PlanBuilder, SingleArgumentSource
from persistence.reading.read_model import Sql
from persistence.reading.selection import Field, ReadRequest

MAX_SORT_KEYS = 3
NO_KEY = -1
"""The place of a term without a key."""


@dataclass(frozen=True)
class SortTerm:
    """One term of an order: a field, a direction, and the position of nulls.

    The term of keyed values has its `place` in the argument, where its key is.
    """

    name: str
    descending: bool = False
    nulls_first: bool = False
    place: int = NO_KEY


@dataclass(frozen=True)
class RequestedOrder(SingleArgumentSource):
    """The order that a client requests; the plan is specialized on it."""

    argument: str = "order_by"

    def __call__(self, request: ReadRequest) -> tuple[SortTerm, ...]:
        """Return the terms, or an empty tuple. Raises Invalid (LIMIT_EXCEEDED) for too many."""
        terms = self.field.arguments(request).get("order_by") or ()
        if len(terms) > MAX_SORT_KEYS:
            message = f"An order has at most {MAX_SORT_KEYS} fields. Remove the others."
            raise Invalid(message, to_camel_case(self.argument), code=Code.LIMIT_EXCEEDED)
        return tuple(
            SortTerm(
                from_enum_name(each["field"]),
                from_enum_name(each.get("direction") or "asc") == "desc",
                from_enum_name(each.get("nulls") or "last") == "first",
                place if each.get("key") is not None else NO_KEY,
            )
            for place, each in enumerate(terms)
        )


def bind_sort_key(builder: PlanBuilder, field: Field, term: SortTerm) -> Sql:
    """Bind the key of a term of keyed values. Raises Invalid (REQUIRED) where there is none."""
    if term.place == NO_KEY:
        message = "This order needs the key of a custom field. Add it."
        raise Invalid(message, "orderBy", code=Code.REQUIRED)
    return builder.bind(ArgumentValue(field, ("order_by", term.place, "key")), Text())


@dataclass(frozen=True)
class SortKey:
    """A sort key: an expression over a row, and how it is sorted."""

    sql: Sql
    descending: bool = False
    nulls_first: bool = False
    nullable: bool = False

    @property
    def type(self) -> TypeEngine[Any]:
        """The type of a value that is compared with the key; it has no collation."""
        return Text() if isinstance(self.sql.type, Text) else self.sql.type

    def build_order_by(self, *, backwards: bool) -> Sql:
        """Return the ORDER BY term, in the direction of the list or against it."""
        term = self.sql.desc() if self.descending is not backwards else self.sql.asc()
        if not self.nullable:
            return term
        return term.nulls_first() if self.nulls_first is not backwards else term.nulls_last()


def keyset_condition(
    keys: Sequence[SortKey], values: Sequence[Sql], nulls: Sequence[bool], *, backwards: bool
) -> Sql:
    """Return the condition for the rows after a position, or before it if `backwards`.

    If all keys have one direction and none can be null, it is a row comparison, which an index
    serves. Otherwise it is the lexicographic comparison, written out key by key.
    """
    directions = {key.descending for key in keys}
    if len(directions) == 1 and not any(key.nullable for key in keys):
        row, position = tuple_(*(key.sql for key in keys)), tuple_(*values)
        return row < position if directions.pop() is not backwards else row > position
    alternatives = []
    for n, key in enumerate(keys):
        equal = [_build_equality(keys[m], values[m], is_null=nulls[m]) for m in range(n)]
        alternatives.append(
            and_(*equal, _build_inequality(key, values[n], is_null=nulls[n], backwards=backwards))
        )
    return or_(*alternatives)


def _build_equality(key: SortKey, value: Sql, *, is_null: bool) -> Sql:
    return key.sql.is_(None) if is_null else key.sql == value


def _build_inequality(key: SortKey, value: Sql, *, is_null: bool, backwards: bool) -> Sql:
    nulls_come_first = key.nulls_first is not backwards
    if is_null:
        return key.sql.is_not(None) if nulls_come_first else false()
    beyond = key.sql < value if key.descending is not backwards else key.sql > value
    if key.nullable and not nulls_come_first:
        return or_(beyond, key.sql.is_(None))
    return beyond


def resolve_order(
    builder: PlanBuilder, field: Field, default: tuple[str, ...]
) -> tuple[SortTerm, ...]:
    """Return the order of a connection: the requested one, or else the default."""
    requested: tuple[SortTerm, ...] = builder.specialize_on(RequestedOrder(field))
    if requested:
        return requested
    return tuple(SortTerm(name.lstrip("-"), name.startswith("-")) for name in default)


def is_nullable(sql: Any) -> bool:
    """Return whether a sort key can be null: all expressions can, and all nullable columns."""
    return bool(getattr(sql, "nullable", True))
