"""The pools of all databases of a process, with their metrics; they are closed at its end."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from pydantic import SecretStr

from api.commands.database_url import HOME, get_platform_url
from api.commands.database_url import Database as Urls
from api.settings import Settings
from api.telemetry.metrics import Metrics
from persistence.databases import Database, HomeDatabase
from persistence.kernel.pools import Pool, create_read_pool, create_write_pool, open_connection
from persistence.kernel.schema.startup_check import check_database_ready
from persistence.reading.replica import Replica

PLATFORM_POOL_SIZE = 4
"""Operators are few, and each of their requests is short."""

POOL_CLOSE_TIMEOUT = 3.0
"""Seconds after which connections that are still in use are terminated."""


@dataclass
class PoolFactory:
    """Opens the pools. Those of other databases connect on first use, and close what is idle."""

    settings: Settings
    stack: AsyncExitStack
    metrics: Metrics

    async def open_home(self, serving_url: str) -> HomeDatabase:
        """Open the pools of the home database."""
        return HomeDatabase(
            await self._open_read_pool(HOME, serving_url, min_size=1),
            await self._open_write_pool(HOME, serving_url),
            await self._open_replica(HOME, self.settings.read_url),
        )

    async def open_other(self, name: str, urls: Urls) -> Database:
        """Open the pools of another database. It may be down now: it is checked when it is used."""
        database = Database(
            name,
            await self._open_read_pool(name, urls.serving_url, min_size=0),
            await self._open_write_pool(name, urls.serving_url),
            lambda: _check(urls.serving_url),
            # As for a single tenant, so that others always find a slot.
            max_uses=self.settings.in_flight * 3 // 4,
            replica=await self._open_replica(name, self.settings.databases[name].read_url),
        )
        self.metrics.watch_database(name, lambda: database.failure is None)
        return database

    async def open_directories(self) -> dict[str | None, Pool]:
        """Open the pools of the platform's role, by database; None is the home database.

        They connect on first use. Without the URL of the home database there are none.
        """
        pools: dict[str | None, Pool] = {}
        urls: dict[str | None, str | None] = {None: get_platform_url(self.settings)}
        urls |= {name: get_platform_url(each) for name, each in self.settings.databases.items()}
        for name, url in urls.items():
            if url is not None:
                pool = await create_write_pool(url, max_size=PLATFORM_POOL_SIZE)
                pools[name] = self._keep(name or HOME, "platform", pool)
        return pools if None in pools else {}

    async def _open_replica(self, name: str, url: SecretStr | None) -> Replica | None:
        """Open a replica, if any. It may be down now, so it is checked when first read."""
        if url is None:
            return None
        pool = await create_read_pool(
            url.get_secret_value(), min_size=0, max_size=self.settings.pool_size
        )
        return Replica(self._keep(name, "replica", pool), check_database_ready)

    async def _open_read_pool(self, name: str, url: str, *, min_size: int) -> Pool:
        size = self.settings.pool_size
        pool = await create_read_pool(url, min_size=min_size, max_size=size)
        return self._keep(name, "read", pool)

    async def _open_write_pool(self, name: str, url: str) -> Pool:
        return self._keep(name, "write", await create_write_pool(url))

    def _keep(self, database: str, kind: str, pool: Pool) -> Pool:
        self.stack.push_async_callback(_close_pool, pool)
        self.metrics.watch_pool(database, kind, "open", pool.get_size)
        self.metrics.watch_pool(database, kind, "idle", pool.get_idle_size)
        return pool


async def _check(url: str) -> None:
    async with open_connection(url) as connection:
        await check_database_ready(connection)


async def _close_pool(pool: Pool) -> None:
    try:
        async with asyncio.timeout(POOL_CLOSE_TIMEOUT):
            await pool.close()
    except TimeoutError:
        pool.terminate()
