"""Declarations: a graph type is a class of promises over a readable, and says nothing twice.

    @node(GOAL, where=("title", "status"), order_by=("due_on",))
    class Goal:
        '''What somebody intends to achieve, and how far along it is.'''

        title: str = value("The goal in one line.")
        owner: "GoalOwner | None" = one("Who intends to achieve it.")
        key_results: Connection["KeyResult"] = many("How one will know.")

A promise is a name, a type and a description. Where its value comes from is the readable's
business; `api.kernel.assembly` compares the two and refuses to start where they disagree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, EnumMeta
from typing import Any, Generic, Literal, TypeVar, get_type_hints

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from persistence.reading.readable import ReadModel

T = TypeVar("T")
C = TypeVar("C", bound=type)
E = TypeVar("E", bound=EnumMeta)

Kind = Literal["value", "one", "many", "listed"]


class Connection(Generic[T]):
    """Stands in an annotation for the connection of a node: pages with edges, and a total."""


@dataclass(frozen=True)
class Argument:
    """An argument beside those of every connection; `type` is a Python type or a type's name."""

    type: Any
    description: str
    required: bool = False


def argument(type: Any, description: str, *, required: bool = False) -> Argument:
    """An argument of a field, optional unless said otherwise."""
    return Argument(type, description, required)


@dataclass(frozen=True)
class Promise:
    """What the graph promises of one field."""

    kind: Kind
    description: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    deprecated: str | None = None
    flatten: str | None = None


def value(description: str, *, deprecated: str | None = None) -> Any:
    """Promise a leaf: text, a number, a date, a state."""
    return Promise("value", description, deprecated=deprecated)


def one(description: str, *, flatten: str | None = None, **arguments: Argument) -> Any:
    """Promise a link to at most one other object.

    `flatten` names an argument whose own fields are the readable's arguments (a @oneOf input).
    """
    return Promise("one", description, arguments, flatten=flatten)


def many(description: str, **arguments: Argument) -> Any:
    """Promise a connection; it takes these arguments beside those that every connection takes."""
    return Promise("many", description, arguments)


def listed(description: str, **arguments: Argument) -> Any:
    """Promise a plain list of parts, short by nature."""
    return Promise("listed", description, arguments)


@dataclass(eq=False)
class Declared:
    """One declared type: the class, its readable, and what of it may be filtered and ordered by."""

    cls: type
    readable: ReadModel
    promises: dict[str, Promise]
    where: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    actions: EnumMeta | None = None

    @property
    def name(self) -> str:
        """The name of the type in the graph."""
        return self.cls.__name__

    def hints(self) -> dict[str, Any]:
        """The promised types by Python name, once every type is known."""
        module = __import__(self.cls.__module__, fromlist=["*"])
        return get_type_hints(self.cls, module.__dict__, dict(TYPES), include_extras=True)


TYPES: dict[str, Any] = {"ID": strawberry.ID, "Connection": Connection}
"""Every type that a promise may name without importing it."""

DECLARED: dict[str, Declared] = {}
"""Every declared type by its name in the graph."""


@strawberry.interface(description="Anything that has an id of its own and can be fetched by it.")
class Node:
    """Anything that has an id of its own and can be fetched by it."""

    id: strawberry.ID = strawberry.field(
        description="The opaque id: stable, unique over all types and tenants."
    )


TYPES["Node"] = Node


def node(
    readable: ReadModel, *, where: tuple[str, ...] = (), order_by: tuple[str, ...] = ()
) -> Callable[[C], C]:
    """Declare an aggregate: what is promised, and id, version, times, viewerCan and history."""

    def declare(cls: C) -> C:
        actions = actions_of(cls.__name__, readable)
        standard: dict[str, tuple[Any, Promise]] = {
            "id": (strawberry.ID, _ID),
            "version": (int, _VERSION),
            "created_at": (datetime, _CREATED_AT),
            "updated_at": (datetime, _UPDATED_AT),
            "viewer_can": (list[actions], _VIEWER_CAN),  # type: ignore[valid-type]
            "history": ("Connection[JournalEntry] | None", _HISTORY),
        }
        if not readable.actions:
            del standard["viewer_can"]
        declared = _declare(cls, readable, where, order_by, standard, (Node,))
        declared.actions = actions
        return cls

    return declare


def part(
    readable: ReadModel, *, where: tuple[str, ...] = (), order_by: tuple[str, ...] = ()
) -> Callable[[C], C]:
    """Declare a part of an aggregate: without history, and with an id if it has a prefix."""

    def declare(cls: C) -> C:
        standard = {"id": (strawberry.ID, _ID)} if readable.prefix else {}
        _declare(cls, readable, where, order_by, standard, (Node,) if readable.prefix else ())
        return cls

    return declare


def queries(readable: ReadModel) -> Callable[[C], C]:
    """Declare root fields; `class Query` of `api.schema` collects them."""

    def declare(cls: C) -> C:
        _declare(cls, readable, (), (), {}, (), lasting=False)
        QUERIES.append(cls)
        return cls

    return declare


QUERIES: list[type] = []
"""The classes of root fields, in the order of their declaration."""


def described(enum: E, description: str, **values: str) -> E:
    """Put a domain enum into the graph, with a description for it and for each of its values."""
    strawberry.enum(enum, description=description)
    for each in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        try:
            each.description = values.pop(each.name.lower())
        except KeyError:
            message = f"{enum.__name__}.{each.name} has no description. Add {each.name.lower()}=…"
            raise Unreadable(message) from None
    if values:
        raise Unreadable(
            f"{enum.__name__} has no value {', '.join(values)}. Remove the description."
        )
    TYPES[enum.__name__] = enum
    return enum


class Unreadable(TypeError):
    """The graph promises what cannot be read; the message names the fix."""


def actions_of(name: str, readable: ReadModel) -> Any:
    """The enum of what an actor may do to a node, from the actions that its aggregate declares."""
    names = [action.name for action in readable.actions]
    if not names:
        return None
    made = Enum(f"{name}Action", {each.upper(): each.upper() for each in names})  # type: ignore[misc]
    noun = name[0].lower() + name[1:]
    what = {
        each: f"The mutation {to_camel_case(f'{noun}_{each}')} would not be refused now."
        for each in names
    }
    described(made, f"What the viewer may be able to do to a {name}.", **what)
    return made


def _declare(
    cls: type,
    readable: ReadModel,
    where: tuple[str, ...],
    order_by: tuple[str, ...],
    standard: Mapping[str, tuple[Any, Promise]],
    interfaces: tuple[type, ...],
    *,
    lasting: bool = True,
) -> Declared:
    """Turn a class of promises into a Strawberry type; assembly gives its fields their types."""
    if not cls.__doc__:
        raise Unreadable(f"{cls.__name__} has no docstring. It becomes the type's description.")
    said = dict(cls.__annotations__)
    annotations = {name: said.pop(name, type_) for name, (type_, _) in standard.items()} | said
    for name, (_, promise) in standard.items():
        setattr(cls, name, cls.__dict__.get(name, promise))
    promises = {
        name: cls.__dict__[name]
        for name in annotations
        if isinstance(cls.__dict__.get(name), Promise)
    }
    if unsaid := annotations.keys() - promises.keys():
        message = (
            f"{cls.__name__}.{min(unsaid)} promises nothing. Give it value, one, many or listed."
        )
        raise Unreadable(message)
    for name, promise in promises.items():
        setattr(cls, name, StrawberryField(description=promise.description))
    cls.__annotations__ = dict.fromkeys(promises, str)
    strawberry.type(cls, description=sentence(cls.__doc__))
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    definition.interfaces = [each.__strawberry_definition__ for each in interfaces]  # type: ignore[attr-defined]
    cls.__annotations__ = annotations
    declared = Declared(cls, readable, promises, where, order_by)
    DECLARED[cls.__name__] = declared
    if lasting:
        TYPES[cls.__name__] = cls
    return declared


def sentence(docstring: str) -> str:
    """A docstring as one line."""
    return " ".join(docstring.split())


_ID = Promise("value", "The opaque id: stable, and unique over all types and tenants.")
_VERSION = Promise("value", "Grows with every change; hand it back as expectedVersion.")
_CREATED_AT = Promise("value", "When it was created.")
_UPDATED_AT = Promise("value", "When it last changed.")
_VIEWER_CAN = Promise(
    "value", "What the viewer may do to it now: neither permission nor state forbids it."
)
_HISTORY = Promise(
    "many", "What happened to it, newest first; null where the viewer may not read it."
)
