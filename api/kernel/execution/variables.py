"""Coercion of variables by functions that are built once per type.

They coerce plain values. All other cases (a default, a single value for a list, a wrong type) are
left to graphql-core.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

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
from graphql.pyutils import print_path_list

from api.kernel.execution.selection_builder import Operation
from api.kernel.schema.value_faults import find_value_faults

Coercer = Callable[[Any], Any]
VariableCoercers = Sequence[tuple[GraphQLVariableSignature, Coercer]]

MAX_VARIABLE_ERRORS = 10


class NeedsFullCoercion(Exception):
    """A value that graphql-core has to coerce or refuse."""


def coerce_variables(
    operation: Operation, raw_variables: dict[str, Any]
) -> VariableValues | list[GraphQLError]:
    """Return the coerced variables of an operation, or the errors in them."""
    try:
        return _coerce_fast(operation, raw_variables)
    except Exception:  # noqa: BLE001 - scalars raise errors of any type
        definitions = operation.node.variable_definitions or ()
        found = get_variable_values(
            operation.schema, definitions, raw_variables, max_errors=1, hide_suggestions=True
        )
        if isinstance(found, VariableValues):
            return found
        errors = list(islice(_find_errors(operation, raw_variables), MAX_VARIABLE_ERRORS))
        return errors or [GraphQLError("The variables do not match their types.")]


def _find_errors(operation: Operation, raw_variables: Mapping[str, Any]) -> Iterator[GraphQLError]:
    """Yield the errors in the variables of an operation; none repeats a value."""
    for node in operation.node.variable_definitions or ():
        signature = get_variable_signature(operation.schema, node)
        if isinstance(signature, GraphQLError):
            yield signature
            continue
        value = raw_variables.get(signature.name, Undefined)
        if value is Undefined and signature.default:
            continue
        for each in find_value_faults(value, signature.type):
            place = f"'${signature.name}' has invalid value{print_path_list(each.path)}"
            yield GraphQLError(f"Variable {place}: {each.message}", node)


def _coerce_fast(operation: Operation, raw_variables: Mapping[str, Any]) -> VariableValues:
    values = VariableValues({}, {})
    for signature, coerce in _get_variable_coercers(operation):
        value = raw_variables.get(signature.name, Undefined)
        values.sources[signature.name] = VariableValueSource(signature, value)
        if value is not Undefined:
            values.coerced[signature.name] = coerce(value)
        elif signature.default or isinstance(signature.type, GraphQLNonNull):
            raise NeedsFullCoercion
    return values


def _get_variable_coercers(operation: Operation) -> VariableCoercers:
    """Return the coercers of an operation, built once per document."""
    if operation.variable_coercers is None:
        operation.variable_coercers = [
            _build_variable_coercer(get_variable_signature(operation.schema, each))
            for each in operation.node.variable_definitions or ()
        ]
    return operation.variable_coercers


def _build_variable_coercer(
    signature: GraphQLVariableSignature | GraphQLError,
) -> tuple[GraphQLVariableSignature, Coercer]:
    if isinstance(signature, GraphQLError):
        raise NeedsFullCoercion
    return signature, _build_coercer(signature.type)


def _build_coercer(type_: Any) -> Coercer:
    match type_:
        case GraphQLNonNull():
            return _build_non_null_coercer(_build_coercer(type_.of_type))
        case GraphQLList():
            return _build_nullable_coercer(_build_list_coercer(_build_coercer(type_.of_type)))
        case _:
            return _build_nullable_coercer(_build_named_type_coercer(type_))


@cache
def _build_named_type_coercer(type_: Any) -> Coercer:
    return (
        _build_input_object_coercer(type_)
        if isinstance(type_, GraphQLInputObjectType)
        else _build_leaf_coercer(type_)
    )


def _build_non_null_coercer(coerce: Coercer) -> Coercer:
    def coerce_non_null(value: Any) -> Any:
        if value is None:
            raise NeedsFullCoercion
        return coerce(value)

    return coerce_non_null


def _build_nullable_coercer(coerce: Coercer) -> Coercer:
    return lambda value: None if value is None else coerce(value)


def _build_list_coercer(coerce: Coercer) -> Coercer:
    def coerce_list(value: Any) -> list[Any]:
        if type(value) is not list:
            raise NeedsFullCoercion
        return [coerce(item) for item in value]

    return coerce_list


def _build_leaf_coercer(type_: GraphQLLeafType) -> Coercer:
    def coerce_leaf(value: Any) -> Any:
        found = type_.coerce_input_value(value)
        if found is Undefined:
            raise NeedsFullCoercion
        return found

    return coerce_leaf


def _build_input_object_coercer(type_: GraphQLInputObjectType) -> Coercer:
    """Return a coercer that looks up its fields when used, because input types can be recursive.

    It takes time with the given fields and not with those of the type, because a filter can have
    thousands of objects. The order is that of the type, so that equal filters share a plan.
    """

    def coerce_fields(value: Any) -> Any:
        if type(value) is not dict or type_.is_one_of:
            raise NeedsFullCoercion
        fields = _index_field_coercers(type_)
        if not fields.required <= value.keys():
            raise NeedsFullCoercion
        names = sorted(value, key=fields.positions.__getitem__) if len(value) > 1 else value
        found = {}
        for name in names:
            out_name, coerce = fields.coercers[name]
            found[out_name] = coerce(value[name])
        return type_.out_type(found)

    return coerce_fields


class _FieldCoercers(NamedTuple):
    """The coercers of an input type's fields with their Python names; KeyError for no field."""

    coercers: Mapping[str, tuple[str, Coercer]]
    positions: Mapping[str, int]
    required: frozenset[str]


@cache
def _index_field_coercers(type_: GraphQLInputObjectType) -> _FieldCoercers:
    return _FieldCoercers(
        {
            name: (field.out_name or name, _build_coercer(field.type))
            for name, field in type_.fields.items()
        },
        {name: position for position, name in enumerate(type_.fields)},
        frozenset(name for name, field in type_.fields.items() if not _is_optional_field(field)),
    )


def _is_optional_field(field: GraphQLInputField) -> bool:
    has_default = field.default is not None or field.default_value is not Undefined
    return not has_default and not isinstance(field.type, GraphQLNonNull)
