"""Arguments: what graphql-core makes of those of a field, made once and filled in per request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLField,
    ListValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    VariableNode,
    get_argument_values,
)
from graphql.execution.values import VariableValues

from persistence.reading.selection import ReadRequest

MOST_MOLDS = 32


@dataclass(eq=False)
class Variables:
    """The coerced variables of one request, and the arguments that were made from them so far."""

    values: VariableValues
    arguments: dict[int, Mapping[str, Any]] = field(default_factory=dict)


NO_VARIABLES = VariableValues({}, {})


@dataclass(frozen=True)
class Gap:
    """Where the value of a variable belongs, in arguments that are coerced but for it."""

    variable: str


@dataclass(eq=False)
class FieldArguments:
    """The arguments of a field, coerced once for all, with gaps for the values of variables.

    Variables are coerced before, as a whole, so each request only fills in its own. What is around
    the gaps depends on nothing but on which variables are given, and which of them are null.
    """

    definition: GraphQLField
    node: FieldNode
    flatten: str | None
    literal: Mapping[str, Any] | None = None
    _molds: dict[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = self.node.arguments or ()
        self._variables = sorted(set().union(*map(variables_in, given)))
        self._varying = {self._named(each) for each in given if variables_in(each)}
        if not self._variables:
            self.literal = self._flat(self._mold(NO_VARIABLES))

    def __call__(self, run: ReadRequest) -> Mapping[str, Any]:
        """The arguments by Python name; those absent or null are left out."""
        if self.literal is not None:
            return self.literal
        variables: Variables = run.variables
        found = variables.arguments.get(id(self))
        if found is None:
            filled = _filled(self._mold(variables.values), variables.values.coerced)
            found = variables.arguments[id(self)] = self._flat(filled)
        return found

    def _mold(self, values: VariableValues) -> Mapping[str, Any]:
        given = values.coerced
        key = tuple((name in given, given.get(name) is None) for name in self._variables)
        found = self._molds.get(key)
        if found is None:
            if len(self._molds) >= MOST_MOLDS:
                self._molds.clear()
            gaps = {name: None if value is None else Gap(name) for name, value in given.items()}
            with_gaps = VariableValues(values.sources, gaps)
            found = get_argument_values(self.definition, self.node, with_gaps)
            self._molds[key] = found
        return found

    def _flat(self, coerced: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: value for name, value in coerced.items() if value is not None}
        if self.flatten is not None:
            given |= given.pop(self.flatten, {})
        return given

    def varies(self, name: str) -> bool:
        """Whether this argument depends on the request's variables; flattened ones do together."""
        return name in self._varying or self.flatten in self._varying

    def settled(self, *names: str) -> Mapping[str, Any]:
        """Those of these arguments that are given, where none of them varies."""
        if self.literal is not None:
            return self.literal
        written = [each for each in self.node.arguments or () if self._named(each) in names]
        alone = FieldNode(name=self.node.name, arguments=tuple(written))
        return get_argument_values(self.definition, alone, NO_VARIABLES)

    def _named(self, written: ArgumentNode) -> str:
        name = written.name.value
        return self.definition.args[name].out_name or name


def variables_in(node: Any) -> set[str]:
    """The variables in an argument or in a value."""
    match node:
        case VariableNode():
            return {node.name.value}
        case ListValueNode(values=inner) | ObjectValueNode(fields=inner):
            return set().union(*map(variables_in, inner))
        case ArgumentNode(value=inner) | ObjectFieldNode(value=inner):
            return variables_in(inner)
        case _:
            return set()


def _filled(mold: Any, values: Mapping[str, Any]) -> Any:
    """Arguments with the values of variables in their gaps."""
    if isinstance(mold, Gap):
        return values[mold.variable]
    if isinstance(mold, dict):
        return {name: _filled(each, values) for name, each in mold.items()}
    if isinstance(mold, list):
        return [_filled(each, values) for each in mold]
    return mold
