"""Declarations: a graph type is a class of promises over a readable, and says nothing twice.

    @node(GOAL, where=("title", "status"), order_by=("due_on",))
    class Goal:
        '''What somebody intends to achieve, and how far along it is.'''

        title: str = value("The goal in one line.")
        owner: "GoalOwner | None" = one("Who intends to achieve it.")
        key_results: Connection["KeyResult"] = many("How one will know.")

A promise is a name, a type and a description. Where its value comes from is the readable's
business; `api.kernel.schema.schema_builder` compares the two and refuses to start where they disagree.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, EnumMeta
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from persistence.reading.read_model import ReadModel

T = TypeVar("T")
C = TypeVar("C", bound=type)
E = TypeVar("E", bound=EnumMeta)

FieldKind = Literal["value", "one", "many", "listed"]


class Connection(Generic[T]):
    """Stands in an annotation for the connection of a node: pages with edges, and a total."""


@dataclass(frozen=True)
class ArgumentDeclaration:
    """An argument beside those of every connection; `type` is a Python type or a type's name."""

    type: Any
    description: str
    is_required: bool = False


def argument(type: Any, description: str, *, is_required: bool = False) -> ArgumentDeclaration:
    """An argument of a field, optional unless said otherwise."""
    return ArgumentDeclaration(type, description, is_required)


@dataclass(frozen=True)
class FieldDeclaration:
    """What the graph promises of one field."""

    kind: FieldKind
    description: str
    arguments: Mapping[str, ArgumentDeclaration] = field(default_factory=dict)
    deprecated: str | None = None
    flatten: str | None = None


def value(description: str, *, deprecated: str | None = None) -> Any:
    """Promise a leaf: text, a number, a date, a state."""
    return FieldDeclaration("value", description, deprecated=deprecated)


def one(description: str, *, flatten: str | None = None, **arguments: ArgumentDeclaration) -> Any:
    """Promise a link to at most one other object.

    `flatten` names an argument whose own fields are the readable's arguments (a @oneOf input).
    """
    return FieldDeclaration("one", description, arguments, flatten=flatten)


def many(description: str, **arguments: ArgumentDeclaration) -> Any:
    """Promise a connection; it takes these arguments beside those that every connection takes."""
    return FieldDeclaration("many", description, arguments)


def list_of(description: str, **arguments: ArgumentDeclaration) -> Any:
    """Promise a plain list of parts, short by nature."""
    return FieldDeclaration("listed", description, arguments)


@dataclass(eq=False)
class TypeDeclaration:
    """One declared type: the class, its readable, and what of it may be filtered and ordered by."""

    cls: type
    read_model: ReadModel
    field_declarations: dict[str, FieldDeclaration]
    where: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    actions: EnumMeta | None = None

    @property
    def name(self) -> str:
        """The name of the type in the graph."""
        return self.cls.__name__

    def resolve_type_hints(self) -> dict[str, Any]:
        """The promised types by Python name, once every type is known."""
        module = __import__(self.cls.__module__, fromlist=["*"])
        return get_type_hints(self.cls, module.__dict__, dict(TYPES), include_extras=True)


TYPES: dict[str, Any] = {"ID": strawberry.ID, "Connection": Connection}
"""Every type that a promise may name without importing it."""

TYPE_DECLARATIONS: dict[str, TypeDeclaration] = {}
"""Every declared type by its name in the graph."""


@strawberry.interface(description="Anything that has an id of its own and can be fetched by it.")
class Node:
    """Anything that has an id of its own and can be fetched by it."""

    id: strawberry.ID = strawberry.field(
        description="The opaque id: stable, unique over all types and tenants."
    )


TYPES["Node"] = Node


def node(
    read_model: ReadModel, *, where: tuple[str, ...] = (), order_by: tuple[str, ...] = ()
) -> Callable[[C], C]:
    """Declare an aggregate: what is promised, and id, version, times, viewerCan and history."""

    def declare(cls: C) -> C:
        actions = make_action_enum(cls.__name__, read_model)
        standard: dict[str, tuple[Any, FieldDeclaration]] = {
            "id": (strawberry.ID, _ID),
            "version": (int, _VERSION),
            "created_at": (datetime, _CREATED_AT),
            "updated_at": (datetime, _UPDATED_AT),
            "viewer_can": (list[actions], _VIEWER_CAN),  # type: ignore[valid-type]
            "history": ("Connection[JournalEntry] | None", _HISTORY),
        }
        if not read_model.actions:
            del standard["viewer_can"]
        declared = _declare_type(cls, read_model, where, order_by, standard, (Node,))
        declared.actions = actions
        return cls

    return declare


def part(
    read_model: ReadModel, *, where: tuple[str, ...] = (), order_by: tuple[str, ...] = ()
) -> Callable[[C], C]:
    """Declare a part of an aggregate: without history, and with an id if it has a prefix."""

    def declare(cls: C) -> C:
        standard = {"id": (strawberry.ID, _ID)} if read_model.prefix else {}
        _declare_type(
            cls, read_model, where, order_by, standard, (Node,) if read_model.prefix else ()
        )
        return cls

    return declare


def queries(read_model: ReadModel) -> Callable[[C], C]:
    """Declare root fields; `class Query` of `api.schema` collects them."""

    def declare(cls: C) -> C:
        _declare_type(cls, read_model, (), (), {}, (), is_referable=False)
        QUERIES.append(cls)
        return cls

    return declare


QUERIES: list[type] = []
"""The classes of root fields, in the order of their declaration."""


def graph_enum(enum: E, description: str, **values: str) -> E:
    """Put a domain enum into the graph, with a description for it and for each of its values."""
    strawberry.enum(enum, description=description)
    for each in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        try:
            each.description = values.pop(each.name.lower())
        except KeyError:
            message = f"{enum.__name__}.{each.name} has no description. Add {each.name.lower()}=…"
            raise SchemaError(message) from None
    if values:
        raise SchemaError(
            f"{enum.__name__} has no value {', '.join(values)}. Remove the description."
        )
    TYPES[enum.__name__] = enum
    return enum


class SchemaError(TypeError):
    """The graph promises what cannot be read; the message names the fix."""


def make_action_enum(name: str, read_model: ReadModel) -> Any:
    """The enum of what an actor may do to a node, from the actions that its aggregate declares."""
    names = [action.name for action in read_model.actions]
    if not names:
        return None
    action_enum = Enum(f"{name}Action", {each.upper(): each.upper() for each in names})  # type: ignore[misc]
    noun = name[0].lower() + name[1:]
    value_descriptions = {
        each: f"The mutation {to_camel_case(f'{noun}_{each}')} would not be refused now."
        for each in names
    }
    graph_enum(action_enum, f"What the viewer may be able to do to a {name}.", **value_descriptions)
    return action_enum


def _declare_type(
    cls: type,
    read_model: ReadModel,
    where: tuple[str, ...],
    order_by: tuple[str, ...],
    standard_fields: Mapping[str, tuple[Any, FieldDeclaration]],
    interfaces: tuple[type, ...],
    *,
    is_referable: bool = True,
) -> TypeDeclaration:
    """Turn a class of promises into a Strawberry type; assembly gives its fields their types."""
    if not cls.__doc__:
        raise SchemaError(f"{cls.__name__} has no docstring. It becomes the type's description.")
    remaining_annotations = dict(cls.__annotations__)
    annotations = {
        name: remaining_annotations.pop(name, type_) for name, (type_, _) in standard_fields.items()
    } | remaining_annotations
    for name, (_, promise) in standard_fields.items():
        setattr(cls, name, cls.__dict__.get(name, promise))
    field_declarations = {
        name: cls.__dict__[name]
        for name in annotations
        if isinstance(cls.__dict__.get(name), FieldDeclaration)
    }
    if undeclared_names := annotations.keys() - field_declarations.keys():
        message = f"{cls.__name__}.{min(undeclared_names)} promises nothing. Give it value, one, many or listed."
        raise SchemaError(message)
    for name, promise in field_declarations.items():
        setattr(cls, name, StrawberryField(description=promise.description))
    cls.__annotations__ = dict.fromkeys(field_declarations, str)
    strawberry.type(cls, description=to_single_line(cls.__doc__))
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    definition.interfaces = [each.__strawberry_definition__ for each in interfaces]  # type: ignore[attr-defined]
    cls.__annotations__ = annotations
    declared = TypeDeclaration(cls, read_model, field_declarations, where, order_by)
    TYPE_DECLARATIONS[cls.__name__] = declared
    if is_referable:
        TYPES[cls.__name__] = cls
    return declared


def is_optional(hint: Any) -> bool:
    """Return whether a type allows None."""
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def to_single_line(docstring: str) -> str:
    """A docstring as one line."""
    return " ".join(docstring.split())


_ID = FieldDeclaration("value", "The opaque id: stable, and unique over all types and tenants.")
_VERSION = FieldDeclaration("value", "Grows with every change; hand it back as expectedVersion.")
_CREATED_AT = FieldDeclaration("value", "When it was created.")
_UPDATED_AT = FieldDeclaration("value", "When it last changed.")
_VIEWER_CAN = FieldDeclaration(
    "value", "What the viewer may do to it now: neither permission nor state forbids it."
)
_HISTORY = FieldDeclaration(
    "many", "What happened to it, newest first; null where the viewer may not read it."
)
