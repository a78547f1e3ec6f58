"""A mutation as a document calls it, and what the document selects of its payload."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
)
from graphql.execution.collect_fields import FieldDetails

from api.kernel.execution.argument_templates import ArgumentTemplate, Variables
from api.kernel.execution.selection_builder import (
    TYPENAME,
    Operation,
    RootField,
    SelectionBuilder,
    get_python_name,
)
from api.kernel.schema.input_bounds import Checks, build_input_checks
from api.kernel.schema.mutations import MUTATIONS, Mutation
from persistence.reading.selection import Field, ReadRequest


@dataclass(frozen=True, eq=False)
class MutationCall:
    """One mutation of an operation.

    `payload_fields` has the names of the selected fields by response key. `error_fields` has the
    names of the fields of an error, for each key of `errors`. `object_fields` are read back.
    `input_checks` are the bounds of one input.
    """

    key: str
    name: str
    mutation: Mutation
    arguments: ArgumentTemplate
    nodes: Sequence[FieldNode]
    payload_fields: Mapping[str, str]
    error_fields: Mapping[str, Mapping[str, str]]
    object_fields: tuple[Field, ...]
    input_checks: Checks


def prepare_call(operation: Operation, variables: Variables, root_field: RootField) -> MutationCall:
    """Return the call of a root field, built at the first request that needs it."""
    found: MutationCall | None = root_field.mutation_call
    if found is None:
        found = root_field.mutation_call = _build_call(
            SelectionBuilder(operation, variables.values), root_field
        )
    return found


def _build_call(builder: SelectionBuilder, root_field: RootField) -> MutationCall:
    operation, nodes = builder.operation, [each.node for each in root_field.details]
    name = nodes[0].name.value
    definition = operation.schema.get_field(operation.root_type, name)
    assert definition is not None, "Validation has seen this field."
    mutation = MUTATIONS[get_python_name(definition)]
    payload = get_named_type(definition.type)
    assert isinstance(payload, GraphQLObjectType), "Every mutation returns a payload."
    assert root_field.arguments is not None, "Every mutation has a template of its arguments."
    payload_selection = builder.group_fields(payload, list(root_field.details))
    return MutationCall(
        root_field.key,
        name,
        mutation,
        root_field.arguments,
        nodes,
        {key: _get_field_name(inner) for key, inner in payload_selection.items()},
        {
            key: _collect_field_names(builder, payload.fields["errors"], inner)
            for key, inner in payload_selection.items()
            if _get_field_name(inner) == "errors"
        },
        tuple(_build_object_fields(builder, mutation, payload, payload_selection)),
        _build_input_checks(definition),
    )


def _build_input_checks(definition: GraphQLField) -> Checks:
    (argument,) = definition.args.values()
    input_type = get_named_type(argument.type)
    assert isinstance(input_type, GraphQLInputObjectType), "Every mutation takes an input."
    return build_input_checks(input_type)


def _build_object_fields(
    builder: SelectionBuilder,
    mutation: Mutation,
    payload: GraphQLObjectType,
    payload_selection: Mapping[str, list[FieldDetails]],
) -> Iterator[Field]:
    for key, inner in payload_selection.items():
        if _get_field_name(inner) not in ("errors", TYPENAME, mutation.deleted_id_field):
            named_type = get_named_type(payload.fields[_get_field_name(inner)].type)
            selection, _ = builder.build_selection(named_type, inner)
            yield Field(key, "nodes" if mutation.batch_field else "node", _get_bound_ids, selection)


def _collect_field_names(
    builder: SelectionBuilder, definition: GraphQLField, details: list[FieldDetails]
) -> Mapping[str, str]:
    named_type = get_named_type(definition.type)
    assert isinstance(named_type, GraphQLObjectType), "An error is an object."
    return {
        key: _get_field_name(inner)
        for key, inner in builder.group_fields(named_type, details).items()
    }


def _get_field_name(details: list[FieldDetails]) -> str:
    return details[0].node.name.value


def _get_bound_ids(run: ReadRequest) -> Mapping[str, Any]:
    return run.bound_ids
