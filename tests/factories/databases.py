"""Further databases on the server of the tests, such as those of tenants that live elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from anyio import to_thread

from api.commands.database_url import Database
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.kernel.pools import open_connection, strip_driver
from persistence.kernel.schema.migrations import migrate


@asynccontextmanager
async def a_database(
    addresses: DatabaseUrls, name: str, revision: str = "head"
) -> AsyncIterator[Database]:
    """Create another database, known as `name`; drop it at the end."""
    created = f"{name}_{uuid4().hex[:8]}"
    async with open_connection(addresses.owner) as owner:
        await owner.execute(f"CREATE DATABASE {created}")
    owning, serving = (
        strip_driver(each).set(database=created).render_as_string(hide_password=False)
        for each in (addresses.owner, addresses.serving)
    )
    try:
        await to_thread.run_sync(migrate, owning, revision)
        yield Database(serving, owning, name=name)
    finally:
        await drop_database(addresses, created)


async def drop_database(addresses: DatabaseUrls, name: str) -> None:
    """Drop a database although connections to it are open.

    The superuser drops it: autovacuum may be at work there, and the owner may not end a process of
    another role.
    """
    async with open_connection(get_superuser_url(addresses.owner) or addresses.owner) as admin:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
