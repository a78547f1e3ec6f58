"""Subscriptions: each changed object is read again for each subscriber, with current rights.

    goal_changed = subscription(
        "goal_changed", Goal, "…", lambda entry, arguments: …, id=argument(ID, "…")
    )

A journal entry only names the object. It is read with the client's selection as the subscriber at
that moment. Who might see the object before the change, and no longer may, gets its id and nothing
else. All others get nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from api.kernel.schema.declarations import (
    TYPE_DECLARATIONS,
    TYPES,
    ArgumentDeclaration,
    add_article,
    argument,
    one,
    part,
    value,
)
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.schema_builder import to_strawberry_arguments
from persistence.change_cursors import MAX_MISSED_ENTRIES
from persistence.change_feed import FeedEntry
from persistence.changes.sealed_cursors import CURSOR_LENGTH
from persistence.followed_changes import FOLLOWED, FollowedChanges
from persistence.kernel.wire_format import to_snake_case
from persistence.reading.read_model import READ_MODELS, ReadModel

_AFTER_ARGUMENT = argument(
    str,
    "Send first what was missed since this cursor: that of an earlier event, `Tenant.changeCursor`,"
    f" or a cursor of `changes`. Fails with CURSOR_EXPIRED after more than {MAX_MISSED_ENTRIES:,}"
    " changes in the tenant. Default: only new changes.",
    max_length=CURSOR_LENGTH,
)

FindChangedObject = Callable[[FeedEntry, Mapping[str, Any]], UUID | None]
"""Returns the id of the object to send for an entry and the arguments, or None for nothing."""

SUBSCRIPTIONS: dict[str, "Subscription"] = {}
"""Every subscription by its Python name."""


@dataclass(frozen=True)
class Subscription:
    """A declared subscription: the type of its objects, and which entries it sends.

    `watched` is the model of the object that its argument `id` names, if it has this argument.
    `follows` says the changes of which other objects are sent as changes of these.
    """

    name: str
    node_type: type
    description: str
    find_changed_object: FindChangedObject
    arguments: Mapping[str, ArgumentDeclaration]
    watched: ReadModel | None = None
    follows: FollowedChanges | None = None


def subscription(
    name: str,
    node_type: type,
    description: str,
    find_changed_object: FindChangedObject,
    watched: ReadModel | None = None,
    follows: FollowedChanges | None = None,
    **arguments: ArgumentDeclaration,
) -> Subscription:
    """Declare a subscription to objects of a type, which can go on after a cursor."""
    arguments |= {"after": _AFTER_ARGUMENT}
    declared = Subscription(
        name, node_type, description, find_changed_object, arguments, watched, follows
    )
    SUBSCRIPTIONS[name] = declared
    return declared


def change_subscription(node_type: type, *, also: str = "") -> Subscription:
    """Declare the subscription to every change of a type: `goal_changed` for Goal.

    `also` is a sentence about the changes of other objects that it sends.
    """
    name = node_type.__name__
    model = TYPE_DECLARATIONS[name].read_model

    def find_changed_object(entry: FeedEntry, arguments: Mapping[str, Any]) -> UUID | None:
        if entry.entity != model.entity:
            return None
        is_wanted = arguments.get("id") in (None, encode_id(model.prefix, entry.entity_id))
        return entry.id if is_wanted else None

    return subscription(
        f"{to_snake_case(name)}_changed",
        _declare_change_type(name),
        f"Sends each change of {add_article(name)} that the viewer may see. Also sends when it is"
        f" deleted, and when the viewer may no longer see it.{also and f' {also}'}",
        find_changed_object,
        watched=model,
        follows=FOLLOWED.get(model.entity),
        id=argument(
            strawberry.ID,
            f"The id of one {name} that the viewer may see. With an id, `hidden{name}Id` is also"
            " sent when another change takes the right away, such as a revoked role. Default: every"
            f" {name} that the viewer may see. Then changes of other things that show or hide"
            f" {add_article(name)}, such as a role, a team or a reporting line, send no event.",
        ),
    )


def _declare_change_type(name: str) -> type:
    """Declare the type of the events: the object, or the id of one that is gone or hidden."""
    read_model = READ_MODELS[f"{name}Change"]
    field = to_snake_case(name)
    fields = {
        field: (
            f"{name} | None",
            one(f"The {name} after the change. Null when another field has an id."),
        ),
        f"deleted_{field}_id": (
            "ID | None",
            value(
                f"The id of {add_article(name)} that was deleted (for `@deleteEdge` in Relay). Null"
                " for other changes."
            ),
        ),
        f"hidden_{field}_id": (
            "ID | None",
            value(
                f"The id of {add_article(name)} that the viewer could see before the change and may"
                " no longer see. Remove it from the screen. Null for other changes."
            ),
        ),
    }
    fields["cursor"] = (
        "str",
        value("The place of the change. A subscription `after` it goes on with the next one."),
    )
    known = {each: declared for each, declared in fields.items() if each in read_model.fields}
    body = {each: declaration for each, (_, declaration) in known.items()}
    annotations = {each: hint for each, (hint, _) in known.items()}
    change = f"A change of {add_article(name)}."
    description = f"{change} Beside `cursor`, exactly one of its fields has a value."
    cls = type(
        read_model.name,
        (),
        body | {"__doc__": description, "__annotations__": annotations, "__module__": __name__},
    )
    return part(read_model)(cls)


def build_subscription_type() -> type:
    """Build the root type of all subscriptions declared so far."""
    body: dict[str, Any] = {
        name: StrawberryField(description=each.description, is_subscription=True)
        for name, each in SUBSCRIPTIONS.items()
    }
    description = "All subscriptions."
    annotations = dict.fromkeys(body, str)
    subscription_class = type("Subscription", (), body | {"__annotations__": annotations})
    cls = strawberry.type(subscription_class, description=description)
    for each in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        declared = SUBSCRIPTIONS[each.python_name]
        each.type_annotation = StrawberryAnnotation(declared.node_type.__name__, namespace=TYPES)
        each.arguments = list(to_strawberry_arguments(declared.arguments, TYPES))
    return cls
