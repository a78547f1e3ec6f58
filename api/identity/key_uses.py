"""When the keys of service clients were used last, written in the background."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from domain.kernel.identity import TenantId
from persistence.client_directory import ClientDirectory
from persistence.kernel.caching import LruCache

MIN_INTERVAL = timedelta(minutes=5)
"""Between two writes of a process about the same key."""

MAX_KEYS = 10_000
MAX_PENDING = 4
"""Writes at once. A use beyond that is written with a later one."""

_log = structlog.get_logger(__name__)


class KeyUses:
    """The uses of keys that one process records. No request waits for a write."""

    def __init__(self, directory: ClientDirectory) -> None:
        self._directory = directory
        self._written: LruCache[UUID, datetime] = LruCache(MAX_KEYS)
        self._tasks: set[asyncio.Task[None]] = set()

    def record(self, tenant_id: TenantId, key_id: UUID, at: datetime | None = None) -> None:
        """Record that a key is used now, unless that was written a moment ago."""
        now = at or datetime.now(UTC)
        written = self._written.get(key_id)
        if written is not None and now - written < MIN_INTERVAL:
            return
        if len(self._tasks) >= MAX_PENDING:
            return
        self._written.put(key_id, now)
        task = asyncio.create_task(self._write(tenant_id, key_id, now))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def flush(self) -> None:
        """Wait until all uses so far are written."""
        await asyncio.gather(*self._tasks)

    async def _write(self, tenant_id: TenantId, key_id: UUID, at: datetime) -> None:
        try:
            await self._directory.record_use(tenant_id, key_id, at)
        except Exception as error:  # noqa: BLE001 - a lost time of use must end no request
            self._written.pop(key_id)
            _log.warning("key_use_not_recorded", why=type(error).__name__)
