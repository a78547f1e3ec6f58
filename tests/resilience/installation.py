"""Two processes that serve a home database and another one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from api.commands import tenant_moves, tenants
from api.commands.database_url import Database
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import open_connection
from persistence.tenant_registry import TenantRecord, TenantRegistry
from tests.factories.databases import a_database
from tests.factories.row_hashes import TENANT_TABLES, hash_tables
from tests.resilience.harness import READ_VIEWER, Client, Harness, Outcome, a_trellis

MOVED_TABLES = tuple(each for each in TENANT_TABLES if each != "tenant_clocks")


@asynccontextmanager
async def an_installation(
    addresses: DatabaseUrls, directory: Path
) -> AsyncIterator["Installation"]:
    """Create both databases, and start both processes."""
    async with a_database(addresses, "home") as home, a_database(addresses, "north") as north:
        urls = DatabaseUrls(owner=home.required_owner_url, serving=home.serving_url)
        others = {"north": north}
        settings = {"databases": {"north": {"serving_url": north.serving_url}}}
        async with (
            a_trellis(urls, directory, others=others, **settings) as first,
            a_trellis(urls, directory, others=others, **settings) as second,
        ):
            yield Installation(first, second, first.database)


@dataclass
class Installation:
    """A home database and another, `north`, which two processes serve.

    The second process hears of nothing: it only learns what its statements tell.
    """

    first: Harness
    second: Harness
    database: Database

    async def create_client(self, at: str = "home") -> Client:
        """Create a tenant; return a client whose requests go to both processes in turn."""
        made = await self.first.create_client(at)
        client = AlternatingClient(self.first.http, made.token, made.slug)
        client.processes = cycle([self.first.http, self.second.http])
        for _ in range(2):
            assert (await client.execute(READ_VIEWER)).status == 200
        return client

    def use_second(self, client: Client) -> Client:
        """Return a client of the second process alone."""
        return Client(self.second.http, client.token, client.slug)

    async def move(self, slug: str, to: str, **options: Any) -> tenant_moves.MoveResult:
        """Move a tenant, as the command does."""
        return await tenant_moves.move_tenant(self.database, slug, to, ignore_progress, **options)

    async def hash_rows(self, slug: str, at: str) -> dict[str, str | None]:
        """Hash the rows of a tenant in one database, without its clocks."""
        async with self._enter(slug, at) as (connection, record):
            return await hash_tables(connection, record.id, MOVED_TABLES)

    async def read_numbers(self, slug: str, at: str) -> tuple[int, ...]:
        """Read the numbers of the journal's entries in one database."""
        async with self._enter(slug, at) as (connection, record):
            sql = "SELECT number FROM journal WHERE tenant_id = $1 ORDER BY number"
            return tuple(row[0] for row in await connection.fetch(sql, record.id))

    async def locate(self, slug: str) -> str:
        """Return the name of the database where the tenant lives."""
        records = await tenants.list_tenants(self.database)
        (location,) = [each.database for each in records if each.slug == slug]
        return location or "home"

    @asynccontextmanager
    async def _enter(self, slug: str, at: str) -> AsyncIterator[tuple[Any, TenantRecord]]:
        async with (
            open_connection(self.database.find(at).required_owner_url) as connection,
            connection.transaction(),
        ):
            record = await TenantRegistry(connection).find_tenant(slug)
            assert record is not None
            await connection.execute(f"SET LOCAL app.tenant_id = '{record.id}'")
            yield connection, record


@dataclass
class AlternatingClient(Client):
    """A client whose requests go to several processes in turn."""

    processes: Any = field(default=None, repr=False)

    async def execute(self, query: str, *, key: str | None = None, **variables: Any) -> Outcome:
        """Execute one operation in the next process."""
        client = Client(next(self.processes), self.token, self.slug)
        return await client.execute(query, key=key, **variables)


def ignore_progress(_step: str, _done: int, _total: int) -> None:
    """Take a report of progress."""
