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

SECONDS_BETWEEN_LOOKS = 0.1
MOST_AT_ONCE = 1000
MOST_WAITING = 10_000

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


class TooSlow(Exception):
    """Somebody did not keep up, and has to start again from a fresh look."""


@dataclass(eq=False)
class Follower:
    """Whoever is told what happens in a tenant."""

    leave: Callable[["Follower"], None]
    _waiting: list[Entry] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hand(self, entries: Sequence[Entry]) -> None:
        """Tell of entries; more than can wait are not kept, so that nobody slow costs memory."""
        if len(self._waiting) <= MOST_WAITING:
            self._waiting += entries
        self._news.set()

    async def news(self) -> Sequence[Entry]:
        """All that has happened since the last time; waits for something. Raises TooSlow."""
        await self._news.wait()
        self._news.clear()
        waiting, self._waiting = self._waiting, []
        if len(waiting) > MOST_WAITING:
            raise TooSlow
        return waiting


@dataclass(eq=False)
class _Tail:
    """One tenant's end of the journal, and who follows it."""

    tenant_id: TenantId
    place: tuple[int, int]
    followers: set[Follower] = field(default_factory=set)
    task: "asyncio.Task[None] | None" = None


class Feed:
    """The tails that this process reads: one for each tenant that somebody follows."""

    def __init__(self, reader: Reader, *, seconds: float = SECONDS_BETWEEN_LOOKS) -> None:
        self._reader = reader
        self._seconds = seconds
        self._tails: dict[TenantId, _Tail] = {}

    async def follow(self, tenant_id: TenantId) -> Follower:
        """Be told what happens in the tenant from now on, until the follower leaves."""
        if tenant_id not in self._tails:
            place = await self._end(tenant_id)
            if tenant_id not in self._tails:
                begun = self._tails[tenant_id] = _Tail(tenant_id, place)
                begun.task = asyncio.create_task(self._read_on(begun))
        tail = self._tails[tenant_id]
        follower = Follower(lambda each: self._leave(tail, each))
        tail.followers.add(follower)
        return follower

    def _leave(self, tail: _Tail, follower: Follower) -> None:
        tail.followers.discard(follower)
        if not tail.followers and self._tails.get(tail.tenant_id) is tail:
            del self._tails[tail.tenant_id]
            assert tail.task is not None
            tail.task.cancel()
            tail.task = None  # its end holds the frame that it was in, which holds the tail

    async def _end(self, tenant_id: TenantId) -> tuple[int, int]:
        """Before everything that is not finished yet."""
        async with self._reader.snapshot(tenant_id) as snapshot:
            return await snapshot.connection.fetchval(_NOW), -1

    async def _read_on(self, tail: _Tail) -> None:
        while True:
            try:
                entries = await self._since(tail)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                # The journal keeps everything; what was missed is read when the database is back.
                LOG.warning("feed.unreachable", error=type(error).__name__)
                entries = []
            if entries:
                for follower in tuple(tail.followers):
                    follower.hand(entries)
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
