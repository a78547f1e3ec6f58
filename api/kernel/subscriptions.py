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

from api.kernel.assembly import arguments_of
from api.kernel.graph import TYPES, Argument
from persistence.feed import FeedEntry

Concerns = Callable[[FeedEntry, Mapping[str, Any]], UUID | None]
"""Which object an entry is about for a listener who gave these arguments; None for no concern."""

SUBSCRIPTIONS: dict[str, "Subscription"] = {}
"""Every subscription by its Python name."""


@dataclass(frozen=True)
class Subscription:
    """One kind of event: the type of its object, and which entries concern whom."""

    name: str
    of: type
    description: str
    concerns: Concerns
    arguments: Mapping[str, Argument]


def subscription(
    name: str, of: type, description: str, concerns: Concerns, **arguments: Argument
) -> Subscription:
    """Declare a subscription to objects of a type."""
    declared = Subscription(name, of, description, concerns, arguments)
    SUBSCRIPTIONS[name] = declared
    return declared


def subscription_type() -> type:
    """The root type of all subscriptions declared so far."""
    body: dict[str, Any] = {
        name: StrawberryField(description=each.description, is_subscription=True)
        for name, each in SUBSCRIPTIONS.items()
    }
    description = "Everything that can be listened to."
    annotations = dict.fromkeys(body, str)
    made = type("Subscription", (), body | {"__annotations__": annotations})
    cls = strawberry.type(made, description=description)
    for each in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        declared = SUBSCRIPTIONS[each.python_name]
        each.type_annotation = StrawberryAnnotation(declared.of.__name__, namespace=TYPES)
        each.arguments = list(arguments_of(declared.arguments, TYPES))
    return cls
