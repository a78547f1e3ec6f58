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

from api.kernel.execution.request_context import RequestContext, Stores
from api.kernel.schema.subscriptions import Subscription
from api.kernel.subscriptions.subscriber import Subscriber
from domain.kernel.access import Actor
from domain.kernel.errors import Invalid, Refusal
from persistence.access.actor_query import AccessDenied, DenialReason
from persistence.access.subscriber_actors import SubscriberActors
from persistence.change_feed import FeedEntry, FeedSubscription
from persistence.reading.batched_reads import BatchEntry, SharedSelection, read_batch

MAX_BATCH_COST = 10_000
"""How much one statement may read, in the points that requests are charged."""

Ids = tuple[UUID, ...]


@dataclass(eq=False)
class SubscriptionGroup:
    """The listeners by their arguments, which say what concerns them.

    `key` is the response key of their events; `reading` bounds how many audiences read at once,
    and `closed` is called when the last listener has left.
    """

    stores: Stores
    subscription: Subscription
    shared_selection: SharedSelection
    response_key: bytes
    subscriber_actors: SubscriberActors
    feed_subscription: FeedSubscription
    read_semaphore: asyncio.Semaphore
    on_close: Callable[[], object]
    _subscribers_by_arguments: dict[str, set[Subscriber]] = field(
        default_factory=lambda: defaultdict(set)
    )

    def __post_init__(self) -> None:
        self._task = asyncio.create_task(self._follow_feed())

    def add(self, context: RequestContext, arguments: Mapping[str, Any]) -> Subscriber:
        """Tell whoever asked this, from now on."""
        arguments_key = repr(arguments)
        subscriber = Subscriber(context, arguments, lambda each: self._remove(arguments_key, each))
        self._subscribers_by_arguments[arguments_key].add(subscriber)
        return subscriber

    def _remove(self, arguments_key: str, subscriber: Subscriber) -> None:
        self._subscribers_by_arguments[arguments_key].discard(subscriber)
        if not self._subscribers_by_arguments[arguments_key]:
            del self._subscribers_by_arguments[arguments_key]
        if not self._subscribers_by_arguments:
            self.feed_subscription.unsubscribe(self.feed_subscription)
            self._task.cancel()
            del self._task  # its end holds the frame that it was in, which holds us
            self.on_close()

    async def _follow_feed(self) -> None:
        try:
            while True:
                await self._publish(await self.feed_subscription.next_entries())
        except Exception as error:  # noqa: BLE001 - told to everybody, and the end
            _close_all(
                [each for some in self._subscribers_by_arguments.values() for each in some], error
            )

    async def _publish(self, entries: Sequence[FeedEntry]) -> None:
        subscribers_by_ids: dict[Ids, list[Subscriber]] = defaultdict(list)
        for subscribers in self._subscribers_by_arguments.values():
            arguments = next(iter(subscribers)).arguments
            found = (self.subscription.find_changed_object(each, arguments) for each in entries)
            ids = tuple(id for id in found if id is not None)
            if ids:
                subscribers_by_ids[ids] += subscribers
        for ids, batch_subscribers in subscribers_by_ids.items():
            for batch in _batches(batch_subscribers, len(ids)):
                await self._read_and_push(batch, ids)

    async def _read_and_push(self, subscribers: Sequence[Subscriber], ids: Ids) -> None:
        try:
            async with self.read_semaphore:
                documents_by_subscriber = await self._read_documents(subscribers, ids)
        except Invalid as refusal:
            # PostgreSQL took offence at somebody's argument, and does not say whose it was.
            if len(subscribers) == 1:
                _close_all(subscribers, refusal)
            for each in subscribers if len(subscribers) > 1 else ():
                await self._read_and_push([each], ids)
        except Exception as error:  # noqa: BLE001 - told, and the end
            _close_all(subscribers, error)
        else:
            for subscriber, documents in documents_by_subscriber.items():
                subscriber.push(documents)

    async def _read_documents(
        self, subscribers: Sequence[Subscriber], ids: Ids
    ) -> Mapping[Subscriber, Sequence[bytes]]:
        """What each hears of these objects, in their order; an object that comes twice does."""
        index_by_id = {id: n for n, id in enumerate(dict.fromkeys(ids))}
        async with self.stores.reader.open_snapshot(self.subscriber_actors.tenant_id) as snapshot:
            actors = await self.subscriber_actors.resolve(
                snapshot.connection, [each.subject for each in subscribers], self.stores.clock()
            )
            batch_entries = self._build_batch_entries(subscribers, actors)
            values_by_entry = await read_batch(
                snapshot.connection, batch_entries.values(), list(index_by_id)
            )
        documents = {
            part: [
                self._build_document(value)
                for id in ids
                if (value := values[index_by_id[id]]) is not None
            ]
            for part, values in values_by_entry.items()
        }
        return {listener: documents[part] for listener, part in batch_entries.items()}

    def _build_batch_entries(
        self, subscribers: Sequence[Subscriber], actors: Mapping[str, Actor | DenialReason]
    ) -> dict[Subscriber, BatchEntry]:
        """What everybody brings to the read; who is let in no longer is told so, and left out."""
        batch_entries = {}
        for each in subscribers:
            actor = actors[each.subject]
            if isinstance(actor, DenialReason):
                each.close_with_error(AccessDenied(actor))
                continue
            try:
                batch_entries[each] = each.get_batch_entry(self.shared_selection, actor)
            except Refusal as refusal:
                each.close_with_error(refusal)
        return batch_entries

    def _build_document(self, value: bytes) -> bytes:
        return b'{"data":{"%b":%b}}' % (self.response_key, value)


def _batches(subscribers: Sequence[Subscriber], id_count: int) -> Iterator[Sequence[Subscriber]]:
    """As many listeners at a time as one statement may read for, and at least one."""
    highest_cost = max(each.context.cost for each in subscribers)
    size = max(1, int(MAX_BATCH_COST / max(1, highest_cost * id_count)))
    for start in range(0, len(subscribers), size):
        yield subscribers[start : start + size]


def _close_all(subscribers: Sequence[Subscriber], error: Exception) -> None:
    for each in subscribers:
        each.close_with_error(error)
