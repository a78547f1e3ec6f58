"""Faults of values: what does not fit the type of an input, in a variable or in the document.

The messages of graphql-core repeat what was sent, and name types of Python. These say what is
expected instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableNode,
    get_location,
    is_required_input_field,
    is_specified_scalar_type,
)
from graphql.language import SKIP
from graphql.pyutils import did_you_mean, suggestion_list
from graphql.utilities.replace_variables import replace_variables

from api.kernel.schema.declarations import BACKREF
from domain.kernel.errors import Code, Invalid

MAX_LISTED_VALUES = 20
"""The most values of an enum that a message lists."""

_EXPECTATIONS = {
    "Int": "A whole number from -2147483648 to 2147483647 is expected here.",
    "Float": "A number is expected here.",
    "String": "A text is expected here.",
    "Boolean": "`true` or `false` is expected here.",
    "ID": "An id is expected here, as text.",
}


Path = tuple[str | int, ...]


class ValueFault(NamedTuple):
    """What is wrong with a value: where, why, and the node of a value in the document.

    `is_leaf` tells a scalar or enum that cannot be read from a wrong structure.
    """

    path: Path
    message: str
    node: Any = None
    is_leaf: bool = False


@dataclass(frozen=True)
class UnreadableValue:
    """Stands for a scalar or enum of a mutation's input that cannot be read.

    `node` is the literal in the document, or the definition of the variable. `is_empty` says
    that it is a text without any characters to see.
    """

    message: str
    node: Any
    is_empty: bool = False

    def __str__(self) -> str:
        return self.message


class UnreadableFault(Invalid):
    """A value that cannot be read. `location` is its line and column in the document."""

    code = Code.INVALID_FORMAT

    def __init__(self, value: UnreadableValue, *field: str) -> None:
        super().__init__(value.message, *field)
        location = get_location(value.node.loc.source, value.node.loc.start)
        self.location = location.line, location.column


class ValuesOfCorrectType(ValuesOfCorrectTypeRule):
    """The rule that literals fit their types, with messages that do not repeat them."""

    def is_valid_value_node(self, node: Any, input_type: Any) -> Any:
        """Report the faults of a literal, and do not visit what is inside of it."""
        if input_type:
            hides, in_mutation = self.context.hide_suggestions, self._is_in_mutation_input()
            for each in find_value_faults(node, input_type, hides_suggestions=hides):
                if not (in_mutation and each.is_leaf):  # becomes an error of the payload
                    self.report_error(GraphQLError(each.message, each.node))
        return SKIP

    def _is_in_mutation_input(self) -> bool:
        mutation_type = self.context.schema.mutation_type
        is_root_field = self.context.get_parent_type() is mutation_type is not None
        return is_root_field and self.context.get_directive() is None


def find_value_faults(
    value: Any, type_: Any, path: Path = (), *, hides_suggestions: bool = False
) -> Iterator[ValueFault]:
    """Yield what is wrong with a value of a variable, or with a literal, in the type's order.

    Variables inside of a literal fit: their values are checked by themselves.
    """
    node, opened = (value, _open_literal(value)) if isinstance(value, Node) else (None, value)
    if opened is None or opened is Undefined:
        if isinstance(type_, GraphQLNonNull):
            yield ValueFault(path, "A value is required here. It cannot be null.", node)
        return
    if isinstance(opened, VariableNode):
        return
    type_ = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    match type_:
        case GraphQLList():
            items = enumerate(opened) if isinstance(opened, list) else [(None, value)]
            for index, item in items:
                here = path if index is None else (*path, index)
                yield from find_value_faults(
                    item, type_.of_type, here, hides_suggestions=hides_suggestions
                )
        case GraphQLInputObjectType():
            found = _find_object_faults(opened, type_, path, hides_suggestions=hides_suggestions)
            yield from (each._replace(node=each.node or node) for each in found)
            if node is None:  # another rule checks literals
                yield from _find_one_of_fault(opened, type_, path)
        case _:
            message = _find_leaf_fault(value, type_)
            if message is not None:
                yield ValueFault(path, message, node, is_leaf=True)


def _open_literal(node: Node) -> Any:
    """Return the fields of an object, the items of a list, or None for null; else the node."""
    match node:
        case ObjectValueNode():
            return {each.name.value: each.value for each in node.fields}
        case ListValueNode():
            return list(node.values)
        case NullValueNode():
            return None
        case _:
            return node


def _find_object_faults(
    given: Any, type_: GraphQLInputObjectType, path: Path, *, hides_suggestions: bool
) -> Iterator[ValueFault]:
    if not isinstance(given, dict):
        yield ValueFault(path, f"An object of the type {type_.name} is expected here.")
        return
    for name, field in type_.fields.items():
        if name in given:
            yield from find_value_faults(
                given[name], field.type, (*path, name), hides_suggestions=hides_suggestions
            )
        elif is_required_input_field(field):
            yield ValueFault(path, f"The field {name} of {type_.name} is missing. Fill it in.")
    unknown = [name for name in given if name not in type_.fields]
    for name in unknown:
        suggestions = [] if hides_suggestions else suggestion_list(name, list(type_.fields))
        message = f"{type_.name} has no field of this name.{did_you_mean(suggestions)}"
        yield ValueFault(path, message, given[name] if isinstance(given[name], Node) else None)


def _find_one_of_fault(
    given: Any, type_: GraphQLInputObjectType, path: Path
) -> Iterator[ValueFault]:
    """Yield the fault of an object that takes exactly one field and has another number."""
    if not type_.extensions[BACKREF].is_one_of or not isinstance(given, dict):
        return
    if [each is not None for each in given.values()] != [True]:
        yield ValueFault(path, f"Give {type_.name} exactly one field, and not null.")


def _find_leaf_fault(value: Any, type_: GraphQLLeafType) -> str | None:
    """Return the message about a scalar or enum that cannot be read, or None."""
    try:
        if _coerce_leaf(value, type_) is not Undefined:
            return None
    except GraphQLError as error:
        if not isinstance(type_, GraphQLEnumType) and not is_specified_scalar_type(type_):
            return error.message  # our own scalars say what is expected
    except Exception:  # noqa: BLE001, S110 - scalars raise errors of any type
        pass
    return _describe_expected(type_)


def _coerce_leaf(value: Any, type_: GraphQLLeafType) -> Any:
    if not isinstance(value, ValueNode):
        return type_.coerce_input_value(value)
    if type_.coerce_input_literal is None:
        return type_.parse_literal(value)
    return type_.coerce_input_literal(replace_variables(value))


def _describe_expected(type_: GraphQLLeafType) -> str:
    """Return what a scalar or enum expects, as a sentence."""
    if not isinstance(type_, GraphQLEnumType):
        return _EXPECTATIONS.get(type_.name, f"A {type_.name} is expected here.")
    if len(type_.values) > MAX_LISTED_VALUES:
        return f"A value of the enum {type_.name} is expected here."
    return f"One of these is expected here: {', '.join(type_.values)}."


def coerce_with_unreadable(value: Any, type_: Any, node: Any) -> Any:
    """Return the coerced value of a variable whose structure is right.

    Each scalar and enum in it that cannot be read becomes an `UnreadableValue` with this node.
    """
    type_ = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if value is None:
        return None
    match type_:
        case GraphQLList():
            items = value if isinstance(value, list) else [value]
            return [coerce_with_unreadable(each, type_.of_type, node) for each in items]
        case GraphQLInputObjectType():
            given = {name: field for name, field in type_.fields.items() if name in value}
            return {
                field.out_name or name: coerce_with_unreadable(value[name], field.type, node)
                for name, field in given.items()
            }
        case _:
            message = _find_leaf_fault(value, type_)
            if message is None:
                return _coerce_leaf(value, type_)
            return UnreadableValue(message, node, isinstance(value, str) and not value.strip())
