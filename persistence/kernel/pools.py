"""Connection pools for reading and writing, and the URL of the serving role."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from time import monotonic
from typing import Any, ClassVar, Protocol, TypeAlias
from uuid import UUID

import asyncpg
from asyncpg.pgproto import pgproto
from sqlalchemy import URL, make_url

from domain.kernel.identity import set_id_class
from persistence.kernel.engine_kind import EngineKind, find_engine_kind
from persistence.kernel.fair_slots import FairSlots
from persistence.kernel.usage import get_usage

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

set_id_class(pgproto.UUID)  # ids that the driver decodes are of it, and it is ten times as fast


# ruff: noqa: SLF001 - the pool does what asyncpg's own methods do, with fewer calls
class Pool(asyncpg.Pool):
    """A pool whose connections tenants share fairly; see `FairSlots`."""

    spans_databases: ClassVar[bool] = False

    def __init__(self, *arguments: Any, max_size: int, **options: Any) -> None:
        super().__init__(*arguments, max_size=max_size, **options)
        self.slots = FairSlots(max_size)

    def borrow(self, tenant_id: UUID | None, acquire_timeout: float | None) -> "Borrowing":
        """Borrow a connection; see the function `borrow` and `FairSlots`."""
        return Borrowing(self, tenant_id, acquire_timeout)

    def forget(self, tenant_id: UUID) -> None:
        """Do nothing: there is one database."""

    async def take(self, acquire_timeout: float | None) -> Any:
        """Acquire a connection. An open one is taken at once, without a timer."""
        pool: Any = self
        holders = pool._queue._queue
        if holders and not pool._closing:
            holder = holders[-1]
            if holder.is_connected() and holder._generation == pool._generation:
                holders.pop()
                holder._timeout = acquire_timeout
                return await holder.acquire()  # which waits only to connect
        return await self.acquire(timeout=acquire_timeout)

    async def release(self, connection: Any, **options: float | None) -> None:
        """Return a connection to the pool, in the task of its borrower.

        asyncpg starts a task, so that a cancellation does not interrupt the reset of a session. We
        reset nothing, and an interrupted release terminates the connection. The task would cost 4 %
        of a small query. What asyncpg does under a timeout is left out where nothing is to be done.
        """
        raw, holder = connection._con, connection._holder
        if raw is None:  # released before
            return
        if _is_clean(raw, holder):
            raw._pool_release_ctr += 1  # so that statements of the last borrower are refused
            holder._release()
            holder._setup_inactive_callback()
        else:
            raw._on_release()
            await holder.release(options.get("timeout") or holder._timeout)


def _is_clean(raw: Any, holder: Any) -> bool:
    """Return whether the next borrower can use a connection as it is."""
    protocol = raw._protocol
    return not (
        raw.is_closed()
        or protocol.queries_count >= holder._max_queries
        or holder._generation != holder._pool._generation
        or protocol._is_cancelling()
        or protocol.is_in_transaction()
        or raw._top_xact is not None
        or raw._listeners
        or raw._log_listeners
    )


class Borrowing:
    """A connection that is borrowed for the block.

    The time until it is returned counts as used by the current request, divided by the connections
    in use: each slows down the others.
    """

    # A generator as a context manager would take 3 % of a small query.
    __slots__ = ("_acquire_timeout", "_borrowed_at", "_connection", "_pool", "_tenant_id")

    def __init__(self, pool: Pool, tenant_id: UUID | None, acquire_timeout: float | None) -> None:
        self._pool = pool
        self._tenant_id = tenant_id
        self._acquire_timeout = acquire_timeout

    async def __aenter__(self) -> Any:
        slots, tenant_id = self._pool.slots, self._tenant_id
        if slots.waiters or not slots.try_take(tenant_id):
            async with asyncio.timeout(self._acquire_timeout):
                await slots.acquire(tenant_id)
        try:
            self._connection = await self._pool.take(self._acquire_timeout)
        except BaseException:
            slots.release(tenant_id)
            raise
        self._borrowed_at = monotonic()
        return self._connection

    async def __aexit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        pool, slots = self._pool, self._pool.slots
        try:
            if error_type is not None and not await roll_back(self._connection):
                await pool.expire_connections()
        finally:
            get_usage().database_seconds += (monotonic() - self._borrowed_at) / slots.active
            try:
                await pool.release(self._connection)
            finally:
                slots.release(self._tenant_id)


class PoolSource(Protocol):
    """The connections of one database, or of all databases: each tenant's are to its own."""

    spans_databases: ClassVar[bool]

    def borrow(
        self, tenant_id: UUID | None, acquire_timeout: float | None
    ) -> AbstractAsyncContextManager[Any]:
        """Borrow a connection to the database of the tenant, or to the home database."""

    def forget(self, tenant_id: UUID) -> None:
        """Look up again where the tenant lives, because it has moved."""


SERVING_ROLE = "trellis_app"
PLATFORM_ROLE = "trellis_platform"
"""The role of the platform graph: it writes the directory, and sees no row of a tenant."""

DEFAULT_STATEMENT_CACHE_SIZE = 200
"""Prepared statements per connection; the server holds 0.3 to 0.8 MB for each."""

STATEMENT_CACHE_PARAMETER = "statement_cache_size"
"""The parameter of a URL for the number of prepared statements per connection."""

CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 10.0
"""Seconds. Longer than the server's statement timeout, and than asyncpg needs to cancel one."""

MAX_QUERIES = 50_000
MAX_IDLE_TIME = 300.0
"""Seconds. After so many statements, or so long without one, a connection is closed."""

ROLLBACK_TIMEOUT = 0.5
"""Seconds. A connection that has not rolled back by then is dead; others as old may be, too."""


def strip_driver(url: str) -> URL:
    """Return the URL of a database without the name of a driver."""
    return make_url(url).set(drivername="postgresql")


def derive_serving_url(owner_url: str) -> str:
    """Return the URL of the same database for the serving role, with its derived password."""
    return derive_role_url(owner_url, SERVING_ROLE)


def derive_role_url(owner_url: str, role: str) -> str:
    """Return the URL of the same database for another role, with its derived password."""
    owner = strip_driver(owner_url)
    password = derive_password(owner_url, role)
    query = owner.difference_update_query(["user", "password"]).query
    # `URL.set` keeps the password when it is given None; only the constructor can omit it.
    derived = URL.create(
        owner.drivername, role, password, owner.host, owner.port, owner.database, query
    )
    return derived.render_as_string(hide_password=False)


def extract_password(url: str) -> str | None:
    """Return the password in a URL, or None."""
    found = strip_driver(url).password or strip_driver(url).query.get("password")
    return str(found) if found else None


def derive_password(owner_url: str, role: str = SERVING_ROLE) -> str | None:
    """Return the password of a role; None where the server uses peer authentication."""
    secret = extract_password(owner_url)
    if not secret:
        return None
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


class FastCloseConnection(asyncpg.Connection):
    """A connection whose `close` does not wait for a server that does not answer."""

    engine_kind: EngineKind
    """The kind of its database, found when the connection is opened."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Close the connection; terminate it if the server does not answer in time."""
        try:
            async with asyncio.timeout(ROLLBACK_TIMEOUT):
                await super().close(timeout=timeout)
        except TimeoutError:
            self.terminate()


async def connect(url: str) -> FastCloseConnection:
    """Open a connection that returns JSON as bytes and caches statements of any length."""
    connection: FastCloseConnection = await asyncpg.connect(
        connection_class=FastCloseConnection, **_build_connect_arguments(url)
    )
    await _prepare_connection(connection)
    return connection


@asynccontextmanager
async def open_connection(url: str) -> AsyncIterator[FastCloseConnection]:
    """Open a connection for the block; see `connect`."""
    connection = await connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def create_read_pool(url: str, *, min_size: int = 1, max_size: int = 10) -> Pool:
    """Create the pool for queries."""
    return await _create_pool(url, min_size, max_size)


async def create_write_pool(
    url: str, *, max_size: int = 5, command_timeout: float = COMMAND_TIMEOUT
) -> Pool:
    """Create the pool for units of work, which wait for locks; queries do not wait with them."""
    return await _create_pool(url, 0, max_size, command_timeout)


async def _create_pool(
    url: str, min_size: int, max_size: int, command_timeout: float = COMMAND_TIMEOUT
) -> Pool:
    """Create a pool that resets nothing, because borrowers end their transactions."""
    return await Pool(
        min_size=min_size,
        max_size=max_size,
        max_queries=MAX_QUERIES,
        max_inactive_connection_lifetime=MAX_IDLE_TIME,
        loop=None,
        connection_class=FastCloseConnection,
        record_class=asyncpg.Record,
        init=_prepare_connection,
        reset=_skip_reset,
        command_timeout=command_timeout,
        **_build_connect_arguments(url),
    )


def borrow(
    source: PoolSource, tenant_id: UUID | None = None, acquire_timeout: float | None = None
) -> AbstractAsyncContextManager[Any]:
    """Borrow a connection for a tenant, or for the process.

    After an error, it is rolled back or terminated. Raises TimeoutError if none is free within
    `acquire_timeout` seconds.
    """
    return source.borrow(tenant_id, acquire_timeout)


async def roll_back(connection: Any) -> bool:
    """Roll back the transaction; return False if the server did not answer in time.

    The time is short because the deadline of the request may have passed already. asyncpg's own
    timeouts start only after the server has received the cancellation of a statement.
    """
    try:
        async with asyncio.timeout(ROLLBACK_TIMEOUT):
            await connection.execute("ROLLBACK")
    except TimeoutError:
        _terminate(connection)
        return False
    except BaseException as error:
        _terminate(connection)
        if not isinstance(error, Exception):
            raise
    return True


def _terminate(connection: Any) -> None:
    """Close the socket at once. asyncpg raises InterfaceError if the server has closed it."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


def _build_connect_arguments(url: str) -> dict[str, Any]:
    """Return the arguments of asyncpg for a URL; statements of any length are cached.

    Behind a PgBouncer before 1.21 no statement may be cached: `?statement_cache_size=0`.
    """
    parsed_url = strip_driver(url)
    return {
        "dsn": parsed_url.difference_update_query([STATEMENT_CACHE_PARAMETER]).render_as_string(
            hide_password=False
        ),
        "statement_cache_size": int(
            str(parsed_url.query.get(STATEMENT_CACHE_PARAMETER, DEFAULT_STATEMENT_CACHE_SIZE))
        ),
        "max_cacheable_statement_size": 0,
        "max_cached_statement_lifetime": 0,
        "timeout": CONNECT_TIMEOUT,
    }


async def _prepare_connection(connection: FastCloseConnection) -> None:
    """Find the kind of the database, and return JSON as bytes."""
    try:
        connection.engine_kind = await find_engine_kind(connection)
        await connection.set_type_codec(
            "json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
        )
    except BaseException:
        _terminate(connection)  # no pool owns it yet
        raise


async def _skip_reset(_: asyncpg.Connection) -> None:
    pass
