"""Filters: comparisons of fields, and conditions on related rows.

A plan is specialized on the shape of a `where` argument (its fields and operators); its values are
bound. A field is compared as the actor sees it, and only visible rows count in relations, so no
filter reveals hidden values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
from persistence.kernel.schema.tables import EnumText, PeriodEnd
from persistence.kernel.wire_format import from_enum_name, from_last_day
from persistence.reading.compile_context import CompileContext
from persistence.reading.keyed_values import KeyedValues
from persistence.reading.parameters import ArgumentValue, IdParser, ListParser
from persistence.reading.plan_cache import SingleArgumentSource
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import (
    Many,
    One,
    ReadModel,
    Row,
    Sql,
    UnionOf,
    Value,
)
from persistence.reading.selection import FIELD_WITHOUT_ARGUMENTS, Field, ReadRequest

MAX_COMPARISONS = 25
MAX_DEPTH = 4
MAX_LIST_ITEMS = 250
MAX_COMPARED_LENGTH = 10_000
"""In characters: that of the longest attribute, so that every stored text can be compared."""

QUANTIFIERS = ("some", "every", "none")
TEXT_OPERATORS = ("contains", "starts_with")
NULLABLE_OPERATORS = ("eq", "neq")
"""Operators that accept null. Any other null in a filter is ignored."""

FilterShape = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class FilterShapeSource(SingleArgumentSource):
    """The fields and operators of a `where` argument, without its values."""

    argument: str = "where"

    def __call__(self, request: ReadRequest) -> FilterShape:
        """Return the shape. Raises Invalid (LIMIT_EXCEEDED) for a filter that is too large."""
        shape = _extract_shape(self.field.arguments(request).get("where") or {})
        if _count_comparisons(shape) > MAX_COMPARISONS or _measure_depth(shape) > 2 * MAX_DEPTH:
            limits = f"{MAX_COMPARISONS} comparisons and {MAX_DEPTH} levels"
            message = f"A filter has at most {limits}. Make it smaller."
            raise Invalid(message, "where", code=Code.LIMIT_EXCEEDED)
        return shape


def compile_filter(context: CompileContext, model: ReadModel, row: Row, field: Field) -> Sql:
    """Return the condition of a connection's `where` argument for a row."""
    shape = context.builder.specialize_on(FilterShapeSource(field))
    return _FilterCompiler(context, field).compile_shape(model, row, shape, ("where",))


@dataclass(frozen=True)
class _FilterCompiler:
    context: CompileContext
    field: Field

    def compile_shape(
        self, model: ReadModel, row: Row, shape: FilterShape, path: tuple[str | int, ...]
    ) -> Sql:
        """Return the condition that every part of the shape holds."""
        parts = []
        for key, inner_shape in shape:
            name, here = key.rstrip("_"), (*path, key)
            if name in ("and", "or"):
                inner = [
                    self.compile_shape(model, row, part, (*here, n))
                    for n, (_, part) in enumerate(inner_shape)
                ]
                parts.append(and_(true(), *inner) if name == "and" else or_(false(), *inner))
            elif name == "not":
                parts.append(
                    not_(func.coalesce(self.compile_shape(model, row, inner_shape, here), False))
                )
            else:
                parts.append(self._compile_field(model, row, name, inner_shape, here))
        return and_(true(), *parts)

    def _compile_field(
        self, model: ReadModel, row: Row, name: str, shape: FilterShape, path: tuple[str | int, ...]
    ) -> Sql:
        match model[name]:
            case Value() as value:
                return self._compile_value(value, row, shape, path)
            case One() as one:
                return self._compile_relation(one, row, shape, path)
            case UnionOf(_, members):
                return and_(
                    true(),
                    *(
                        self._compile_relation(members[name], row, inner, (*path, name))
                        for name, inner in shape
                    ),
                )
            case KeyedValues() as keyed:
                return self._compile_keyed_values(keyed, row, shape, path)
            case Many() as many:
                return and_(
                    true(),
                    *(
                        self._compile_quantifier(many, row, quantifier, inner, (*path, quantifier))
                        for quantifier, inner in shape
                    ),
                )
            case other:
                raise TypeError(f"{model.name}.{name} cannot be filtered by: {other!r}.")

    def _compile_value(
        self, value: Value, row: Row, shape: FilterShape, path: tuple[str | int, ...]
    ) -> Sql:
        sql = self.context.compile_value(value.compared, row, self.field)
        comparisons = (
            self._compile_comparison(sql, value, operator, (*path, operator), is_null=is_null)
            for operator, is_null in shape
        )
        return and_(true(), *comparisons)

    def _compile_keyed_values(
        self, keyed: KeyedValues, row: Row, shape: FilterShape, path: tuple[str | int, ...]
    ) -> Sql:
        """Return the condition on the value with the given key, as each type that is compared."""
        key = self._bind_argument((*path, "key"), Text())
        conditions = [
            self._compile_value(_build_keyed_value(keyed, key, name), row, inner, (*path, name))
            for name, inner in shape
            if name != "key"
        ]
        return and_(true(), *conditions)

    def _compile_relation(
        self,
        link: One | Many,
        row: Row,
        shape: FilterShape,
        path: tuple[str | int, ...],
        *,
        negate: bool = False,
    ) -> Sql:
        if isinstance(link, One) and link.key and self._can_use_foreign_key(link, shape):
            foreign_key = Value(link.key, prefix=link.target.prefix)
            comparisons = [
                self._compile_value(foreign_key, row, inner_shape, (*path, name))
                for name, inner_shape in shape
            ]
            key = link.key(row, self.context.create_field_context(FIELD_WITHOUT_ARGUMENTS))
            condition_on_key = and_(key.is_not(None), *comparisons)
            return self.context.guard_condition(link.see, row, condition_on_key)
        target = self.context.create_alias(link.target)
        field_context = self.context.create_field_context(FIELD_WITHOUT_ARGUMENTS)
        on = link.on(row, target, field_context) if link.on is not None else true()
        condition = self.compile_shape(link.target, target, shape, path)
        filter_condition = not_(func.coalesce(condition, False)) if negate else condition
        found = exists(
            select(literal_column("1"))
            .select_from(target)
            .where(self.context.build_row_condition(link.target, target, on, filter_condition))
            .correlate_except(target)
        )
        return self.context.guard_condition(link.see, row, found)

    def _can_use_foreign_key(self, link: One, shape: FilterShape) -> bool:
        """Return whether the foreign key is enough: only the id is compared, of a visible row."""
        return all(name == "id" for name, _ in shape) and (
            link.inherits_visibility or self.context.is_unrestricted(link.target)
        )

    def _compile_quantifier(
        self, many: Many, row: Row, quantifier: str, shape: FilterShape, path: tuple[str | int, ...]
    ) -> Sql:
        if quantifier == "every":
            return not_(self._compile_relation(many, row, shape, path, negate=True))
        found = self._compile_relation(many, row, shape, path)
        return not_(found) if quantifier == "none" else found

    def _compile_comparison(
        self, sql: Sql, value: Value, operator: str, path: tuple[str | int, ...], *, is_null: bool
    ) -> Sql:
        name = operator.rstrip("_")
        if name == "is_null":
            return sql.is_(None) == self._bind_argument(path, Boolean())
        if is_null:  # only with eq or neq, see NULLABLE_OPERATORS
            return sql.is_(None) if name == "eq" else sql.is_not(None)
        type_, parse = _get_parameter_type_and_parser(sql, value)
        if name in ("in", "nin"):
            items = self._bind_argument(path, ARRAY(type_), BoundedListParser(parse))
            found = _cast_enum_to_text(sql) == func.any(items)
            return found if name == "in" else or_(sql.is_(None), not_(found))
        return _OPERATORS[name](_cast_enum_to_text(sql), self._bind_argument(path, type_, parse))

    def _bind_argument(
        self,
        path: tuple[str | int, ...],
        type_: TypeEngine[Any],
        parse: Callable[[Any], Any] | None = None,
    ) -> Sql:
        return self.context.builder.bind(ArgumentValue(self.field, path, parse), type_)


def _build_keyed_value(keyed: KeyedValues, key: Sql, name: str) -> Value:
    return Value(lambda row, context: keyed.build_value(row, context, key, name))


@dataclass(frozen=True)
class BoundedListParser:
    """A parser of the list of an `in` or `nin` comparison."""

    parse: Callable[[Any], Any]

    def __call__(self, items: Any) -> list[Any]:
        """Return the parsed items. Raises Invalid (LIMIT_EXCEEDED) for more than 250 items."""
        if len(items) > MAX_LIST_ITEMS:
            message = (
                f"A list in a filter has at most {MAX_LIST_ITEMS} items. Use several requests."
            )
            raise Invalid(message, code=Code.LIMIT_EXCEEDED)
        return ListParser(self.parse)(items)


def _return_unchanged(value: Any) -> Any:
    return value


def _cast_enum_to_text(sql: Sql) -> Sql:
    return cast(sql, Text) if isinstance(sql.type, EnumText) else sql


def _get_parameter_type_and_parser(
    sql: Sql, value: Value
) -> tuple[TypeEngine[Any], Callable[[Any], Any]]:
    """Return the type of the parameter that is compared with the expression, and its parser."""
    if value.prefix is not None:
        return Uuid(), IdParser((value.prefix,))
    if isinstance(sql.type, EnumText):
        return Text(), from_enum_name
    if isinstance(sql.type, PeriodEnd):
        return Date(), from_last_day
    for type_ in (DateTime, Date, Float, Numeric, Integer, Boolean):
        if isinstance(sql.type, type_):
            return sql.type, _return_unchanged
    return Text(), value.fold or str


HAS = """EXISTS (SELECT 1 FROM jsonb_array_elements_text({labels}) AS each (label)
 WHERE lower(label) = lower({value}))"""

_OPERATORS: Mapping[str, Callable[[Sql, Sql], Sql]] = {
    "eq": lambda sql, value: sql == value,
    "neq": lambda sql, value: sql.is_distinct_from(value),
    "gt": lambda sql, value: sql > value,
    "gte": lambda sql, value: sql >= value,
    "lt": lambda sql, value: sql < value,
    "lte": lambda sql, value: sql <= value,
    "contains": lambda sql, value: func.strpos(func.lower(sql), func.lower(value)) > 0,
    "has": lambda sql, value: SqlTemplate(HAS, Boolean(), labels=sql, value=value),
    "starts_with": lambda sql, value: func.starts_with(func.lower(sql), func.lower(value)),
}


def _extract_shape(where: Any) -> FilterShape:
    parts: list[tuple[str, Any]] = []
    for key, value in where.items():
        if value is None and key not in NULLABLE_OPERATORS:
            continue
        if isinstance(value, list) and key.rstrip("_") in ("and", "or"):
            parts.append(
                (key, tuple((str(n), _extract_shape(each)) for n, each in enumerate(value)))
            )
        elif isinstance(value, Mapping):
            parts.append((key, _extract_shape(value)))
        else:
            parts.append((key, value is None))
    return tuple(parts)


def _count_comparisons(shape: Any) -> int:
    """Return the comparisons of a shape; an empty object counts as one, because it is planned."""
    if not isinstance(shape, tuple) or not shape:
        return 1
    return sum(_count_comparisons(inner) for _, inner in shape)


def _measure_depth(shape: Any) -> int:
    return (
        1 + max((_measure_depth(inner) for _, inner in shape), default=0)
        if isinstance(shape, tuple)
        else 0
    )
