"""Audiences: the listeners of one tenant who ask the same of what changes, read for together.

Whatever they are told is read in one snapshot with who they are: there is nobody in it whom that
moment would not let in, and nothing that it would not let them see.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from api.kernel.context import Context, Stores, known, refusing_suspended
from api.kernel.listeners import Listener
from api.kernel.refusals import RequestRefused
from api.kernel.subscriptions import Subscription
from domain.kernel.access import Actor
from domain.kernel.errors import Invalid, Refusal
from persistence.actors import DenialReason
from persistence.attendance import SubscriberActors
from persistence.feed import FeedEntry, FeedSubscription
from persistence.reading.together import BatchEntry, SharedSelection, read_batch

MOST_POINTS = 10_000
"""How much one statement may read, in the points that requests are charged."""

Ids = tuple[UUID, ...]


@dataclass(eq=False)
class Audience:
    """The listeners by their arguments, which say what concerns them.

    `key` is the response key of their events; `reading` bounds how many audiences read at once,
    and `closed` is called when the last listener has left.
    """

    stores: Stores
    subscription: Subscription
    shared: SharedSelection
    key: bytes
    attendance: SubscriberActors
    follower: FeedSubscription
    reading: asyncio.Semaphore
    closed: Callable[[], object]
    _listeners: dict[str, set[Listener]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self._task = asyncio.create_task(self._follow())

    def admit(self, asked: Context, arguments: Mapping[str, Any], points: float) -> Listener:
        """Tell whoever asked this, from now on."""
        concern = repr(arguments)
        listener = Listener(asked, arguments, points, lambda each: self._leave(concern, each))
        self._listeners[concern].add(listener)
        return listener

    def _leave(self, concern: str, listener: Listener) -> None:
        self._listeners[concern].discard(listener)
        if not self._listeners[concern]:
            del self._listeners[concern]
        if not self._listeners:
            self.follower.unsubscribe(self.follower)
            self._task.cancel()
            del self._task  # its end holds the frame that it was in, which holds us
            self.closed()

    async def _follow(self) -> None:
        try:
            while True:
                await self._tell(await self.follower.next_entries())
        except Exception as error:  # noqa: BLE001 - told to everybody, and the end
            _end([each for some in self._listeners.values() for each in some], error)

    async def _tell(self, entries: Sequence[FeedEntry]) -> None:
        concerned: dict[Ids, list[Listener]] = defaultdict(list)
        for some in self._listeners.values():
            arguments = next(iter(some)).arguments
            found = (self.subscription.concerns(each, arguments) for each in entries)
            ids = tuple(id for id in found if id is not None)
            if ids:
                concerned[ids] += some
        for ids, listeners in concerned.items():
            for portion in _portions(listeners, len(ids)):
                await self._read(portion, ids)

    async def _read(self, listeners: Sequence[Listener], ids: Ids) -> None:
        try:
            async with self.reading:
                told = await self._documents(listeners, ids)
        except Invalid as refusal:
            # PostgreSQL took offence at somebody's argument, and does not say whose it was.
            if len(listeners) == 1:
                _end(listeners, refusal)
            for each in listeners if len(listeners) > 1 else ():
                await self._read([each], ids)
        except Exception as error:  # noqa: BLE001 - told, and the end
            _end(listeners, error)
        else:
            for listener, documents in told.items():
                listener.tell(documents)

    async def _documents(
        self, listeners: Sequence[Listener], ids: Ids
    ) -> Mapping[Listener, Sequence[bytes]]:
        """What each hears of these objects, in their order; an object that comes twice does."""
        places = {id: n for n, id in enumerate(dict.fromkeys(ids))}
        async with self.stores.reader.open_snapshot(self.attendance.tenant_id) as snapshot:
            with refusing_suspended():
                actors = await self.attendance.resolve(
                    snapshot.connection, [each.subject for each in listeners], self.stores.clock()
                )
            parts = self._parts(listeners, actors)
            read = await read_batch(snapshot.connection, parts.values(), list(places))
        documents = {
            part: [self._document(value) for id in ids if (value := values[places[id]]) is not None]
            for part, values in read.items()
        }
        return {listener: documents[part] for listener, part in parts.items()}

    def _parts(
        self, listeners: Sequence[Listener], actors: Mapping[str, Actor | DenialReason]
    ) -> dict[Listener, BatchEntry]:
        """What everybody brings to the read; who is let in no longer is told so, and left out."""
        parts = {}
        for each in listeners:
            try:
                parts[each] = each.part(self.shared, known(actors[each.subject]))
            except (Refusal, RequestRefused) as refusal:
                each.end(refusal)
        return parts

    def _document(self, value: bytes) -> bytes:
        return b'{"data":{"%b":%b}}' % (self.key, value)


def _portions(listeners: Sequence[Listener], ids: int) -> Iterator[Sequence[Listener]]:
    """As many listeners at a time as one statement may read for, and at least one."""
    dearest = max(each.points for each in listeners)
    size = max(1, int(MOST_POINTS / max(1, dearest * ids)))
    for start in range(0, len(listeners), size):
        yield listeners[start : start + size]


def _end(listeners: Sequence[Listener], error: Exception) -> None:
    for each in listeners:
        each.end(error)
