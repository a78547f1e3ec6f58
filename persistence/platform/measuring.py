"""Measuring in the background: the usage of tenants that are due, and the numbers of requests."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import structlog

from domain.kernel.errors import NotFound
from domain.kernel.identity import TenantId
from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.kernel.pools import PoolSource, borrow
from persistence.platform import usage
from persistence.platform.databases import HOME, PlatformDatabases

BATCH_SIZE = 50
"""Tenants that a process claims at once."""

MEASURE_INTERVAL = 60.0
FLUSH_INTERVAL = 300.0
"""Seconds between two looks for tenants that are due, and between two writes of requests."""

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, DatabaseUnavailable)

LOG = structlog.get_logger("trellis.platform")


@dataclass(eq=False)
class UsageMeter:
    """Measures the tenants that are due, a batch at a time, in any number of processes."""

    databases: PlatformDatabases

    async def run(self) -> None:
        """Measure until the task is cancelled. After a failure, the next look tries again."""
        while True:
            try:
                has_more = await self.measure_due(datetime.now(UTC)) == BATCH_SIZE
            except FAILURES as error:
                LOG.warning("platform.not_measured", error=type(error).__name__)
                has_more = False
            if not has_more:
                await asyncio.sleep(MEASURE_INTERVAL * random.uniform(0.8, 1.2))  # noqa: S311

    async def measure_due(self, now: datetime) -> int:
        """Measure a batch of tenants that are due, and return how many were claimed."""
        directory = self.databases.find_directory(HOME)
        async with borrow(directory, None, usage.ACQUIRE_TIMEOUT) as connection:
            due = await usage.claim_due_tenants(connection, now, BATCH_SIZE)
        by_database = defaultdict[str | None, list[TenantId]](list)
        for tenant_id, database in due:
            by_database[database].append(tenant_id)
        for database, tenants in by_database.items():
            await self._measure_database(database, tenants, now)
        return len(due)

    async def _measure_database(
        self, database: str | None, tenants: list[TenantId], now: datetime
    ) -> None:
        """Measure tenants of one database. Those of a database that is down are left for later."""
        try:
            pool = self.databases.find_tenants(database)
            sizes = await usage.load_row_sizes(pool)
        except (*FAILURES, NotFound) as error:
            LOG.warning("platform.not_measured", database=database, error=type(error).__name__)
            return
        for each in tenants:
            try:
                await self._measure(pool, each, sizes, now)
            except FAILURES as error:  # the others of the batch are measured all the same
                reason = type(error).__name__
                LOG.warning("platform.not_measured", tenant_id=str(each), error=reason)

    async def _measure(
        self, pool: PoolSource, tenant_id: TenantId, sizes: Mapping[str, float], now: datetime
    ) -> None:
        found = await usage.measure_tenant(pool, tenant_id, sizes, now.date())
        directory = self.databases.find_directory(HOME)
        async with borrow(directory, None, usage.ACQUIRE_TIMEOUT) as connection:
            await usage.store_usage(connection, tenant_id, found, now)


@dataclass(eq=False)
class RequestCounts:
    """The requests of each tenant since the last write, in this process."""

    counts: Counter[UUID] = field(default_factory=Counter)

    def count(self, tenant_id: UUID) -> None:
        """Count a request."""
        self.counts[tenant_id] += 1

    async def flush(self, databases: PlatformDatabases) -> None:
        """Add the numbers to those in the directory. After a failure, they wait for the next."""
        given, self.counts = self.counts, Counter()
        if not given:
            return
        try:
            directory = databases.find_directory(HOME)
            async with borrow(directory, None, usage.ACQUIRE_TIMEOUT) as connection:
                await usage.add_requests(connection, datetime.now(UTC).date(), given)
        except FAILURES as error:
            self.counts.update(given)
            LOG.warning("platform.requests_not_stored", error=type(error).__name__)

    @asynccontextmanager
    async def keep(self, databases: PlatformDatabases) -> AsyncIterator[None]:
        """Write the numbers from time to time during the block, and at its end."""
        running = asyncio.create_task(self._write_repeatedly(databases))
        try:
            yield
        finally:
            running.cancel()
            await self.flush(databases)

    async def _write_repeatedly(self, databases: PlatformDatabases) -> None:
        while True:
            await asyncio.sleep(FLUSH_INTERVAL * random.uniform(0.8, 1.2))  # noqa: S311
            await self.flush(databases)
