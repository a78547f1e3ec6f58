"""Declarations of graph types: a class names the fields that a read model can answer.

    @node(GOAL, where=("title", "status"), order_by=("due_on",))
    class Goal:
        '''An objective with key results.'''

        title: str = value("The goal in one line.")
        owner: "GoalOwner | None" = one("The owner.")
        key_results: Connection["KeyResult"] = many("The key results.")

A field declaration is a name, a type and a description; the read model says where the value comes
from. `schema_builder` compares both and raises SchemaError at start-up where they disagree.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import EnumMeta
from typing import Any, Generic, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import strawberry
from strawberry.types.field import StrawberryField

from persistence.reading.read_model import ReadModel

T = TypeVar("T")
C = TypeVar("C", bound=type)
E = TypeVar("E", bound=EnumMeta)

BACKREF = "strawberry-definition"
"""The key of Strawberry's own definition in the extensions of graphql-core's."""

FieldKind = Literal["value", "one", "many", "listed"]


class Connection(Generic[T]):
    """A mark in annotations for a paginated connection of nodes."""


@dataclass(frozen=True)
class ArgumentDeclaration:
    """An argument of a field; `type` is a Python type or the name of a graph type.

    A text needs `max_length`, a list `max_items`.
    """

    type: Any
    description: str
    is_required: bool = False
    max_length: int | None = None
    max_items: int | None = None
    graph_name: str | None = None


def argument(
    type: Any,
    description: str,
    *,
    is_required: bool = False,
    max_length: int | None = None,
    max_items: int | None = None,
    graph_name: str | None = None,
) -> ArgumentDeclaration:
    """Declare an argument of a field. It is optional by default.

    `graph_name` is its name in the graph, where that is a keyword of Python.
    """
    return ArgumentDeclaration(type, description, is_required, max_length, max_items, graph_name)


@dataclass(frozen=True)
class FieldDeclaration:
    """The declared kind, description and arguments of one field.

    `usual_size` is how many objects a connection or list usually has, for its cost; `size_by` is
    that of a list with the argument `by`. `points` is the cost of one object, where the database
    computes more for it than for others.
    """

    kind: FieldKind
    description: str
    arguments: Mapping[str, ArgumentDeclaration] = field(default_factory=dict)
    flatten: str | None = None
    usual_size: int | None = None
    points: int = 1
    size_by: int | None = None


def value(description: str) -> Any:
    """Declare a scalar or enum field."""
    return FieldDeclaration("value", description)


def one(
    description: str,
    *,
    flatten: str | None = None,
    points: int = 1,
    **arguments: ArgumentDeclaration,
) -> Any:
    """Declare a field that leads to at most one object, which costs `points`.

    `flatten` names a @oneOf argument whose fields the read model takes as its arguments.
    """
    if points > 1:
        description += f" It costs {points} points."
    return FieldDeclaration("one", description, arguments, flatten=flatten, points=points)


def look_up(description: str, by: str, by_description: str) -> Any:
    """Declare a root field that finds one object by a @oneOf input, named by its type."""
    by_argument = argument(by, by_description, is_required=True)
    return FieldDeclaration("one", description, {"by": by_argument}, flatten="by")


def many(
    description: str, *, usual_size: int | None = None, **arguments: ArgumentDeclaration
) -> Any:
    """Declare a connection with these arguments beside those of every connection.

    Where it usually has few objects, `usual_size` keeps a page from costing as if it were full.
    """
    if usual_size is not None:
        objects = "1 object" if usual_size == 1 else f"{usual_size} objects"
        description += f" Its cost counts {objects} of a page in full, others a tenth."
    return FieldDeclaration("many", description, arguments, usual_size=usual_size)


def list_of(
    description: str, *, usual_size: int | None = None, size_by: int | None = None, **arguments: Any
) -> Any:
    """Declare a plain list, for what is always short. `usual_size` is what its cost counts."""
    sizes: Mapping[str, Any] = {"usual_size": usual_size, "size_by": size_by}
    return FieldDeclaration("listed", description, arguments, **sizes)


@dataclass(eq=False)
class TypeDeclaration:
    """A declared type: its class, read model, fields, filters and orders."""

    cls: type
    read_model: ReadModel
    field_declarations: dict[str, FieldDeclaration]
    where: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the type in the graph."""
        return self.cls.__name__

    def resolve_type_hints(self) -> dict[str, Any]:
        """Return the type hints by Python name. All types must have been declared before."""
        module = __import__(self.cls.__module__, fromlist=["*"])
        return get_type_hints(self.cls, module.__dict__, dict(TYPES), include_extras=True)


TYPES: dict[str, Any] = {"ID": strawberry.ID, "Connection": Connection}
"""The types that an annotation may name without an import."""

TYPE_DECLARATIONS: dict[str, TypeDeclaration] = {}
"""Every declared type by its name in the graph."""


def get_read_model(node_type: type) -> ReadModel:
    """Return the read model of a declared type."""
    return TYPE_DECLARATIONS[node_type.__name__].read_model


@strawberry.interface(description="An object with an id. `node` and `nodes` find it by that id.")
class Node:
    """An object with an id."""

    id: strawberry.ID = strawberry.field(
        description="The opaque id. It never changes and is unique across types and tenants."
    )


@strawberry.interface(
    description="An object with a name to show, such as a person, a team or an organization."
)
class Named:
    """An object with a name."""

    name: str = strawberry.field(description="The name.")


TYPES["Node"] = Node
TYPES["Named"] = Named


def node(
    read_model: ReadModel, *, where: tuple[str, ...] = (), order_by: tuple[str, ...] = ()
) -> Callable[[C], C]:
    """Declare the type of an aggregate. It gets id, version, times, viewerCan and history."""

    def declare(cls: C) -> C:
        standard: dict[str, tuple[Any, FieldDeclaration]] = {
            "id": (strawberry.ID, _ID),
            "version": (int, _VERSION),
            "created_at": (datetime, _CREATED_AT),
            "updated_at": (datetime, _UPDATED_AT),
            "viewer_can": (f"list[{cls.__name__}Action]", _VIEWER_CAN),
            "viewer_may": ("list[ViewerAction]", _VIEWER_MAY),
            "visible_because": ("list[VisibilityReason]", _VISIBLE_BECAUSE),
            "history": ("Connection[JournalEntry] | None", _HISTORY),
        }
        if not read_model.actions:
            del standard["viewer_can"], standard["viewer_may"]
        _declare_type(cls, read_model, where, order_by, standard, _choose_interfaces(cls))
        return cls

    return declare


def part(
    read_model: ReadModel, *, where: tuple[str, ...] = (), order_by: tuple[str, ...] = ()
) -> Callable[[C], C]:
    """Declare the type of a part of an aggregate. It has an id if its read model has a prefix."""

    def declare(cls: C) -> C:
        standard = {"id": (strawberry.ID, _ID)} if read_model.prefix else {}
        interfaces = _choose_interfaces(cls) if read_model.prefix else ()
        _declare_type(cls, read_model, where, order_by, standard, interfaces)
        return cls

    return declare


def _choose_interfaces(cls: type) -> tuple[type, ...]:
    """Return the interfaces of a type with an id: with a name that is never null also `Named`."""
    return (Node, Named) if cls.__annotations__.get("name") is str else (Node,)


def queries(read_model: ReadModel) -> Callable[[C], C]:
    """Declare root fields; `build_query_type` collects them."""

    def declare(cls: C) -> C:
        _declare_type(cls, read_model, (), (), {}, (), is_referable=False)
        QUERIES.append(cls)
        return cls

    return declare


QUERIES: list[type] = []
"""The classes of root fields, in the order of their declaration."""


def build_query_type() -> type:
    """Return the root type of all queries declared so far."""
    description = "Everything that can be read."
    cls = type("Query", tuple(QUERIES), {"__doc__": description, "__annotations__": {}})
    return strawberry.type(cls, description=description)


def graph_enum(enum: E, description: str, **values: str) -> E:
    """Add a domain enum to the graph, with a description of it and of each value.

    Raises SchemaError for a value without a description, or a description without a value.
    """
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
    """A declaration that cannot work. The message names the fix."""


def add_article(noun: str, *, quote: str = "") -> str:
    """Return a noun, between quotes if given, with its article."""
    return f"{'an' if noun[0] in 'AEIO' else 'a'} {quote}{noun}{quote}"


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
    """Turn a class of field declarations into a Strawberry type; its field types come later."""
    if not cls.__doc__:
        raise SchemaError(
            f"{cls.__name__} has no docstring. Write one: it is the type's description."
        )
    remaining_annotations = dict(cls.__annotations__)
    annotations = {
        name: remaining_annotations.pop(name, type_) for name, (type_, _) in standard_fields.items()
    } | remaining_annotations
    for name, (_, promise) in standard_fields.items():
        setattr(cls, name, cls.__dict__.get(name, promise))
    field_declarations = _collect_field_declarations(cls, annotations)
    for name, promise in field_declarations.items():
        setattr(cls, name, StrawberryField(description=promise.description))
    cls.__annotations__ = dict.fromkeys(field_declarations, str)
    strawberry.type(cls, description=to_single_line(cls.__doc__))
    set_interfaces(cls, interfaces)
    cls.__annotations__ = annotations
    declared = TypeDeclaration(cls, read_model, field_declarations, where, order_by)
    TYPE_DECLARATIONS[cls.__name__] = declared
    if is_referable:
        TYPES[cls.__name__] = cls
    return declared


def set_interfaces(cls: type, interfaces: tuple[type, ...]) -> None:
    """Let a graph type implement interfaces, without inheriting from their classes."""
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    definition.interfaces = [each.__strawberry_definition__ for each in interfaces]  # type: ignore[attr-defined]


def _collect_field_declarations(
    cls: type, annotations: Mapping[str, Any]
) -> dict[str, FieldDeclaration]:
    """Return the declaration of each annotated field. Raises SchemaError for one without."""
    found = {name: cls.__dict__.get(name) for name in annotations}
    for name, declaration in found.items():
        if not isinstance(declaration, FieldDeclaration):
            raise SchemaError(
                f"{cls.__name__}.{name} is not declared. Assign value(…), one(…), many(…) or"
                " list_of(…)."
            )
    return cast("dict[str, FieldDeclaration]", found)


def is_optional(hint: Any) -> bool:
    """Return whether a type allows None."""
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def to_single_line(docstring: str) -> str:
    """Return a docstring as one line."""
    return " ".join(docstring.split())


_ID = FieldDeclaration(
    "value", "The opaque id. It never changes and is unique across types and tenants."
)
_VERSION = FieldDeclaration("value", "Grows with every change. Send it back as `expectedVersion`.")
_CREATED_AT = FieldDeclaration("value", "When the object was created.")
_UPDATED_AT = FieldDeclaration("value", "When the object last changed.")
_VIEWER_CAN = FieldDeclaration(
    "value",
    "What the viewer may do to the object in its current state, and create under it.",
)
_VIEWER_MAY = list_of(
    "Every action on the object, and creation under it, with the reason why the viewer may not do"
    " it. `viewerCan` has the names of those that are allowed, and costs less.",
    usual_size=10,
)
_VISIBLE_BECAUSE = list_of(
    "Why the viewer sees the object: those alternatives of the rule that hold for them.",
    usual_size=2,
)
_HISTORY = FieldDeclaration(
    "many", "The changes of the object, newest first. Null when the viewer may not read them."
)
