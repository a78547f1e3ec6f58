"""Fields of inputs that follow from the attributes of an aggregate or part.

    @input_type(edits=Goal)
    class GoalEditInput: ...

gives the input a field for every attribute that is marked EDITABLE in the domain: its type and its
limit come from there, its description from the graph type. A field that the class declares itself
takes precedence, such as an id, which needs its prefix.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING
from enum import Enum
from typing import Any

import strawberry
from strawberry.types.maybe import Some

from api.kernel.schema.declarations import TYPE_DECLARATIONS, SchemaError, TypeDeclaration
from domain.kernel.fields import FieldSpec, editable_fields, field_specs

_ABOUT_NULL = re.compile(r" Null [^.]*\.")
"""What null means in an answer is not what it means in an input."""


def derive_fields(node_type: type, *, is_edit: bool) -> Iterator[tuple[str, Any, str]]:
    """Yield name, type and description of each editable field of a graph type.

    Fields of an edit are `Maybe`: absent leaves the value, null removes it where that is allowed.
    """
    declaration = TYPE_DECLARATIONS[node_type.__name__]
    specs = get_field_specs(node_type)
    for name in editable_fields(get_entity_class(declaration)):
        if name in declaration.field_declarations:
            text = declaration.field_declarations[name].description
            spec = specs[name]
            type_ = _edit_type(spec) if is_edit else _create_type(spec)
            yield name, type_, _describe(spec, text, is_edit=is_edit)


def get_field_specs(node_type: type) -> Mapping[str, FieldSpec]:
    """Return the attributes behind a graph type by name."""
    return field_specs(get_entity_class(TYPE_DECLARATIONS[node_type.__name__]))


def given_values(input: Any, entity: type) -> dict[str, Any]:
    """Return the editable attributes that an input gives, by name."""
    found = ((name, getattr(input, name)) for name in editable_fields(entity))
    return {
        name: each.value if isinstance(each, Some) else each
        for name, each in found
        if each is not None
    }


def get_entity_class(declaration: TypeDeclaration) -> type:
    """Return the aggregate or part behind a graph type. Raises SchemaError."""
    entity = declaration.read_model.entity_class
    if entity is None:
        raise SchemaError(
            f"{declaration.name} is no aggregate or part. Declare the fields by hand."
        )
    return entity


def _create_type(spec: FieldSpec) -> Any:
    is_required = spec.default is MISSING and not spec.is_optional
    return spec.type if is_required else spec.type | None


def _edit_type(spec: FieldSpec) -> Any:
    return strawberry.Maybe[spec.type | None if _is_removable(spec) else spec.type]  # type: ignore[misc]


def _is_removable(spec: FieldSpec) -> bool:
    return spec.is_optional or bool(getattr(spec.rule, "stores_empty", False))


def _describe(spec: FieldSpec, text: str, *, is_edit: bool) -> str:
    sentences = [_ABOUT_NULL.sub("", text)]
    if spec.rule is not None and spec.rule.limit:
        sentences.append(spec.rule.limit)
    if is_edit and _is_removable(spec):
        sentences.append("Null removes it.")
    if not is_edit and isinstance(spec.default, Enum | int):
        default = spec.default.name if isinstance(spec.default, Enum) else spec.default
        shown = str(default).lower() if isinstance(default, bool) else default
        sentences.append(f"Default: {shown}.")
    return " ".join(sentences)
