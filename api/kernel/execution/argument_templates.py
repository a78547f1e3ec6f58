"""Arguments of a field, coerced by graphql-core once per document and filled in per request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    ListValueNode,
    NameNode,
    ObjectFieldNode,
    ObjectValueNode,
    VariableNode,
    get_argument_values,
    get_named_type,
)
from graphql.execution.values import VariableValues

from api.kernel.schema.input_bounds import (
    Checks,
    build_checks,
    build_input_checks,
    run_checks,
)
from api.kernel.schema.value_faults import UnreadableValue, find_value_faults

MAX_TEMPLATES = 32


@dataclass(eq=False)
class Variables:
    """The coerced variables of one request, and the arguments computed from them so far.

    `checked_fields` are those whose arguments are within their bounds.
    """

    values: VariableValues
    arguments_by_field: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    checked_fields: set[int] = field(default_factory=set)


class HasVariables(Protocol):
    """A request, or the part of one that a read needs."""

    @property
    def variables(self) -> Any:
        """The request's `Variables`."""
        ...


NO_VARIABLES = VariableValues({}, {})


@dataclass(frozen=True)
class VariableSlot:
    """The place of a variable's value in coerced arguments."""

    variable: str


@dataclass(eq=False)
class ArgumentTemplate:
    """The arguments of a field, coerced once, with slots for the values of variables.

    Variables are coerced before, as a whole, so a request only fills its values in. The rest
    depends on nothing but which variables are given, and which of them are null.

    `flatten` names an argument whose fields count as arguments themselves. Null arguments are left
    out unless `keeps_nulls` is set, because a mutation tells null from absent. A mutation also
    checks the bounds of its inputs itself, one by one.
    """

    definition: GraphQLField
    node: FieldNode
    flatten: str | None = None
    keeps_nulls: bool = False
    literal_arguments: Mapping[str, Any] | None = None
    _checks: Checks = field(init=False)
    _templates: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        argument_nodes = self.node.arguments or ()
        self._unreadable: dict[str, UnreadableValue] = {}
        if self.keeps_nulls:
            self.node = self._replace_unreadable_literals()
        self._checks = {} if self.keeps_nulls else self._build_checks()
        self._variable_names = sorted(set().union(*map(collect_variables, argument_nodes)))
        self._varying_arguments = {
            self._get_python_name(each) for each in argument_nodes if collect_variables(each)
        }
        if not self._variable_names:
            self.literal_arguments = self._flatten_argument(self._get_template(NO_VARIABLES))

    def __call__(self, request: HasVariables) -> Mapping[str, Any]:
        """Return the arguments of a request by their Python names, within their bounds.

        Raises Invalid or LimitExceeded for a text or a list beyond its bound.
        """
        found = self.fill_in(request)
        if self._checks and id(self) not in request.variables.checked_fields:
            run_checks(self._checks, found)
            request.variables.checked_fields.add(id(self))
        return found

    @property
    def has_bounds(self) -> bool:
        """Return whether a text or a list among the arguments has a bound."""
        return bool(self._checks)

    def fill_in(self, request: HasVariables) -> Mapping[str, Any]:
        """Return the arguments of a request without a check of their bounds."""
        if self.literal_arguments is not None:
            return self.literal_arguments
        variables: Variables = request.variables
        found = variables.arguments_by_field.get(id(self))
        if found is None:
            template = self._get_template(variables.values)
            found = self._flatten_argument(_fill_slots(template, variables.values.coerced))
            variables.arguments_by_field[id(self)] = found
        return found

    def _build_checks(self) -> Checks:
        """Return the checks of the given arguments; those of flattened ones have shorter paths."""
        given = {each.name.value for each in self.node.arguments or ()}
        arguments = {name: each for name, each in self.definition.args.items() if name in given}
        flattened = arguments.pop(self.flatten or "", None)
        checks = dict(build_checks(arguments))
        if flattened is not None:
            input_type = get_named_type(flattened.type)
            assert isinstance(input_type, GraphQLInputObjectType), "Only inputs are flattened."
            checks.update(build_input_checks(input_type))
        return checks

    def _get_template(self, values: VariableValues) -> Mapping[str, Any]:
        coerced_values = values.coerced
        key = tuple(
            (name in coerced_values, coerced_values.get(name) is None)
            for name in self._variable_names
        )
        found = self._templates.get(key)
        if found is None:
            if len(self._templates) >= MAX_TEMPLATES:
                self._templates.clear()
            slots = {
                name: None if value is None else VariableSlot(name)
                for name, value in coerced_values.items()
            }
            values_with_slots = VariableValues(values.sources, slots | self._unreadable)
            found = get_argument_values(self.definition, self.node, values_with_slots)
            self._templates[key] = found
        return found

    def _replace_unreadable_literals(self) -> FieldNode:
        """Return the field with a variable in place of each literal that cannot be read.

        The variables have names that no document can use, and the value `UnreadableValue`.
        """
        names: dict[int, str] = {}
        for each in self.node.arguments or ():
            for fault in find_value_faults(each.value, self.definition.args[each.name.value].type):
                name = names[id(fault.node)] = f"~{len(names)}"
                is_empty = not str(getattr(fault.node, "value", "-")).strip()
                self._unreadable[name] = UnreadableValue(fault.message, fault.node, is_empty)
        if not names:
            return self.node
        arguments = [_replace_nodes(each, names) for each in self.node.arguments or ()]
        return FieldNode(name=self.node.name, arguments=tuple(arguments))

    def _flatten_argument(self, coerced_arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.keeps_nulls:
            return coerced_arguments
        arguments = {name: value for name, value in coerced_arguments.items() if value is not None}
        if self.flatten is not None:
            arguments |= arguments.pop(self.flatten, {})
        return arguments

    def may_vary(self, name: str) -> bool:
        """Return whether this argument depends on variables; all flattened ones do if one does."""
        return name in self._varying_arguments or self.flatten in self._varying_arguments

    def constant_arguments(self, *names: str) -> Mapping[str, Any]:
        """Return those of these arguments that are given; none of them may vary.

        The others are left out of the definition, too: one that is required may vary.
        """
        if self.literal_arguments is not None:
            return self.literal_arguments
        argument_nodes = [
            each for each in self.node.arguments or () if self._get_python_name(each) in names
        ]
        field_node = FieldNode(name=self.node.name, arguments=tuple(argument_nodes))
        known = {
            name: each
            for name, each in self.definition.args.items()
            if (each.out_name or name) in names
        }
        definition = GraphQLField(self.definition.type, args=known)
        return get_argument_values(definition, field_node, NO_VARIABLES)

    def _get_python_name(self, argument_node: ArgumentNode) -> str:
        name = argument_node.name.value
        return self.definition.args[name].out_name or name


def collect_variables(node: Any) -> set[str]:
    """Return the names of the variables in an argument or in a value."""
    match node:
        case VariableNode():
            return {node.name.value}
        case ListValueNode(values=inner) | ObjectValueNode(fields=inner):
            return set().union(*map(collect_variables, inner))
        case ArgumentNode(value=inner) | ObjectFieldNode(value=inner):
            return collect_variables(inner)
        case _:
            return set()


def _replace_nodes(node: Any, names: Mapping[int, str]) -> Any:
    """Return a copy of an argument or value with variables in place of some nodes."""
    if id(node) in names:
        return VariableNode(name=NameNode(value=names[id(node)]))

    def replace_all(nodes: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(_replace_nodes(each, names) for each in nodes)

    match node:
        case ListValueNode():
            return ListValueNode(values=replace_all(node.values))
        case ObjectValueNode():
            return ObjectValueNode(fields=replace_all(node.fields))
        case ArgumentNode() | ObjectFieldNode():
            return type(node)(name=node.name, value=_replace_nodes(node.value, names))
        case _:
            return node


def _fill_slots(template: Any, values: Mapping[str, Any]) -> Any:
    """Return a copy of the template with the values of variables in its slots."""
    if isinstance(template, VariableSlot):
        return values[template.variable]
    if isinstance(template, dict):
        return {name: _fill_slots(each, values) for name, each in template.items()}
    if isinstance(template, list):
        return [_fill_slots(each, values) for each in template]
    return template
