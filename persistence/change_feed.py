"""The feed: the journal as it grows, for everybody in this process who follows a tenant.

It is read below the oldest running transaction, in the order of `(xid, seq)`: a transaction that
began earlier and commits later is waited for, so nothing is lost and nothing comes twice. Every
process reads for itself; no message between processes is needed.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from domain.kernel.identity import TenantId
from persistence.reading.reader import Reader

POLL_INTERVAL = 0.1
BATCH_SIZE = 1000
MAX_QUEUED_ENTRIES = 10_000

LOG = structlog.get_logger("trellis.feed")

_SELECT_END = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SELECT_ENTRIES = """
    SELECT id, entity, entity_id, action, xid, seq FROM journal
    WHERE tenant_id = $1 AND (xid, seq) > ($2, $3)
      AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY xid, seq LIMIT $4
"""


@dataclass(frozen=True)
class FeedEntry:
    """That something happened to something; what exactly is read anew for whoever may see it."""

    id: UUID
    entity: str
    entity_id: UUID
    action: str


class SlowConsumer(Exception):
    """Somebody did not keep up, and has to start again from a fresh look."""


@dataclass(eq=False)
class FeedSubscription:
    """Whoever is told what happens in a tenant."""

    unsubscribe: Callable[["FeedSubscription"], None]
    _queue: list[FeedEntry] = field(default_factory=list)
    _ready_event: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, entries: Sequence[FeedEntry]) -> None:
        """Tell of entries; more than can wait are not kept, so that nobody slow costs memory."""
        if len(self._queue) <= MAX_QUEUED_ENTRIES:
            self._queue += entries
        self._ready_event.set()

    async def next_entries(self) -> Sequence[FeedEntry]:
        """All that has happened since the last time; waits for something. Raises TooSlow."""
        await self._ready_event.wait()
        self._ready_event.clear()
        entries, self._queue = self._queue, []
        if len(entries) > MAX_QUEUED_ENTRIES:
            raise SlowConsumer
        return entries


@dataclass(eq=False)
class _TenantTail:
    """One tenant's end of the journal, and who follows it."""

    tenant_id: TenantId
    cursor: tuple[int, int]
    subscriptions: set[FeedSubscription] = field(default_factory=set)
    task: "asyncio.Task[None] | None" = None


class ChangeFeed:
    """The tails that this process reads: one for each tenant that somebody follows."""

    def __init__(self, reader: Reader, *, poll_interval: float = POLL_INTERVAL) -> None:
        self._reader = reader
        self._poll_interval = poll_interval
        self._tails: dict[TenantId, _TenantTail] = {}

    async def subscribe(self, tenant_id: TenantId) -> FeedSubscription:
        """Be told what happens in the tenant from now on, until the follower leaves."""
        if tenant_id not in self._tails:
            cursor = await self._load_end(tenant_id)
            if tenant_id not in self._tails:
                new_tail = self._tails[tenant_id] = _TenantTail(tenant_id, cursor)
                new_tail.task = asyncio.create_task(self._poll(new_tail))
        tail = self._tails[tenant_id]
        subscription = FeedSubscription(lambda each: self._unsubscribe(tail, each))
        tail.subscriptions.add(subscription)
        return subscription

    def _unsubscribe(self, tail: _TenantTail, subscription: FeedSubscription) -> None:
        tail.subscriptions.discard(subscription)
        if not tail.subscriptions and self._tails.get(tail.tenant_id) is tail:
            del self._tails[tail.tenant_id]
            assert tail.task is not None
            tail.task.cancel()
            tail.task = None  # its end holds the frame that it was in, which holds the tail

    async def _load_end(self, tenant_id: TenantId) -> tuple[int, int]:
        """Before everything that is not finished yet."""
        async with self._reader.open_snapshot(tenant_id) as snapshot:
            return await snapshot.connection.fetchval(_SELECT_END), -1

    async def _poll(self, tail: _TenantTail) -> None:
        while True:
            try:
                entries = await self._fetch_entries(tail)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                # The journal keeps everything; what was missed is read when the database is back.
                LOG.warning("feed.unreachable", error=type(error).__name__)
                entries = []
            if entries:
                for subscription in tuple(tail.subscriptions):
                    subscription.push(entries)
            if len(entries) < BATCH_SIZE:
                await asyncio.sleep(self._poll_interval)

    async def _fetch_entries(self, tail: _TenantTail) -> list[FeedEntry]:
        async with self._reader.open_snapshot(tail.tenant_id) as snapshot:
            rows: list[Any] = await snapshot.connection.fetch(
                _SELECT_ENTRIES, tail.tenant_id, *tail.cursor, BATCH_SIZE
            )
        if rows:
            tail.cursor = (rows[-1]["xid"], rows[-1]["seq"])
        return [
            FeedEntry(row["id"], row["entity"], row["entity_id"], row["action"]) for row in rows
        ]
