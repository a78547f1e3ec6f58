"""The change feed: new journal entries of a tenant, for all subscribers in this process.

A poll compares the number of the journal's clock with the position, and reads the entries after the
position where the clock is ahead. Numbers have no gaps and become visible in their order. So no
entry is missed or delivered twice, and a long transaction delays nothing. Each process polls by
itself, without messages between processes.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from domain.kernel.identity import TenantId
from persistence.change_cursors import Position
from persistence.followed_changes import FollowedChanges
from persistence.kernel.clocks import Clock, select_number
from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.kernel.mapping.registry import list_unrelated_entities
from persistence.reading.reader import Reader, Snapshot

POLL_INTERVAL = 0.1
"""Seconds."""

BATCH_SIZE = 1000
MAX_QUEUED_ENTRIES = 10_000
"""A subscription that falls behind by more entries fails, so that its memory stays bounded."""

UNREACHABLE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    DatabaseUnavailable,
)

LOG = structlog.get_logger("trellis.feed")

_SELECT_NUMBER = select_number(Clock.JOURNAL, "$1")
_SELECT_ENTRIES = """
    SELECT id, entity, entity_id, action, number FROM journal
    WHERE tenant_id = $1 AND number > $2 AND number <= $3
    ORDER BY number LIMIT $4
"""


@dataclass(frozen=True)
class FeedEntry:
    """A reference to a journal entry; each subscriber reads the entry with its own rights."""

    id: UUID
    entity: str
    entity_id: UUID
    action: str
    position: Position

    @property
    def may_alter_rights(self) -> bool:
        """Whether the change may alter anybody's rights."""
        return self.entity not in list_unrelated_entities()


class SlowConsumer(Exception):
    """A subscriber fell behind and must start again with a new read."""


@dataclass(eq=False)
class FeedSubscription:
    """A queue of the new entries of a tenant for one subscriber.

    `position` is that of the last entry that was taken from the queue.
    """

    unsubscribe: Callable[["FeedSubscription"], None]
    position: Position
    _queue: list[FeedEntry] = field(default_factory=list)
    _ready_event: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, entries: Sequence[FeedEntry]) -> None:
        """Add entries to the queue, unless it is over its limit already."""
        if len(self._queue) <= MAX_QUEUED_ENTRIES:
            self._queue += entries
        self._ready_event.set()

    async def next_entries(self) -> Sequence[FeedEntry]:
        """Wait for entries and return all since the last call. Raises SlowConsumer."""
        await self._ready_event.wait()
        self._ready_event.clear()
        entries, self._queue = self._queue, []
        if len(entries) > MAX_QUEUED_ENTRIES:
            raise SlowConsumer
        if entries:
            self.position = entries[-1].position
        return entries


@dataclass(eq=False)
class _TenantTail:
    """The position in a tenant's journal, and the subscriptions that it serves."""

    tenant_id: TenantId
    position: Position
    subscriptions: set[FeedSubscription] = field(default_factory=set)
    task: "asyncio.Task[None] | None" = None


class ChangeFeed:
    """Polls the journal of each tenant that has a subscription in this process."""

    def __init__(self, reader: Reader, *, poll_interval: float = POLL_INTERVAL) -> None:
        self._reader = reader
        self._poll_interval = poll_interval
        self._tails: dict[TenantId, _TenantTail] = {}

    async def subscribe(self, tenant_id: TenantId) -> FeedSubscription:
        """Subscribe to the entries of a tenant from now on."""
        if tenant_id not in self._tails:
            end = await self.load_end(tenant_id)
            if tenant_id not in self._tails:
                new_tail = self._tails[tenant_id] = _TenantTail(tenant_id, end)
                new_tail.task = asyncio.create_task(self._poll(new_tail))
        tail = self._tails[tenant_id]
        subscription = FeedSubscription(lambda each: self._unsubscribe(tail, each), tail.position)
        tail.subscriptions.add(subscription)
        return subscription

    def _unsubscribe(self, tail: _TenantTail, subscription: FeedSubscription) -> None:
        tail.subscriptions.discard(subscription)
        if not tail.subscriptions and self._tails.get(tail.tenant_id) is tail:
            del self._tails[tail.tenant_id]
            assert tail.task is not None
            tail.task.cancel()
            tail.task = None  # its exception holds a frame that refers to the tail: a cycle

    async def load_past_entries(
        self, tenant_id: TenantId, after: Position, until: Position
    ) -> list[FeedEntry]:
        """Return the first entries between two positions."""
        async with self._reader.open_snapshot(tenant_id) as snapshot:
            return await _fetch_entries(snapshot, tenant_id, after, until)

    async def add_followed(
        self, tenant_id: TenantId, entries: Sequence[FeedEntry], followed: FollowedChanges
    ) -> Sequence[FeedEntry]:
        """Add an entry for each object that follows another one that changed.

        Of several changes that one object follows, the last one counts.
        """
        last = {each.entity_id: each for each in entries if each.entity == followed.source}
        if not last:
            return entries
        async with self._reader.open_snapshot(tenant_id) as snapshot:
            rows = await snapshot.connection.fetch(followed.select_followers, tenant_id, [*last])
        derived = {
            row["follower_id"]: replace(
                last[row["source_id"]], entity=followed.follower, entity_id=row["follower_id"]
            )
            for row in sorted(rows, key=lambda row: last[row["source_id"]].position)
        }
        return sorted([*entries, *derived.values()], key=lambda each: each.position)

    async def load_end(self, tenant_id: TenantId) -> Position:
        """Return the number of the last entry."""
        async with self._reader.open_snapshot(tenant_id) as snapshot:
            return await _fetch_number(snapshot, tenant_id)

    async def _poll(self, tail: _TenantTail) -> None:
        while True:
            try:
                entries = await self._fetch_new_entries(tail)
            except UNREACHABLE_ERRORS as error:
                # No entry is lost: the next poll continues at the same position.
                LOG.warning("feed.unreachable", error=type(error).__name__)
                entries = []
            if entries:
                for subscription in tuple(tail.subscriptions):
                    subscription.push(entries)
            if len(entries) < BATCH_SIZE:
                await asyncio.sleep(self._poll_interval)

    async def _fetch_new_entries(self, tail: _TenantTail) -> list[FeedEntry]:
        async with self._reader.open_snapshot(tail.tenant_id) as snapshot:
            number = await _fetch_number(snapshot, tail.tenant_id)
            if number <= tail.position:
                # It is smaller after a failover to a server that had not yet the last entries.
                tail.position = number
                return []
            entries = await _fetch_entries(snapshot, tail.tenant_id, tail.position, number)
        tail.position = entries[-1].position
        return entries


async def _fetch_number(snapshot: Snapshot, tenant_id: TenantId) -> Position:
    return await snapshot.connection.fetchval(_SELECT_NUMBER, tenant_id) or 0


async def _fetch_entries(
    snapshot: Snapshot, tenant_id: TenantId, after: Position, until: Position
) -> list[FeedEntry]:
    rows: list[Any] = await snapshot.connection.fetch(
        _SELECT_ENTRIES, tenant_id, after, until, BATCH_SIZE
    )
    return [
        FeedEntry(row["id"], row["entity"], row["entity_id"], row["action"], row["number"])
        for row in rows
    ]
