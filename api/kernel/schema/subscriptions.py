"""Subscriptions: what changes, read anew for each listener with the rights of that moment.

    goal_changed = subscription(Goal, "…", lambda entry, asked: …, id=argument(ID, "…"))

An entry of the journal only says what to look at. The object is read by the client's selection, as
the listener at that moment; whoever may not see it hears nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from api.kernel.schema.declarations import TYPES, ArgumentDeclaration
from api.kernel.schema.schema_builder import to_strawberry_arguments
from persistence.change_feed import FeedEntry

FindChangedObject = Callable[[FeedEntry, Mapping[str, Any]], UUID | None]
"""Which object an entry is about for a listener who gave these arguments; None for no concern."""

SUBSCRIPTIONS: dict[str, "Subscription"] = {}
"""Every subscription by its Python name."""


@dataclass(frozen=True)
class Subscription:
    """One kind of event: the type of its object, and which entries concern whom."""

    name: str
    node_type: type
    description: str
    find_changed_object: FindChangedObject
    arguments: Mapping[str, ArgumentDeclaration]


def subscription(
    name: str,
    node_type: type,
    description: str,
    find_changed_object: FindChangedObject,
    **arguments: ArgumentDeclaration,
) -> Subscription:
    """Declare a subscription to objects of a type."""
    declared = Subscription(name, node_type, description, find_changed_object, arguments)
    SUBSCRIPTIONS[name] = declared
    return declared


def build_subscription_type() -> type:
    """The root type of all subscriptions declared so far."""
    body: dict[str, Any] = {
        name: StrawberryField(description=each.description, is_subscription=True)
        for name, each in SUBSCRIPTIONS.items()
    }
    description = "Everything that can be listened to."
    annotations = dict.fromkeys(body, str)
    subscription_class = type("Subscription", (), body | {"__annotations__": annotations})
    cls = strawberry.type(subscription_class, description=description)
    for each in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        declared = SUBSCRIPTIONS[each.python_name]
        each.type_annotation = StrawberryAnnotation(declared.node_type.__name__, namespace=TYPES)
        each.arguments = list(to_strawberry_arguments(declared.arguments, TYPES))
    return cls
