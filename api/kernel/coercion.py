"""Coercion: variables read by functions that are made once for each type.

They take what plainly fits. Whatever is in doubt (a default, a single value for a list, the wrong
type) is left to graphql-core, which also says what is wrong with it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    get_variable_values,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource

from api.kernel.selections import Operation

Coerce = Callable[[Any], Any]
Declared = Sequence[tuple[GraphQLVariableSignature, Coerce]]

MOST_ERRORS = 10


class InDoubt(Exception):
    """Something for graphql-core to decide."""


def coerced(operation: Operation, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
    """The variables of an operation as it declares them, or everything that is wrong with them."""
    try:
        return _plainly(operation, given)
    except Exception:  # noqa: BLE001 - scalars refuse with errors of any kind
        definitions = operation.node.variable_definitions or ()
        return get_variable_values(operation.schema, definitions, given, max_errors=MOST_ERRORS)


def _plainly(operation: Operation, given: Mapping[str, Any]) -> VariableValues:
    values = VariableValues({}, {})
    for signature, coerce in _declared(operation):
        value = given.get(signature.name, Undefined)
        values.sources[signature.name] = VariableValueSource(signature, value)
        if value is not Undefined:
            values.coerced[signature.name] = coerce(value)
        elif signature.default or isinstance(signature.type, GraphQLNonNull):
            raise InDoubt
    return values


def _declared(operation: Operation) -> Declared:
    """The variables of an operation, looked at once for each document."""
    if operation.declared is None:
        operation.declared = [
            _declaration(get_variable_signature(operation.schema, each))
            for each in operation.node.variable_definitions or ()
        ]
    return operation.declared


def _declaration(
    found: GraphQLVariableSignature | GraphQLError,
) -> tuple[GraphQLVariableSignature, Coerce]:
    if isinstance(found, GraphQLError):
        raise InDoubt
    return found, _coercing(found.type)


def _coercing(type_: Any) -> Coerce:
    match type_:
        case GraphQLNonNull():
            return _present(_coercing(type_.of_type))
        case GraphQLList():
            return _absent_or(_each(_coercing(type_.of_type)))
        case _:
            return _absent_or(_named(type_))


@cache
def _named(type_: Any) -> Coerce:
    return _fields(type_) if isinstance(type_, GraphQLInputObjectType) else _leaf(type_)


def _present(coerce: Coerce) -> Coerce:
    def present(value: Any) -> Any:
        if value is None:
            raise InDoubt
        return coerce(value)

    return present


def _absent_or(coerce: Coerce) -> Coerce:
    return lambda value: None if value is None else coerce(value)


def _each(coerce: Coerce) -> Coerce:
    def each(value: Any) -> list[Any]:
        if type(value) is not list:
            raise InDoubt
        return [coerce(item) for item in value]

    return each


def _leaf(type_: GraphQLLeafType) -> Coerce:
    def leaf(value: Any) -> Any:
        found = type_.coerce_input_value(value)
        if found is Undefined:
            raise InDoubt
        return found

    return leaf


def _fields(type_: GraphQLInputObjectType) -> Coerce:
    """An input may hold another of its kind, so its fields are looked at when one comes."""

    def fields(value: Any) -> Any:
        if type(value) is not dict or type_.is_one_of:
            raise InDoubt
        found, taken = {}, 0
        for name, out_name, coerce, may_be_left_out in _fields_of(type_):
            if name in value:
                taken += 1
                found[out_name] = coerce(value[name])
            elif not may_be_left_out:
                raise InDoubt
        if taken < len(value):
            raise InDoubt
        return type_.out_type(found)

    return fields


@cache
def _fields_of(type_: GraphQLInputObjectType) -> list[tuple[str, str, Coerce, bool]]:
    return [
        (name, field.out_name or name, _coercing(field.type), _may_be_left_out(field))
        for name, field in type_.fields.items()
    ]


def _may_be_left_out(field: GraphQLInputField) -> bool:
    has_default = field.default is not None or field.default_value is not Undefined
    return not has_default and not isinstance(field.type, GraphQLNonNull)
