"""A mutation as a document calls it, and what the document selects of its payload."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
)
from graphql.execution.collect_fields import FieldDetails

from api.kernel.execution.argument_templates import ArgumentTemplate, Variables
from api.kernel.execution.computed_results import Shape, build_shape
from api.kernel.execution.selection_builder import (
    TYPENAME,
    Operation,
    RootField,
    SelectionBuilder,
    get_python_name,
)
from api.kernel.schema.mutations import MUTATIONS, Mutation
from persistence.kernel.wire_format import QUERY_TYPE
from persistence.reading.selection import JSON_TEXTS_FIELD, Field, ReadRequest, Selection

PART_ID = "part_id"
"""The name under which a read request has the id of the part that a mutation made."""

FAULT_FIELDS = ("errors", "warnings", "differences", "resolved")
"""Fields of payloads with a list of plain objects."""
OUTCOMES = "outcomes"
STORED = "stored"
"""Fields of payloads that are no objects to read."""


@dataclass(frozen=True, eq=False)
class ObjectRead:
    """The objects that a payload selects, read in one statement.

    Several objects are one field with a list of texts; a single one is read as the JSON it is.
    """

    keys: tuple[str, ...]
    field: Field | None

    @classmethod
    def create(cls, fields: Sequence[Field]) -> "ObjectRead":
        """Create the read of these fields, each with its response key."""
        keys = tuple(each.response_key for each in fields)
        if len(fields) <= 1:
            return cls(keys, fields[0] if fields else None)
        selection = Selection({QUERY_TYPE: tuple(fields)})
        return cls(keys, Field(JSON_TEXTS_FIELD, JSON_TEXTS_FIELD, selection=selection))

    def split(self, value: Any) -> dict[str, Any]:
        """Return the JSON of each object by response key, from the value of the field."""
        values = value if len(self.keys) > 1 else [value]
        return {
            key: None if each is None else orjson.Fragment(each)
            for key, each in zip(self.keys, values, strict=True)
        }


@dataclass(frozen=True, eq=False)
class MutationCall:
    """One mutation of an operation.

    `payload_fields` has the names of the selected fields by response key. `error_fields` has the
    names of the fields of an error, for each key of `errors` and the like, and `shapes` what is
    selected of computed data, by its key. `read_back` reads the
    objects, and `current_read` those of them that exist also when nothing was changed: all but the
    made part.
    """

    key: str
    name: str
    mutation: Mutation
    arguments: ArgumentTemplate
    nodes: Sequence[FieldNode]
    payload_fields: Mapping[str, str]
    error_fields: Mapping[str, Mapping[str, str]]
    shapes: Mapping[str, Shape]
    read_back: "ObjectRead"
    current_read: "ObjectRead"

    @property
    def read_fields(self) -> tuple[Field | None, ...]:
        """Return the fields that were read for this call."""
        return self.read_back.field, self.current_read.field


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
    object_fields = list(_build_object_fields(builder, mutation, payload, payload_selection))
    return MutationCall(
        root_field.key,
        name,
        mutation,
        root_field.arguments,
        nodes,
        {key: _get_field_name(inner) for key, inner in payload_selection.items()},
        {
            key: _collect_field_names(builder, payload.fields[_get_field_name(inner)], inner)
            for key, inner in payload_selection.items()
            if _get_field_name(inner) in FAULT_FIELDS
        },
        dict(_build_shapes(builder, mutation, payload, payload_selection)),
        ObjectRead.create(object_fields),
        ObjectRead.create([each for each in object_fields if each.arguments is _get_object_ids]),
    )


def _build_object_fields(
    builder: SelectionBuilder,
    mutation: Mutation,
    payload: GraphQLObjectType,
    payload_selection: Mapping[str, list[FieldDetails]],
) -> Iterator[Field]:
    for key, inner in payload_selection.items():
        name = _get_field_name(inner)
        others = mutation.deleted_id_field, mutation.computed_field
        if name not in (*FAULT_FIELDS, OUTCOMES, STORED, TYPENAME, *others):
            named_type = get_named_type(payload.fields[name].type)
            selection, _ = builder.build_selection(named_type, inner)
            get_ids = _get_part_ids if name == mutation.part_field else _get_object_ids
            yield Field(key, "nodes" if mutation.list_field else "node", get_ids, selection)


def _build_shapes(
    builder: SelectionBuilder,
    mutation: Mutation,
    payload: GraphQLObjectType,
    payload_selection: Mapping[str, list[FieldDetails]],
) -> Iterator[tuple[str, Shape]]:
    for key, inner in payload_selection.items():
        name = _get_field_name(inner)
        if name == mutation.computed_field:
            computed = get_named_type(payload.fields[name].type)
            assert isinstance(computed, GraphQLObjectType), "What is computed is an object."
            yield key, build_shape(builder, computed, inner)


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


def _get_object_ids(request: ReadRequest) -> Mapping[str, Any]:
    return request.bound_ids


def _get_part_ids(request: ReadRequest) -> Mapping[str, Any]:
    return {"id": request.bound_ids[PART_ID]}
