"""Calls: a mutation as a document calls it, and what it asks of the payload."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_argument_values,
    get_named_type,
)
from graphql.execution.collect_fields import FieldDetails

from api.kernel.arguments import Variables
from api.kernel.mutations import MUTATIONS, Mutation
from api.kernel.selections import Builder, Operation, Root, python_name
from persistence.reading.selection import Field, ReadRequest

TYPENAME = "__typename"


@dataclass(frozen=True, eq=False)
class Call:
    """One mutation of an operation.

    `payload` has the names of what is asked for by key, and `errors` the same of each error under
    its key; `objects` is what is read back under the others.
    """

    key: str
    name: str
    mutation: Mutation
    definition: GraphQLField
    nodes: Sequence[FieldNode]
    payload: Mapping[str, str]
    errors: Mapping[str, Mapping[str, str]]
    objects: tuple[Field, ...]

    def arguments(self, variables: Variables) -> Mapping[str, Any]:
        """What it is told."""
        return get_argument_values(self.definition, self.nodes[0], variables.values)


def call_of(operation: Operation, variables: Variables, root: Root) -> Call:
    """The mutation that a root field calls."""
    found: Call | None = root.performed
    if found is None:
        found = root.performed = _built(Builder(operation, variables.values), root)
    return found


def _built(builder: Builder, root: Root) -> Call:
    operation, nodes = builder.operation, [each.node for each in root.details]
    name = nodes[0].name.value
    definition = operation.schema.get_field(operation.root_type, name)
    assert definition is not None, "Validation has seen this field."
    mutation = MUTATIONS[python_name(definition)]
    payload = get_named_type(definition.type)
    assert isinstance(payload, GraphQLObjectType), "Every mutation answers with one."
    asked = builder.grouped(payload, list(root.details))
    return Call(
        root.key,
        name,
        mutation,
        definition,
        nodes,
        {key: _name(inner) for key, inner in asked.items()},
        {
            key: _names(builder, payload.fields["errors"], inner)
            for key, inner in asked.items()
            if _name(inner) == "errors"
        },
        tuple(_objects(builder, mutation, payload, asked)),
    )


def _objects(
    builder: Builder,
    mutation: Mutation,
    payload: GraphQLObjectType,
    asked: Mapping[str, list[FieldDetails]],
) -> Iterator[Field]:
    for key, inner in asked.items():
        if _name(inner) not in ("errors", TYPENAME):
            named = get_named_type(payload.fields[_name(inner)].type)
            selection, _ = builder.selection(named, inner)
            yield Field(key, "nodes" if mutation.rows else "node", _by_id, selection)


def _names(
    builder: Builder, definition: GraphQLField, details: list[FieldDetails]
) -> Mapping[str, str]:
    named = get_named_type(definition.type)
    assert isinstance(named, GraphQLObjectType), "An error is an object."
    return {key: _name(inner) for key, inner in builder.grouped(named, details).items()}


def _name(details: list[FieldDetails]) -> str:
    return details[0].node.name.value


def _by_id(run: ReadRequest) -> Mapping[str, Any]:
    return run.bound_ids
