"""Filters: the closed set of comparisons, and the relations through which they may look.

The shape of a `where` (its fields and operators) is known, its values are bound. Fields are
compared as the actor may see them, and relations only over rows that the actor may see, so a
filter cannot be used to guess what is hidden.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    Text,
    Uuid,
    and_,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from domain.kernel.errors import Code, Invalid
from persistence.kernel.tables import EnumText
from persistence.reading.plans import OfArgument
from persistence.reading.readable import Either, Many, One, Readable, Row, Sql, Value
from persistence.reading.selection import Field, Run
from persistence.reading.sources import Argument, Each, RowId

if TYPE_CHECKING:
    from persistence.reading.compiler import Compiler

MOST_COMPARISONS = 25
MOST_LEVELS = 4
MOST_ITEMS = 250
TAKE_NULL = ("eq", "neq")
"""What may be compared with null; any other null in a filter is as if it were not there."""

UNASKED = Field("", "")
"""A filter looks through relations as if they were asked without arguments."""

Shape = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class WhereShape(OfArgument):
    """The fields and operators of a `where`, without its values."""

    argument: str = "where"

    def __call__(self, run: Run) -> Shape:
        """The shape. Raises Invalid (LIMIT_EXCEEDED) for a filter that asks too much."""
        shape = _shape(self.field.arguments(run).get("where") or {})
        if _size(shape) > MOST_COMPARISONS or _levels(shape) > 2 * MOST_LEVELS:
            message = (
                f"A filter has at most {MOST_COMPARISONS} comparisons on {MOST_LEVELS} levels."
            )
            raise Invalid(message, "where", code=Code.LIMIT_EXCEEDED)
        return shape


def condition(compiler: "Compiler", readable: Readable, row: Row, field: Field) -> Sql:
    """What a connection's `where` asks of a row."""
    shape = compiler.draft.know(WhereShape(field))
    return _Filter(compiler, field).matches(readable, row, shape, ("where",))


@dataclass(frozen=True)
class _Filter:
    compiler: "Compiler"
    field: Field

    def matches(
        self, readable: Readable, row: Row, shape: Shape, path: tuple[str | int, ...]
    ) -> Sql:
        """Every part of the shape holds."""
        parts = []
        for key, inner in shape:
            name, here = key.rstrip("_"), (*path, key)
            if name in ("and", "or"):
                each = [
                    self.matches(readable, row, one, (*here, n)) for n, (_, one) in enumerate(inner)
                ]
                parts.append(and_(true(), *each) if name == "and" else or_(false(), *each))
            elif name == "not":
                parts.append(not_(func.coalesce(self.matches(readable, row, inner, here), False)))
            else:
                parts.append(self._field(readable, row, name, inner, here))
        return and_(true(), *parts)

    def _field(
        self, readable: Readable, row: Row, name: str, shape: Shape, path: tuple[str | int, ...]
    ) -> Sql:
        match readable[name]:
            case Value() as value:
                return self._value(value, row, shape, path)
            case One() as one:
                return self._related(one, row, shape, path)
            case Either(_, members):
                return and_(
                    true(),
                    *(
                        self._related(members[name], row, inner, (*path, name))
                        for name, inner in shape
                    ),
                )
            case Many() as many:
                return and_(
                    true(),
                    *(self._several(many, row, how, inner, (*path, how)) for how, inner in shape),
                )
            case other:
                raise TypeError(f"{readable.name}.{name} cannot be filtered by: {other!r}.")

    def _value(self, value: Value, row: Row, shape: Shape, path: tuple[str | int, ...]) -> Sql:
        sql = self.compiler.value(value, row, self.field)
        asked = (
            self._compare(sql, value, op, (*path, op), is_null=is_null) for op, is_null in shape
        )
        return and_(true(), *asked)

    def _related(
        self,
        link: One | Many,
        row: Row,
        shape: Shape,
        path: tuple[str | int, ...],
        *,
        negate: bool = False,
    ) -> Sql:
        if isinstance(link, One) and link.by and self._is_told_by_pointer(link, shape):
            pointer = link.target.pointer(link.by)
            asked = [self._value(pointer, row, inner, (*path, name)) for name, inner in shape]
            there = and_(row.c[link.by].is_not(None), *asked)
            return self.compiler.permitted(link.see, row, there)
        target = self.compiler.alias(link.target)
        ask = self.compiler.ask(UNASKED)
        on = link.on(row, target, ask) if link.on is not None else true()
        inner = self.matches(link.target, target, shape, path)
        wanted = not_(func.coalesce(inner, False)) if negate else inner
        found = exists(
            select(literal_column("1"))
            .select_from(target)
            .where(self.compiler.match(link.target, target, on, wanted))
            .correlate_except(target)
        )
        return self.compiler.permitted(link.see, row, found)

    def _is_told_by_pointer(self, link: One, shape: Shape) -> bool:
        """Whether only the id is asked for, of what the actor may see in any case."""
        return all(name == "id" for name, _ in shape) and (
            link.within or self.compiler.is_open(link.target)
        )

    def _several(
        self, many: Many, row: Row, how: str, shape: Shape, path: tuple[str | int, ...]
    ) -> Sql:
        if how == "every":
            return not_(self._related(many, row, shape, path, negate=True))
        found = self._related(many, row, shape, path)
        return not_(found) if how == "none" else found

    def _compare(
        self, sql: Sql, value: Value, op: str, path: tuple[str | int, ...], *, is_null: bool
    ) -> Sql:
        name = op.rstrip("_")
        if name == "is_null":
            asked = self._bound(path, Boolean())
            return sql.is_(None) == asked
        if is_null:  # of eq or neq, which alone take it
            return sql.is_(None) if name == "eq" else sql.is_not(None)
        type_, read = _driver(sql, value)
        if name in ("in", "not_in", "nin"):
            items = self._bound(path, ARRAY(type_), Items(read))
            found = _plain(sql) == func.any(items)
            return found if name == "in" else or_(sql.is_(None), not_(found))
        return _OPERATORS[name](_plain(sql), self._bound(path, type_, read))

    def _bound(
        self,
        path: tuple[str | int, ...],
        type_: TypeEngine[Any],
        read: Callable[[Any], Any] | None = None,
    ) -> Sql:
        return self.compiler.draft.bind(Argument(self.field, path, read), type_)


@dataclass(frozen=True)
class Items:
    """Reads the list of an `in`."""

    read: Callable[[Any], Any]

    def __call__(self, items: Any) -> list[Any]:
        """The items, each read. Raises Invalid (LIMIT_EXCEEDED) for too long a list."""
        if len(items) > MOST_ITEMS:
            message = f"A list in a filter has at most {MOST_ITEMS} items."
            raise Invalid(message, code=Code.LIMIT_EXCEEDED)
        return Each(self.read)(items)


def _same(value: Any) -> Any:
    return value


def _plain(sql: Sql) -> Sql:
    return cast(sql, Text) if isinstance(sql.type, EnumText) else sql


def _driver(sql: Sql, value: Value) -> tuple[TypeEngine[Any], Callable[[Any], Any]]:
    """The parameter type for a comparison with this expression, and how an input is read for it."""
    if value.prefix is not None:
        return Uuid(), RowId((value.prefix,))
    if isinstance(sql.type, EnumText):
        return Text(), _word
    for kind in (DateTime, Date, Float, Numeric, Integer, Boolean):
        if isinstance(sql.type, kind):
            return sql.type, _same
    return Text(), str


def _word(value: Any) -> str:
    return str(getattr(value, "value", value)).lower()


_OPERATORS: Mapping[str, Callable[[Sql, Sql], Sql]] = {
    "eq": lambda sql, value: sql == value,
    "neq": lambda sql, value: sql.is_distinct_from(value),
    "gt": lambda sql, value: sql > value,
    "gte": lambda sql, value: sql >= value,
    "lt": lambda sql, value: sql < value,
    "lte": lambda sql, value: sql <= value,
    "contains": lambda sql, value: func.strpos(func.lower(sql), func.lower(value)) > 0,
    "starts_with": lambda sql, value: func.starts_with(func.lower(sql), func.lower(value)),
}


def _shape(where: Any) -> Shape:
    parts: list[tuple[str, Any]] = []
    for key, value in where.items():
        if value is None and key not in TAKE_NULL:
            continue
        if isinstance(value, list) and key.rstrip("_") in ("and", "or"):
            parts.append((key, tuple((str(n), _shape(each)) for n, each in enumerate(value))))
        elif isinstance(value, Mapping):
            parts.append((key, _shape(value)))
        else:
            parts.append((key, value is None))
    return tuple(parts)


def _size(shape: Any) -> int:
    return sum(_size(inner) for _, inner in shape) if isinstance(shape, tuple) else 1


def _levels(shape: Any) -> int:
    return (
        1 + max((_levels(inner) for _, inner in shape), default=0)
        if isinstance(shape, tuple)
        else 0
    )
