"""Connections: the pool that reads, the engine that writes, and the address of the serving role."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

SERVING_ROLE = "trellis_app"

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

    told_of_silence: Callable[[], None] | None = None

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Say goodbye to a server that answers; leave any other."""
        try:
            async with asyncio.timeout(SECONDS_TO_ROLL_BACK):
                await super().close(timeout=timeout)
        except TimeoutError:
            self.terminate()
            if self.told_of_silence:
                self.told_of_silence()


async def connect(url: str) -> Prompt:
    """A connection that hands JSON through as bytes and remembers statements of any length."""
    connection: Prompt = await asyncpg.connect(connection_class=Prompt, **_told(url))
    await _hand_json_through(connection)
    return connection


async def read_pool(url: str, *, least: int = 1, most: int = 10) -> asyncpg.Pool:
    """The connections that answer queries; readers end their transactions, so nothing is reset."""
    pool: asyncpg.Pool = await asyncpg.create_pool(
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
async def lent(pool: "asyncpg.Pool[Any]") -> AsyncIterator[Any]:
    """A connection of a pool, which gets it back with nothing open, or not at all."""
    async with pool.acquire() as connection:
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


def write_engine(url: str, *, most: int = 5) -> AsyncEngine:
    """The connections that units of work write through."""

    async def made() -> asyncpg.Connection:
        connection = await connect(url)
        watch.begin(connection)
        return connection

    watch = Watch()
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=made,
        execution_options={"watch": watch},
        connect_args=_statements(_told(url)["statement_cache_size"]),
        pool_size=most,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
    )
    event.listen(engine.sync_engine, "connect", _hand_json_through_again)
    event.listen(engine.sync_engine, "connect", watch.is_ready)
    event.listen(engine.sync_engine, "checkout", watch.check)
    return engine


class Watch:
    """An eye on an engine's connections: on those that are not ready yet, and on suspects.

    Where one connection is dead, others of its age may be as well. And whoever is cancelled while
    SQLAlchemy prepares a new connection leaves it behind open, with nobody to close it.
    """

    def __init__(self) -> None:
        self._suspect_before = 0.0
        self._unready: dict[Any, Prompt] = {}

    def suspect_all(self) -> None:
        """Let every connection of now be replaced when it is next wanted."""
        self._suspect_before = time.monotonic()

    def begin(self, connection: Prompt) -> None:
        """Take note of a connection that is new, and on whose behalf it was made."""
        connection.told_of_silence = self.suspect_all
        self._unready[asyncio.current_task()] = connection

    def is_ready(self, _: object, record: Any) -> None:
        """Listens to `connect`, after all others."""
        record.info["made_at"] = time.monotonic()
        self._unready.pop(asyncio.current_task(), None)

    def end(self) -> None:
        """Close what was not ready when the task was interrupted."""
        connection = self._unready.pop(asyncio.current_task(), None)
        if connection is not None:
            connection.terminate()

    def check(self, connection: Any, record: Any, _: object) -> None:
        """Listens to `checkout`."""
        if record.info["made_at"] < self._suspect_before:
            connection.driver_connection.terminate()
            raise DisconnectionError


def watch_over(session: AsyncSession) -> Watch:
    """The eye on the connections of a session."""
    found: Watch = session.get_bind().get_execution_options()["watch"]
    return found


async def give_up(session: AsyncSession, connection: Any) -> None:
    """End the transaction of a session in a moment, be it with its connection."""
    if not await is_abandoned(connection):
        watch_over(session).suspect_all()
    if connection.is_closed():
        await session.invalidate()


def _told(url: str) -> dict[str, Any]:
    """What asyncpg needs to know of an address, in which it remembers statements of any length.

    Behind a PgBouncer before 1.21 it must remember none: `?statement_cache_size=0`.
    """
    plain = plain_url(url)
    return {
        "dsn": plain.difference_update_query([REMEMBERED]).render_as_string(hide_password=False),
        "statement_cache_size": int(str(plain.query.get(REMEMBERED, 1000))),
        "max_cacheable_statement_size": 0,
        "max_cached_statement_lifetime": 0,
        "timeout": SECONDS_TO_CONNECT,
    }


def _statements(remembered: int) -> dict[str, Any]:
    """The same for SQLAlchemy; what is not remembered has no name, so names never clash."""
    nameless = {} if remembered else {"prepared_statement_name_func": str}
    return {"prepared_statement_cache_size": remembered, **nameless}


def _hand_json_through_again(connection: Any, _: object) -> None:
    """SQLAlchemy decodes json on each new connection; here, too, compiled answers are bytes."""
    connection.run_async(_hand_json_through)


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
