"""The watcher of rights: tells a subscriber of one object that they may no longer see it.

A change of the object itself is an event of its own. But a right is also lost by a change of
something else, such as a revoked role or another manager. So after each change that may alter
rights, the objects that subscribers watch by id are looked up again, in one statement.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from api.kernel.execution.request_context import Stores
from api.kernel.execution.selection_builder import TYPENAME
from api.kernel.schema.subscriptions import Subscription
from api.kernel.subscriptions.subscriber import Subscriber
from domain.kernel.access import Actor
from domain.kernel.errors import NotFound
from persistence.access.actor_query import AccessDenied, DenialReason
from persistence.access.subscriber_actors import SubscriberActors
from persistence.change_cursors import encode_cursor
from persistence.change_feed import ChangeFeed, FeedEntry
from persistence.kernel.fair_slots import FairSlots
from persistence.kernel.wire_format import to_snake_case
from persistence.reading.batched_reads import NO_ID, BatchEntry, WatchedObject, read_batch
from persistence.reading.reader import Connection
from persistence.reading.selection import Field, ReadRequest, require_selection
from persistence.unit_of_work.messages import describe_missing


@dataclass(frozen=True)
class Watch:
    """The object that a subscriber watches, and the events that say it is hidden or deleted.

    The payloads of both lack the cursor of the change, which belongs to `cursor_keys`.
    """

    watched_object: WatchedObject
    response_key: str
    cursor_keys: frozenset[str]
    hidden_payload: Mapping[str, Any]
    deleted_payload: Mapping[str, Any]

    @classmethod
    def create(
        cls, subscription: Subscription, field: Field, arguments: Mapping[str, Any]
    ) -> "Watch | None":
        """Return the watch of a new subscriber; None where the arguments name no object."""
        model, id = subscription.watched, arguments.get("id")
        if model is None or id is None:
            return None
        type_name, noun = subscription.node_type.__name__, to_snake_case(model.name)
        selected = require_selection(field).fields_by_type[type_name]

        def build_payload(name: str) -> Mapping[str, Any]:
            values = {TYPENAME: type_name, f"{name}_{noun}_id": id}
            return {each.response_key: values.get(each.name) for each in selected}

        return cls(
            WatchedObject(model, field),
            field.response_key,
            frozenset(each.response_key for each in selected if each.name == "cursor"),
            build_payload("hidden"),
            build_payload("deleted"),
        )

    async def require_visible(self, connection: Connection, request: ReadRequest) -> None:
        """Raise NotFound where the object does not exist or is hidden, Invalid for a bad id."""
        entry = self.watched_object.create_entry(request)
        if (await read_batch(connection, [entry], [NO_ID]))[entry][0] is None:
            aggregate = self.watched_object.model.aggregate
            assert aggregate is not None, "Only aggregates are watched."
            raise NotFound(describe_missing(aggregate), "id")

    def build_hidden_document(self, entry: FeedEntry) -> bytes:
        """Return the event that the object is hidden since an entry."""
        cursors = dict.fromkeys(self.cursor_keys, encode_cursor(entry.id))
        return orjson.dumps({"data": {self.response_key: {**self.hidden_payload, **cursors}}})

    def was_told(self, subscriber: Subscriber) -> bool:
        """Return whether the last event of the subscriber said so already."""
        if subscriber.last_document is None:
            return False
        told = orjson.loads(subscriber.last_document)["data"][self.response_key]
        told |= dict.fromkeys(self.cursor_keys)
        return told in (self.hidden_payload, self.deleted_payload)


@dataclass(eq=False)
class RightsWatcher:
    """The subscribers of one tenant that watch one object each.

    `on_close` is called when the last subscriber has left.
    """

    stores: Stores
    subscriber_actors: SubscriberActors
    feed: ChangeFeed
    read_slots: FairSlots
    on_close: Callable[[], object]
    _watches: dict[Subscriber, Watch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._task = asyncio.create_task(self._follow_feed())

    def add(self, subscriber: Subscriber, watch: Watch) -> None:
        """Watch for a subscriber until it ends."""
        self._watches[subscriber] = watch
        leave_group = subscriber.unsubscribe

        def unsubscribe(closed: Subscriber) -> None:
            leave_group(closed)
            self._remove(closed)

        subscriber.unsubscribe = unsubscribe

    def _remove(self, subscriber: Subscriber) -> None:
        self._watches.pop(subscriber, None)
        if not self._watches:
            self._task.cancel()
            del self._task  # its exception refers to a frame that refers to this watcher
            self.on_close()

    async def _follow_feed(self) -> None:
        try:
            feed_subscription = await self.feed.subscribe(self.subscriber_actors.tenant_id)
            try:
                while True:
                    entries = await feed_subscription.next_entries()
                    if any(each.may_alter_rights for each in entries):
                        await self._publish_losses(entries[-1])
            finally:
                feed_subscription.unsubscribe(feed_subscription)
        except Exception as error:  # noqa: BLE001 - it closes all subscribers
            for each in tuple(self._watches):
                each.close_with_error(error)

    async def _publish_losses(self, entry: FeedEntry) -> None:
        """Send the id of each object that its watcher may no longer see after an entry, once."""
        subscribers = tuple(self._watches)
        async with self.read_slots.hold(self.subscriber_actors.tenant_id):
            visible = await self._find_who_sees(subscribers)
        for each in subscribers:
            watch = self._watches.get(each)
            if watch is not None and each not in visible and not watch.was_told(each):
                each.push([watch.build_hidden_document(entry)])

    async def _find_who_sees(self, subscribers: Sequence[Subscriber]) -> set[Subscriber]:
        """Return those who see their object; those who have no access any more are closed."""
        async with self.stores.reader.open_snapshot(self.subscriber_actors.tenant_id) as snapshot:
            actors = await self.subscriber_actors.resolve(
                snapshot.connection, [each.subject for each in subscribers], self.stores.clock()
            )
            entries = self._build_entries(subscribers, actors)
            values = await read_batch(snapshot.connection, entries.values(), [NO_ID])
        return {each for each, entry in entries.items() if values[entry][0] is not None}

    def _build_entries(
        self, subscribers: Sequence[Subscriber], actors: Mapping[str, Actor | DenialReason]
    ) -> dict[Subscriber, BatchEntry]:
        entries = {}
        for each in subscribers:
            actor, watch = actors[each.subject], self._watches.get(each)
            if isinstance(actor, DenialReason):
                each.close_with_error(AccessDenied(actor))
            elif watch is not None:
                request = each.context.build_read_request(actor)
                entries[each] = watch.watched_object.create_entry(request)
        return entries
