"""A group of subscribers of one tenant with the same selection, for whom events are read together.

Events are read in the same snapshot as the subscribers' rights. So no subscriber gets an event that
the rights at that time would not allow.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from api.kernel.execution.rate_limits import RateLimiter, TimePrices
from api.kernel.execution.request_context import RequestContext, Stores
from api.kernel.schema.subscriptions import Subscription
from api.kernel.subscriptions.subscriber import Subscriber
from domain.kernel.access import Actor
from domain.kernel.errors import Invalid, Refusal
from persistence.access.actor_query import AccessDenied, DenialReason
from persistence.access.subscriber_actors import SubscriberActors
from persistence.change_cursors import Position
from persistence.change_feed import ChangeFeed, FeedEntry, FeedSubscription
from persistence.kernel.error_translation import DatabaseUnavailable, translate
from persistence.kernel.fair_slots import FairSlots
from persistence.kernel.loop_turns import begin_turn
from persistence.kernel.usage import Usage, run_in_turns
from persistence.reading.batched_reads import BatchEntry, SharedSelection, read_batch

MAX_BATCH_COST = 10_000
"""The most that one statement may read, in points of the cost of requests."""

MAX_COST_RATIO = 4
"""The most that a subscriber may cost compared to the cheapest one in the same statement."""

Ids = tuple[tuple[UUID, UUID], ...]
"""The id of each change, with that of the object that it is sent for."""

SharedKey = tuple[str, Position | None]


@dataclass(eq=False)
class SubscriptionGroup:
    """The subscribers by what selects the changes to publish to them.

    That are their arguments, and the position after which they want changes, if the group has not
    reached it. `response_key` is that of the subscription's field in events. `read_slots` limit how
    many groups read at once. `on_close` is called when the last subscriber has left.
    """

    stores: Stores
    subscription: Subscription
    shared_selection: SharedSelection
    response_key: bytes
    subscriber_actors: SubscriberActors
    feed: ChangeFeed
    feed_subscription: FeedSubscription
    read_slots: FairSlots
    rate_limiter: RateLimiter
    time_prices: TimePrices
    on_close: Callable[[], object]
    _subscribers: dict[SharedKey, set[Subscriber]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self._task = asyncio.create_task(self._follow_feed())

    def add(
        self, context: RequestContext, arguments: Mapping[str, Any], after: Position | None = None
    ) -> Subscriber:
        """Return a new subscriber, who gets all events after a position, by default from now on.

        What the group has published already is read again for the subscriber alone.
        """
        position = self.feed_subscription.position
        key = repr(arguments), after if after is not None and after > position else None
        subscriber = Subscriber(context, arguments, lambda each: self._remove(key, each))
        self._subscribers[key].add(subscriber)
        if after is not None and after < position:
            subscriber.replay(self._replay(subscriber, after, position))
        return subscriber

    def _remove(self, key: SharedKey, subscriber: Subscriber) -> None:
        self._subscribers[key].discard(subscriber)
        if not self._subscribers[key]:
            del self._subscribers[key]
        if not self._subscribers:
            self.feed_subscription.unsubscribe(self.feed_subscription)
            self._task.cancel()
            del self._task  # its exception refers to a frame that refers to this group
            self.on_close()

    async def _replay(
        self, subscriber: Subscriber, after: Position, until: Position
    ) -> AsyncGenerator[Sequence[bytes], None]:
        """Yield the documents of the changes between two positions, page by page."""
        tenant_id = self.subscriber_actors.tenant_id
        page_size = max(1, MAX_BATCH_COST // max(1, subscriber.context.charge.requested))
        while entries := await self.feed.load_past_entries(tenant_id, after, until):
            after = entries[-1].position
            ids = self._select_ids(await self._add_followed(entries), subscriber.arguments)
            for start in range(0, len(ids), page_size):
                page = ids[start : start + page_size]
                documents = await self._read_and_charge([subscriber], page)
                yield documents.get(subscriber, ())

    def _select_ids(
        self,
        entries: Sequence[FeedEntry],
        arguments: Mapping[str, Any],
        after: Position | None = None,
    ) -> Ids:
        found = (
            (self.subscription.find_changed_object(each, arguments), each.entity_id)
            for each in entries
            if after is None or each.position > after
        )
        return tuple((id, subject_id) for id, subject_id in found if id is not None)

    async def _add_followed(self, entries: Sequence[FeedEntry]) -> Sequence[FeedEntry]:
        """Add the entries of objects that this subscription follows for others."""
        if self.subscription.follows is None:
            return entries
        return await self.feed.add_followed(
            self.subscriber_actors.tenant_id, entries, self.subscription.follows
        )

    async def _follow_feed(self) -> None:
        try:
            while True:
                await self._publish(await self.feed_subscription.next_entries())
        except Exception as error:  # noqa: BLE001 - it closes all subscribers
            _close_all([each for some in self._subscribers.values() for each in some], error)

    async def _publish(self, entries: Sequence[FeedEntry]) -> None:
        entries = await self._add_followed(entries)
        subscribers_by_ids: dict[Ids, list[Subscriber]] = defaultdict(list)
        for (_, after), subscribers in self._subscribers.items():
            ids = self._select_ids(entries, next(iter(subscribers)).arguments, after)
            if ids:
                subscribers_by_ids[ids] += subscribers
        for ids, batch_subscribers in subscribers_by_ids.items():
            for batch in _batches(batch_subscribers, len(ids)):
                await self._read_and_push(batch, ids)

    async def _read_and_push(self, subscribers: Sequence[Subscriber], ids: Ids) -> None:
        try:
            documents_by_subscriber = await self._read_and_charge(subscribers, ids)
        except Exception as error:  # noqa: BLE001 - it closes these subscribers
            half = len(subscribers) // 2
            if not half or not _may_concern_one(error):
                _close_all(subscribers, error)
                return
            # PostgreSQL does not say whose arguments were unusable, or took too long.
            await self._read_and_push(subscribers[:half], ids)
            await self._read_and_push(subscribers[half:], ids)
        else:
            for subscriber, documents in documents_by_subscriber.items():
                subscriber.push(documents)

    async def _read_and_charge(
        self, subscribers: Sequence[Subscriber], ids: Ids
    ) -> Mapping[Subscriber, Sequence[bytes]]:
        """Read when the tenant has points and a turn, and charge the tenant for the time."""
        tenant_id, usage = self.subscriber_actors.tenant_id, Usage()
        if delay := self.rate_limiter.get_tenant_delay(tenant_id):
            await asyncio.sleep(delay)
        try:
            async with self.read_slots.hold(tenant_id):
                reading = self._read_documents(subscribers, ids)
                return await run_in_turns(reading, usage, begin_turn(tenant_id))
        finally:
            points = self.time_prices.compute_points(usage)
            self.rate_limiter.charge_tenant_afterwards(tenant_id, points)

    async def _read_documents(
        self, subscribers: Sequence[Subscriber], ids: Ids
    ) -> Mapping[Subscriber, Sequence[bytes]]:
        """Return each subscriber's documents of these objects, in order and with repetitions."""
        index_by_id = {id: n for n, id in enumerate(dict.fromkeys(ids))}
        async with self.stores.reader.open_snapshot(self.subscriber_actors.tenant_id) as snapshot:
            actors = await self.subscriber_actors.resolve(
                snapshot.connection, [each.subject for each in subscribers], self.stores.clock()
            )
            batch_entries = self._build_batch_entries(subscribers, actors)
            values_by_entry = await read_batch(
                snapshot.connection,
                batch_entries.values(),
                [id for id, _ in index_by_id],
                [subject_id for _, subject_id in index_by_id],
            )
        documents = {
            entry: [
                self._build_document(value)
                for id in ids
                if (value := values[index_by_id[id]]) is not None
            ]
            for entry, values in values_by_entry.items()
        }
        return {subscriber: documents[entry] for subscriber, entry in batch_entries.items()}

    def _build_batch_entries(
        self, subscribers: Sequence[Subscriber], actors: Mapping[str, Actor | DenialReason]
    ) -> dict[Subscriber, BatchEntry]:
        """Return the subscribers' parts of the read; close those who have no access any more."""
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
    """Yield batches of as many subscribers as one statement may read for, at least one.

    The cheapest come first, and nobody shares a statement with somebody far more expensive.
    """
    batch, batch_cost, lowest_cost = list[Subscriber](), 0, 0
    for each in sorted(subscribers, key=lambda each: each.context.charge.requested):
        cost = max(1, each.context.charge.requested) * id_count
        if batch and (batch_cost + cost > MAX_BATCH_COST or cost > MAX_COST_RATIO * lowest_cost):
            yield batch
            batch, batch_cost = [], 0
        lowest_cost = cost if not batch else lowest_cost
        batch.append(each)
        batch_cost += cost
    yield batch


def _may_concern_one(error: Exception) -> bool:
    """Return whether the arguments of one subscriber may be the cause of an error."""
    outage = translate(error)
    was_canceled = isinstance(outage, DatabaseUnavailable) and outage.code == "TIMEOUT"
    return was_canceled or isinstance(error, Invalid)


def _close_all(subscribers: Sequence[Subscriber], error: Exception) -> None:
    for each in subscribers:
        each.close_with_error(error)
