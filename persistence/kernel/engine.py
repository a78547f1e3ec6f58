"""Connections: the pool that reads, the engine that writes, and the address of the serving role."""

import hashlib
import hmac
from typing import Any

import asyncpg
from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SERVING_ROLE = "trellis_app"


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


async def connect(url: str) -> asyncpg.Connection:
    """A connection that hands JSON through as bytes and remembers statements of any length."""
    connection: asyncpg.Connection = await asyncpg.connect(
        plain_url(url).render_as_string(hide_password=False),
        statement_cache_size=1000,
        max_cacheable_statement_size=0,
        max_cached_statement_lifetime=0,
    )
    await _hand_json_through(connection)
    return connection


async def read_pool(url: str, *, least: int = 1, most: int = 10) -> asyncpg.Pool:
    """The connections that answer queries; readers end their transactions, so nothing is reset."""
    pool: asyncpg.Pool = await asyncpg.create_pool(
        plain_url(url).render_as_string(hide_password=False),
        min_size=least,
        max_size=most,
        statement_cache_size=1000,
        max_cacheable_statement_size=0,
        max_cached_statement_lifetime=0,
        init=_hand_json_through,
        reset=_leave_as_it_is,
    )
    return pool


def write_engine(url: str, *, most: int = 5) -> AsyncEngine:
    """The connections that units of work write through."""

    async def made() -> asyncpg.Connection:
        return await connect(url)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=made,
        connect_args={"prepared_statement_cache_size": 1000},
        pool_size=most,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
    )
    event.listen(engine.sync_engine, "connect", _hand_json_through_again)
    return engine


def _hand_json_through_again(connection: Any, _: object) -> None:
    """SQLAlchemy decodes json on each new connection; what is compiled is read as bytes here too."""
    connection.run_async(_hand_json_through)


async def _hand_json_through(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
    )


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    pass
