"""Connections: the pools that read and write, and the address of the serving role."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import URL, make_url

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

SERVING_ROLE = "trellis_app"

MOST_REMEMBERED = 200
"""Statements on one connection, for each of which the server holds 0.3 to 0.8 MB."""

REMEMBERED = "statement_cache_size"
"""The word in an address that says how many statements a connection remembers."""

SECONDS_TO_CONNECT = 5.0
SECONDS_FOR_ANYTHING = 10.0
"""Longer than the server works on a statement, and than asyncpg may try to cancel one."""

SECONDS_TO_ROLL_BACK = 0.5
"""A connection that has not even rolled back by then is dead, and so may be all of its age."""


def plain_url(url: str) -> URL:
    """The address of a database without the name of a driver."""
    return make_url(url).set(drivername="postgresql")


def serving_url(owner_url: str) -> str:
    """The same database for the serving role, whose password follows from the owner's, if any."""
    owner = plain_url(owner_url)
    password = serving_password(owner_url)
    query = owner.difference_update_query(["user", "password"]).query
    # `URL.set` takes None for "leave as it is"; only the constructor can leave a password out.
    serving = URL.create(
        owner.drivername, SERVING_ROLE, password, owner.host, owner.port, owner.database, query
    )
    return serving.render_as_string(hide_password=False)


def password_of(url: str) -> str | None:
    """The password in an address, if there is one."""
    found = plain_url(url).password or plain_url(url).query.get("password")
    return str(found) if found else None


def serving_password(owner_url: str) -> str | None:
    """The serving role's password, or None where the server knows its callers by their sockets."""
    secret = password_of(owner_url)
    if not secret:
        return None
    return hmac.new(secret.encode(), SERVING_ROLE.encode(), hashlib.sha256).hexdigest()


class Prompt(asyncpg.Connection):
    """A connection that is closed in a moment, whether the server hears of it or not."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Say goodbye to a server that answers; leave any other."""
        try:
            async with asyncio.timeout(SECONDS_TO_ROLL_BACK):
                await super().close(timeout=timeout)
        except TimeoutError:
            self.terminate()


async def connect(url: str) -> Prompt:
    """A connection that hands JSON through as bytes and remembers statements of any length."""
    connection: Prompt = await asyncpg.connect(connection_class=Prompt, **_told(url))
    await _hand_json_through(connection)
    return connection


async def read_pool(url: str, *, least: int = 1, most: int = 10) -> Pool:
    """The connections that answer queries."""
    return await _pool(url, least, most)


async def write_pool(url: str, *, most: int = 5) -> Pool:
    """The connections of units of work. These wait for one another; no query waits with them."""
    return await _pool(url, 0, most)


async def _pool(url: str, least: int, most: int) -> Pool:
    """Whoever borrows a connection ends its transaction, so nothing is reset."""
    pool: Pool = await asyncpg.create_pool(
        min_size=least,
        max_size=most,
        connection_class=Prompt,
        init=_hand_json_through,
        reset=_leave_as_it_is,
        command_timeout=SECONDS_FOR_ANYTHING,
        **_told(url),
    )
    return pool


@asynccontextmanager
async def lent(pool: Pool, patience: float | None = None) -> AsyncIterator[Any]:
    """A connection of a pool, which gets it back with nothing open, or not at all.

    Raises TimeoutError where none is free for so many seconds.
    """
    async with pool.acquire(timeout=patience) as connection:
        try:
            yield connection
        except BaseException:
            if not await is_abandoned(connection):
                await pool.expire_connections()
            raise


async def is_abandoned(connection: Any) -> bool:
    """Roll back what was begun; false where the connection did not answer, and was given up.

    Nothing here may take longer than a moment: somebody's deadline has passed already. (asyncpg's
    own limits begin after it has waited for the server to hear of a cancelled statement.)
    """
    try:
        async with asyncio.timeout(SECONDS_TO_ROLL_BACK):
            await connection.execute("ROLLBACK")
    except TimeoutError:
        _end(connection)
        return False
    except BaseException as error:
        _end(connection)
        if not isinstance(error, Exception):
            raise
    return True


def _end(connection: Any) -> None:
    """Leave the server without a word; one that left first has taken the connection with it."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


def _told(url: str) -> dict[str, Any]:
    """What asyncpg needs to know of an address, in which it remembers statements of any length.

    Behind a PgBouncer before 1.21 it must remember none: `?statement_cache_size=0`.
    """
    plain = plain_url(url)
    return {
        "dsn": plain.difference_update_query([REMEMBERED]).render_as_string(hide_password=False),
        "statement_cache_size": int(str(plain.query.get(REMEMBERED, MOST_REMEMBERED))),
        "max_cacheable_statement_size": 0,
        "max_cached_statement_lifetime": 0,
        "timeout": SECONDS_TO_CONNECT,
    }


async def _hand_json_through(connection: asyncpg.Connection) -> None:
    try:
        await connection.set_type_codec(
            "json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
        )
    except BaseException:
        _end(connection)  # nobody else has it yet
        raise


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    pass
