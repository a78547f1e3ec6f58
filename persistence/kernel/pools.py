"""Connections: the pools that read and write, and the address of the serving role."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import URL, make_url

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

SERVING_ROLE = "trellis_app"

DEFAULT_STATEMENT_CACHE_SIZE = 200
"""Statements on one connection, for each of which the server holds 0.3 to 0.8 MB."""

STATEMENT_CACHE_PARAMETER = "statement_cache_size"
"""The word in an address that says how many statements a connection remembers."""

CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 10.0
"""Longer than the server works on a statement, and than asyncpg may try to cancel one."""

ROLLBACK_TIMEOUT = 0.5
"""A connection that has not even rolled back by then is dead, and so may be all of its age."""


def strip_driver(url: str) -> URL:
    """The address of a database without the name of a driver."""
    return make_url(url).set(drivername="postgresql")


def derive_serving_url(owner_url: str) -> str:
    """The same database for the serving role, whose password follows from the owner's, if any."""
    owner = strip_driver(owner_url)
    password = derive_serving_password(owner_url)
    query = owner.difference_update_query(["user", "password"]).query
    # `URL.set` takes None for "leave as it is"; only the constructor can leave a password out.
    serving = URL.create(
        owner.drivername, SERVING_ROLE, password, owner.host, owner.port, owner.database, query
    )
    return serving.render_as_string(hide_password=False)


def extract_password(url: str) -> str | None:
    """The password in an address, if there is one."""
    found = strip_driver(url).password or strip_driver(url).query.get("password")
    return str(found) if found else None


def derive_serving_password(owner_url: str) -> str | None:
    """The serving role's password, or None where the server knows its callers by their sockets."""
    secret = extract_password(owner_url)
    if not secret:
        return None
    return hmac.new(secret.encode(), SERVING_ROLE.encode(), hashlib.sha256).hexdigest()


class FastCloseConnection(asyncpg.Connection):
    """A connection that is closed in a moment, whether the server hears of it or not."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Say goodbye to a server that answers; leave any other."""
        try:
            async with asyncio.timeout(ROLLBACK_TIMEOUT):
                await super().close(timeout=timeout)
        except TimeoutError:
            self.terminate()


async def connect(url: str) -> FastCloseConnection:
    """A connection that hands JSON through as bytes and remembers statements of any length."""
    connection: FastCloseConnection = await asyncpg.connect(
        connection_class=FastCloseConnection, **_build_connect_arguments(url)
    )
    await _register_json_codec(connection)
    return connection


async def create_read_pool(url: str, *, min_size: int = 1, max_size: int = 10) -> Pool:
    """The connections that answer queries."""
    return await _create_pool(url, min_size, max_size)


async def create_write_pool(url: str, *, max_size: int = 5) -> Pool:
    """The connections of units of work. These wait for one another; no query waits with them."""
    return await _create_pool(url, 0, max_size)


async def _create_pool(url: str, min_size: int, max_size: int) -> Pool:
    """Whoever borrows a connection ends its transaction, so nothing is reset."""
    pool: Pool = await asyncpg.create_pool(
        min_size=min_size,
        max_size=max_size,
        connection_class=FastCloseConnection,
        init=_register_json_codec,
        reset=_skip_reset,
        command_timeout=COMMAND_TIMEOUT,
        **_build_connect_arguments(url),
    )
    return pool


@asynccontextmanager
async def borrow(pool: Pool, acquire_timeout: float | None = None) -> AsyncIterator[Any]:
    """A connection of a pool, which gets it back with nothing open, or not at all.

    Raises TimeoutError where none is free for so many seconds.
    """
    async with pool.acquire(timeout=acquire_timeout) as connection:
        try:
            yield connection
        except BaseException:
            if not await roll_back(connection):
                await pool.expire_connections()
            raise


async def roll_back(connection: Any) -> bool:
    """Roll back what was begun; false where the connection did not answer, and was given up.

    Nothing here may take longer than a moment: somebody's deadline has passed already. (asyncpg's
    own limits begin after it has waited for the server to hear of a cancelled statement.)
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
    """Leave the server without a word; one that left first has taken the connection with it."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


def _build_connect_arguments(url: str) -> dict[str, Any]:
    """What asyncpg needs to know of an address, in which it remembers statements of any length.

    Behind a PgBouncer before 1.21 it must remember none: `?statement_cache_size=0`.
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


async def _register_json_codec(connection: asyncpg.Connection) -> None:
    try:
        await connection.set_type_codec(
            "json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
        )
    except BaseException:
        _terminate(connection)  # nobody else has it yet
        raise


async def _skip_reset(_: asyncpg.Connection) -> None:
    pass
