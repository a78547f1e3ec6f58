"""Subscriptions: what changes, read anew for each listener with the rights of that moment.

    goal_changed = subscription(Goal, "…", lambda entry, asked: …, id=argument(ID, "…"))

An entry of the journal only says what to look at. The object is read by the client's selection, as
the listener at that moment; whoever may not see it hears nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from api.kernel.assembly import arguments_of
from api.kernel.graph import DECLARED, TYPES, Argument
from api.kernel.ids import encode
from persistence.feed import Entry, Feed

Concerns = Callable[[Entry, Mapping[str, Any]], UUID | None]
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

    def node(self, entry: Entry, arguments: Mapping[str, Any]) -> str | None:
        """The opaque id of the object to read for an entry, or None where it is no concern."""
        id_ = self.concerns(entry, arguments)
        prefix = DECLARED[self.of.__name__].readable.prefix
        return None if id_ is None else encode(prefix, id_)


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


@dataclass(eq=False)
class Events:
    """The events of one subscription, as whole JSON documents.

    `read` gives the document for the id of an object, or None where there is nothing to tell;
    `ending` turns what ends the stream early into its last document.
    """

    feed: Feed
    names: Callable[[Entry], str | None]
    read: Callable[[str], Awaitable[bytes | None]]
    ending: Callable[[Exception], bytes]
    _held: AsyncExitStack = field(default_factory=AsyncExitStack)
    _entries: AsyncIterator[Entry] | None = None

    async def begin(self, tenant_id: Any) -> "Events":
        """Listen from now on; nothing that happens later is missed."""
        self._entries = await self._held.enter_async_context(self.feed.listen(tenant_id))
        return self

    def __aiter__(self) -> "Events":
        return self

    async def __anext__(self) -> bytes:
        while self._entries is not None:
            try:
                document = await self._next(self._entries)
            except StopAsyncIteration:
                await self.aclose()
            except Exception as error:  # noqa: BLE001  # told, and the end
                await self.aclose()
                return self.ending(error)
            else:
                if document is not None:
                    return document
        raise StopAsyncIteration

    async def _next(self, entries: AsyncIterator[Entry]) -> bytes | None:
        name = self.names(await anext(entries))
        return None if name is None else await self.read(name)

    async def aclose(self) -> None:
        """Listen no longer."""
        self._entries = None
        await self._held.aclose()
