"""A database without tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import strip_driver
from persistence.kernel.schema.database_role import ensure_roles
from tests.factories.databases import drop_database


@asynccontextmanager
async def a_database(
    addresses: DatabaseUrls, owner: asyncpg.Connection, name: str
) -> AsyncIterator[str]:
    """Make an empty database with the serving roles, and drop it at the end."""
    url = strip_driver(addresses.owner).set(database=name).render_as_string(hide_password=False)
    await owner.execute(f"CREATE DATABASE {name}")
    try:
        await ensure_roles(url)
        yield url
    finally:
        await drop_database(addresses, name)
