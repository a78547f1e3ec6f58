"""Listening: from a subscription to its events, each read with the rights of its moment."""

import asyncio
from dataclasses import dataclass, field

from api.kernel.audiences import Audience
from api.kernel.context import Context, Stores
from api.kernel.graph import DECLARED
from api.kernel.listeners import Listener
from api.kernel.subscriptions import SUBSCRIPTIONS
from domain.kernel.identity import TenantId
from persistence.attendance import SubscriberActors
from persistence.feed import ChangeFeed
from persistence.reading.selection import Field
from persistence.reading.together import SharedSelection

MOST_READING = 4
"""Audiences that read at once; requests need connections, too."""

Place = tuple[TenantId, Field]


@dataclass
class Listening:
    """All who listen in this process; whoever asks the same field of a document shares."""

    stores: Stores
    _audiences: dict[Place, Audience] = field(default_factory=dict)
    _reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_READING))

    def __post_init__(self) -> None:
        self._feed = ChangeFeed(self.stores.reader)

    async def begin(self, asked: Context) -> Listener:
        """Admit the caller, and tell what happens from now on. Raises RequestRefused."""
        (root,) = asked.prepared.roots
        assert root.field is not None, "A subscription has one field, which is compiled."
        place = asked.caller.tenant_id, root.field
        async with self.stores.reader.open_snapshot(asked.caller.tenant_id) as snapshot:
            actor = await self.stores.actor(snapshot.connection, asked.caller, asked.moment)
        run = asked.run(actor)
        arguments, points = root.field.arguments(run), asked.prepared.price.of(run)
        if place not in self._audiences:
            await self._open(*place)
        return self._audiences[place].admit(asked, arguments, points)

    async def _open(self, tenant_id: TenantId, asked: Field) -> None:
        """Follow the tenant for an audience that is yet to come."""
        follower, place = await self._feed.subscribe(tenant_id), (tenant_id, asked)
        if place in self._audiences:
            follower.unsubscribe(follower)
            return
        subscription = SUBSCRIPTIONS[asked.name]
        self._audiences[place] = Audience(
            self.stores,
            subscription,
            SharedSelection(DECLARED[subscription.of.__name__].readable, asked),
            asked.response_key.encode(),
            SubscriberActors(tenant_id),
            follower,
            self._reading,
            lambda: self._audiences.pop(place),
        )
