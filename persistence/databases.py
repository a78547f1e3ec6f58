"""All databases that a process serves: which one a tenant lives in, and the pools of each.

The directory of the home database is the authority. Where a tenant lives is looked up once and then
remembered, until the database says that the tenant has moved. The tenants of a database that cannot
be served get errors at once, and nobody else does.
"""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, ClassVar, Literal, TypeAlias
from uuid import UUID

import structlog

from persistence.kernel.caching import LruCache
from persistence.kernel.error_translation import DatabaseUnavailable, translate
from persistence.kernel.location import location_sql
from persistence.kernel.pools import Connection, Pool, borrow
from persistence.kernel.schema.database_role import DatabaseNotReady
from persistence.reading.replica import Replica

MAX_REMEMBERED_TENANTS = 100_000
"""Tenants whose database is remembered; about 20 MB."""

CHECK_TIMEOUT = 2.0
"""Seconds in which a database must prove that it can be served."""

RETRY_DELAY = 1.0
"""Seconds from one check to the next."""

SELECT_USED_DATABASES = """
SELECT DISTINCT database FROM directory.tenants WHERE database IS NOT NULL
"""

LOG = structlog.get_logger("trellis.databases")

DatabaseCheck = Callable[[], Awaitable[None]]
"""Connects, and raises if the database must not be served: at another revision, for instance."""


@dataclass(eq=False)
class Database:
    """A database beside the home database. It is checked before its first use, and after a failure.

    Nobody waits for a database that has failed: a check runs in the background, and until it
    succeeds everybody is refused. At most `max_uses` requests use or wait for it at once, so that
    one that hangs does not hold the whole process.
    """

    name: str
    read_pool: Pool
    write_pool: Pool
    check: DatabaseCheck
    max_uses: int
    replica: Replica | None = None
    failure: str | None = None
    """Why it is not served now."""
    _is_checked: bool = False
    _checking: "asyncio.Task[None] | None" = None
    _next_check_at: float = 0.0
    _uses: int = 0

    @asynccontextmanager
    async def use(self) -> AsyncIterator[None]:
        """Hold the database in use for the block. Raises DatabaseUnavailable."""
        if not self._is_checked:
            await self._require_check()
        if self._uses >= self.max_uses:
            raise DatabaseUnavailable("The database of this tenant is overloaded. Try again.")
        self._uses += 1
        try:
            yield
        except asyncio.CancelledError:  # at the deadline of a request, or its client has gone
            self._start_check()
            raise
        except Exception as error:
            outage = translate(error)
            if type(outage) is DatabaseUnavailable and outage.code == "UNAVAILABLE":
                self._fail(error)
            raise
        finally:
            self._uses -= 1

    async def _require_check(self) -> None:
        """Wait for the first check; after a failure, start one and do not wait."""
        self._start_check()
        if self._checking is not None and self.failure is None:
            await asyncio.shield(self._checking)
        if not self._is_checked:
            raise DatabaseUnavailable("The database of this tenant cannot be reached. Try again.")

    def _start_check(self) -> None:
        if self._checking is None and monotonic() >= self._next_check_at:
            self._next_check_at = monotonic() + RETRY_DELAY
            self._checking = asyncio.create_task(self._run_check())

    async def _run_check(self) -> None:
        try:
            async with asyncio.timeout(CHECK_TIMEOUT):
                await self.check()
        except Exception as error:  # noqa: BLE001 - whatever it is, the database is not served
            self._fail(error)
            for each in (self.read_pool, self.write_pool):
                await each.expire_connections()  # they may be as dead
        else:
            self._is_checked, self.failure = True, None
        finally:
            self._checking = None

    def _fail(self, error: Exception) -> None:
        self._is_checked, self.failure = False, type(error).__name__
        LOG.warning("database.unavailable", database=self.name, error=self.failure)

    def stop(self) -> None:
        """Stop a running check."""
        if self._checking is not None:
            self._checking.cancel()


@dataclass(eq=False)
class HomeDatabase:
    """The database with the directory. Without it no token can be verified, so it needs no care."""

    read_pool: Pool
    write_pool: Pool
    replica: Replica | None = None
    name: str = "home"

    @asynccontextmanager
    async def use(self) -> AsyncIterator[None]:
        """Do nothing."""
        yield


TenantDatabase: TypeAlias = HomeDatabase | Database


@dataclass(eq=False)
class Databases:
    """The home database and the others, and in which of them each tenant lives."""

    home: HomeDatabase
    others: Mapping[str, Database]
    _locations: LruCache[UUID, TenantDatabase] = field(
        default_factory=lambda: LruCache(MAX_REMEMBERED_TENANTS)
    )

    @property
    def all(self) -> "Mapping[str | None, TenantDatabase]":
        """The databases by their names; None is that of the home database."""
        found: dict[str | None, TenantDatabase] = {None: self.home}
        found.update(self.others)
        return found

    @property
    def read_pools(self) -> "TenantPools":
        """The connections for queries."""
        return TenantPools(self, "read_pool")

    @property
    def write_pools(self) -> "TenantPools":
        """The connections for units of work."""
        return TenantPools(self, "write_pool")

    async def find(self, tenant_id: UUID) -> TenantDatabase:
        """Return the database in which the tenant lives. Raises DatabaseUnavailable."""
        database = self._locations.get(tenant_id)
        if database is None:
            async with borrow(self.home.read_pool, tenant_id) as connection:
                name = await connection.fetchval(location_sql(1), tenant_id)
            database = self.home if name is None else self.others.get(name)
            if database is None:
                LOG.error("database.not_configured", database=name)
                raise DatabaseUnavailable(
                    "The database of this tenant is not configured here. Tell the operator."
                )
            self._locations.put(tenant_id, database)
        return database

    async def is_at_home(self, tenant_id: UUID) -> bool:
        """Return whether the tenant lives in the home database. Raises DatabaseUnavailable."""
        return not self.others or await self.find(tenant_id) is self.home

    def forget(self, tenant_id: UUID) -> None:
        """Look up again where the tenant lives."""
        self._locations.pop(tenant_id)

    def list_failures(self) -> Mapping[str, str]:
        """Return why databases are not served now, by their names."""
        return {each.name: each.failure for each in self.others.values() if each.failure}

    def stop(self) -> None:
        """Stop what runs in the background."""
        for each in self.others.values():
            each.stop()


@dataclass(frozen=True, eq=False)
class TenantPools:
    """The connections of all databases, for reading or for writing."""

    databases: Databases
    kind: Literal["read_pool", "write_pool"]
    spans_databases: ClassVar[bool] = True

    @asynccontextmanager
    async def borrow(
        self, tenant_id: UUID | None, acquire_timeout: float | None
    ) -> AsyncIterator[Any]:
        """Borrow a connection to the database of the tenant. Raises DatabaseUnavailable."""
        databases = self.databases
        database = databases.home if tenant_id is None else await databases.find(tenant_id)
        pool: Pool = getattr(database, self.kind)
        async with database.use(), borrow(pool, tenant_id, acquire_timeout) as connection:
            yield connection

    def forget(self, tenant_id: UUID) -> None:
        """Look up again where the tenant lives."""
        self.databases.forget(tenant_id)


async def require_configured(home: Connection, names: Collection[str]) -> None:
    """Check that tenants live only in databases with these names. Raises DatabaseNotReady."""
    used = [row[0] for row in await home.fetch(SELECT_USED_DATABASES)]
    if missing := sorted({*used} - {*names}):
        variables = ", ".join(f"TRELLIS_DATABASES__{each.upper()}__SERVING_URL" for each in missing)
        raise DatabaseNotReady(
            f"Tenants live in databases that are not configured. Set {variables}."
        )


@dataclass(frozen=True, eq=False)
class TenantReplicas:
    """The replicas of all databases, as one replica."""

    databases: Databases

    async def read(
        self, sql: str, values: Sequence[Any], tenant_id: UUID
    ) -> tuple[bytes | None, int] | None:
        """Read from the replica of the tenant's database; see `Replica.read`."""
        replica = (await self.databases.find(tenant_id)).replica
        return None if replica is None else await replica.read(sql, values, tenant_id)
