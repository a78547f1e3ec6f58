"""The feed: the journal as it grows, for everybody in this process who listens to a tenant.

It is read below the oldest running transaction, in the order of `(xid, seq)`: a transaction that
began earlier and commits later is waited for, so nothing is lost and nothing comes twice. Every
process reads for itself; no message between processes is needed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from domain.kernel.identity import TenantId
from persistence.reading.reader import Reader

SECONDS_BETWEEN_LOOKS = 0.1
MOST_AT_ONCE = 1000
MOST_WAITING = 1000

LOG = structlog.get_logger("trellis.feed")

_NOW = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SINCE = """
    SELECT id, entity, entity_id, action, xid, seq FROM journal
    WHERE tenant_id = $1 AND (xid, seq) > ($2, $3)
      AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY xid, seq LIMIT $4
"""


@dataclass(frozen=True)
class Entry:
    """That something happened to something; what exactly is read anew for whoever may see it."""

    id: UUID
    entity: str
    entity_id: UUID
    action: str


Queue = asyncio.Queue[Entry | None]


class TooSlow(Exception):
    """A listener did not keep up, and has to start again from a fresh look."""


@dataclass(eq=False)
class _Tail:
    """One tenant's end of the journal, and its listeners."""

    tenant_id: TenantId
    place: tuple[int, int]
    listeners: set[Queue] = field(default_factory=set)
    task: "asyncio.Task[None] | None" = None


class Feed:
    """The tails that this process follows: one for each tenant that somebody listens to."""

    def __init__(self, reader: Reader, *, seconds: float = SECONDS_BETWEEN_LOOKS) -> None:
        self._reader = reader
        self._seconds = seconds
        self._tails: dict[TenantId, _Tail] = {}

    @asynccontextmanager
    async def listen(self, tenant_id: TenantId) -> AsyncIterator[AsyncIterator[Entry]]:
        """What happens in the tenant from now on. Raises TooSlow out of the iterator."""
        queue: Queue = asyncio.Queue(MOST_WAITING)
        place = await self._end(tenant_id)
        tail = self._tails.get(tenant_id)
        if tail is None:
            tail = self._tails[tenant_id] = _Tail(tenant_id, place)
            tail.task = asyncio.create_task(self._follow(tail))
        tail.listeners.add(queue)
        try:
            yield _drain(queue)
        finally:
            tail.listeners.discard(queue)
            if not tail.listeners and self._tails.get(tenant_id) is tail:
                del self._tails[tenant_id]
                assert tail.task is not None
                tail.task.cancel()

    async def _end(self, tenant_id: TenantId) -> tuple[int, int]:
        """Before everything that is not finished yet."""
        async with self._reader.snapshot(tenant_id) as snapshot:
            return await snapshot.connection.fetchval(_NOW), -1

    async def _follow(self, tail: _Tail) -> None:
        while True:
            try:
                entries = await self._since(tail)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                # The journal keeps everything; what was missed is read when the database is back.
                LOG.warning("feed.unreachable", error=type(error).__name__)
                entries = []
            for queue in tuple(tail.listeners):
                _hand_over(queue, entries)
            if len(entries) < MOST_AT_ONCE:
                await asyncio.sleep(self._seconds)

    async def _since(self, tail: _Tail) -> list[Entry]:
        async with self._reader.snapshot(tail.tenant_id) as snapshot:
            rows: list[Any] = await snapshot.connection.fetch(
                _SINCE, tail.tenant_id, *tail.place, MOST_AT_ONCE
            )
        if rows:
            tail.place = (rows[-1]["xid"], rows[-1]["seq"])
        return [Entry(row["id"], row["entity"], row["entity_id"], row["action"]) for row in rows]


def _hand_over(queue: Queue, entries: list[Entry]) -> None:
    """A full queue is emptied and ended, so that a slow listener costs no memory."""
    for entry in entries:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(None)
            return
        queue.put_nowait(entry)


async def _drain(queue: Queue) -> AsyncIterator[Entry]:
    while True:
        entry = await queue.get()
        if entry is None:
            raise TooSlow
        yield entry
