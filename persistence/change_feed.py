"""The change feed: new journal entries of a tenant, for all subscribers in this process.

Entries are read in the order of `(xid, seq)`, and only below the oldest running transaction. So a
transaction that began earlier and commits later is never missed, and no entry is delivered twice.
Each process polls the journal itself, without messages between processes.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from domain.kernel.identity import TenantId
from persistence.change_cursors import Position
from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.reading.reader import Reader

POLL_INTERVAL = 0.1
"""Seconds."""

BATCH_SIZE = 1000
MAX_QUEUED_ENTRIES = 10_000
"""A subscription that falls behind by more entries fails, so that its memory stays bounded."""

UNREACHABLE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
    DatabaseUnavailable,
)

LOG = structlog.get_logger("trellis.feed")

_SELECT_END = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SELECT_ENTRIES = """
    SELECT id, entity, entity_id, action, xid, seq FROM journal
    WHERE tenant_id = $1 AND (xid, seq) > ($2, $3)
      AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY xid, seq LIMIT $4
"""
_SELECT_PAST_ENTRIES = """
    SELECT id, entity, entity_id, action, xid, seq FROM journal
    WHERE tenant_id = $1 AND (xid, seq) > ($2, $3) AND (xid, seq) <= ($4, $5)
    ORDER BY xid, seq LIMIT $6
"""


@dataclass(frozen=True)
class FeedEntry:
    """A reference to a journal entry; each subscriber reads the entry with its own rights."""

    id: UUID
    entity: str
    entity_id: UUID
    action: str
    position: Position


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
            end = await self._load_end(tenant_id)
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
        """Return the first entries between two positions; `until` is one of a subscription."""
        async with self._reader.open_snapshot(tenant_id) as snapshot:
            rows = await snapshot.connection.fetch(
                _SELECT_PAST_ENTRIES,
                tenant_id,
                *(after.xid, after.seq, until.xid, until.seq),
                BATCH_SIZE,
            )
        return [_build_entry(each) for each in rows]

    async def _load_end(self, tenant_id: TenantId) -> Position:
        """Return the position before all transactions that are still running."""
        async with self._reader.open_snapshot(tenant_id) as snapshot:
            return Position(await snapshot.connection.fetchval(_SELECT_END), -1)

    async def _poll(self, tail: _TenantTail) -> None:
        while True:
            try:
                entries = await self._fetch_entries(tail)
            except UNREACHABLE_ERRORS as error:
                # No entry is lost: the next poll continues at the same position.
                LOG.warning("feed.unreachable", error=type(error).__name__)
                entries = []
            if entries:
                for subscription in tuple(tail.subscriptions):
                    subscription.push(entries)
            if len(entries) < BATCH_SIZE:
                await asyncio.sleep(self._poll_interval)

    async def _fetch_entries(self, tail: _TenantTail) -> list[FeedEntry]:
        position = tail.position
        async with self._reader.open_snapshot(tail.tenant_id) as snapshot:
            rows: list[Any] = await snapshot.connection.fetch(
                _SELECT_ENTRIES, tail.tenant_id, position.xid, position.seq, BATCH_SIZE
            )
        entries = [_build_entry(each) for each in rows]
        if entries:
            tail.position = entries[-1].position
        return entries


def _build_entry(row: Mapping[str, Any]) -> FeedEntry:
    position = Position(row["xid"], row["seq"])
    return FeedEntry(row["id"], row["entity"], row["entity_id"], row["action"], position)
