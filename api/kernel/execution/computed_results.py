"""What a mutation computes beside its object: plain data, shaped as the document selects it.

It is no object of the database, so nothing of it is read after the commit.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from graphql import GraphQLObjectType, get_named_type
from graphql.execution.collect_fields import FieldDetails

from api.kernel.execution.selection_builder import TYPENAME, SelectionBuilder, get_python_name
from persistence.kernel.wire_format import format_moment

Shape = Mapping[str, tuple[str, "Shape | None"]]
"""The Python name of each selected field by response key, and what is selected below it."""


def build_shape(
    builder: SelectionBuilder, type_: GraphQLObjectType, details: list[FieldDetails]
) -> Shape:
    """Return what a document selects of plain data of this type."""
    shape = dict[str, tuple[str, Shape | None]]()
    for key, inner in builder.group_fields(type_, details).items():
        name = inner[0].node.name.value
        if name == TYPENAME:
            shape[key] = TYPENAME, None
            continue
        definition = type_.fields[name]
        below = get_named_type(definition.type)
        is_object = isinstance(below, GraphQLObjectType)
        shape[key] = (
            get_python_name(definition),
            build_shape(builder, below, inner) if is_object else None,
        )
    return shape


def shape_result(value: Any, shape: Shape | None) -> Any:
    """Return plain data as JSON, with the selected fields."""
    if isinstance(value, list | tuple):
        return [shape_result(each, shape) for each in value]
    if value is None or shape is None:
        return _shape_leaf(value)
    return {
        key: type(value).__name__ if name == TYPENAME else shape_result(getattr(value, name), inner)
        for key, (name, inner) in shape.items()
    }


def _shape_leaf(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name
    return format_moment(value) if isinstance(value, date) else value
