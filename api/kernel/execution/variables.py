"""Coercion of variables by functions that are built once per type.

They coerce plain values. All other cases (a default, a single value for a list, a wrong type) are
left to graphql-core.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    OperationType,
    Undefined,
    VariableNode,
    Visitor,
    get_variable_values,
    visit,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.pyutils import print_path_list

from api.kernel.execution.selection_builder import Operation
from api.kernel.schema.value_faults import (
    ValueFault,
    coerce_with_unreadable,
    find_value_faults,
)

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
        return _coerce_with_unreadable(operation, raw_variables)


def _coerce_with_unreadable(
    operation: Operation, raw_variables: dict[str, Any]
) -> VariableValues | list[GraphQLError]:
    """Return the variables with values that cannot be read, or the errors in them.

    Only variables in the inputs of mutations may have such values: they become errors of the
    payload.
    """
    values, errors = VariableValues({}, {}), list[GraphQLError]()
    input_variables = collect_input_variables(operation)
    for node in operation.node.variable_definitions or ():
        name = node.variable.name.value
        found = get_variable_values(operation.schema, [node], raw_variables, max_errors=1)
        if isinstance(found, VariableValues):
            values.sources.update(found.sources)
            values.coerced.update(found.coerced)
            continue
        signature = get_variable_signature(operation.schema, node)
        if isinstance(signature, GraphQLError):
            errors.append(signature)
            continue
        value = raw_variables.get(name, Undefined)
        faults = list(islice(find_value_faults(value, signature.type), MAX_VARIABLE_ERRORS))
        if name in input_variables and faults and all(each.is_leaf for each in faults):
            values.sources[name] = VariableValueSource(signature, value)
            values.coerced[name] = coerce_with_unreadable(value, signature.type, node)
            continue
        errors += [
            GraphQLError(
                f"Variable '${name}' has invalid value{print_path_list(each.path)}: {each.message}",
                node,
            )
            for each in faults or [ValueFault((), "This value does not match its type.")]
        ]
    return errors[:MAX_VARIABLE_ERRORS] or values


def collect_input_variables(operation: Operation) -> set[str]:
    """Return the variables of a mutation that are used in the arguments of root fields only."""
    if operation.kind is not OperationType.MUTATION:
        return set()
    inside, outside = _VariableCollector(), _VariableCollector()
    for each in operation.node.selection_set.selections:
        if not isinstance(each, FieldNode):
            visit(each, outside)
            continue
        for part in (*(each.directives or ()), *filter(None, [each.selection_set])):
            visit(part, outside)
        for argument in each.arguments or ():
            visit(argument, inside)
    for fragment in operation.fragments.values():
        visit(fragment.definition, outside)
    return inside.names - outside.names


class _VariableCollector(Visitor):
    """A collector of the names of variables."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Add the name of a variable."""
        self.names.add(node.name.value)


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
