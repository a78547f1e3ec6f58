"""Read the queues of background tasks, and let dead tasks be run again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from api.commands.database_url import HOME, Database
from api.commands.tenants import find_tenant
from persistence.kernel.pools import Connection, open_connection
from persistence.kernel.transaction import Transaction
from persistence.queue import listing
from persistence.queue.listing import ListedTask, QueueCounts


async def list_queues(database: Database) -> list[QueueCounts]:
    """Return the counts of all tenants with waiting or dead tasks, ordered by slug."""
    queues = list[QueueCounts]()
    for each in database.all.values():
        async with open_connection(each.serving_url) as connection:
            queues += await listing.list_queues(connection)
    return sorted(queues)


async def list_tasks(database: Database, slug: str) -> list[ListedTask]:
    """Return the tasks of a tenant, the oldest first. Raises NotFound."""
    async with _enter_tenant(database, slug) as (connection, tenant_id):
        return await listing.list_tasks(connection, tenant_id)


async def retry_tasks(database: Database, slug: str, id: UUID | None) -> int:
    """Let dead tasks be run again; return their number. Raises NotFound."""
    async with _enter_tenant(database, slug) as (connection, tenant_id):
        return await listing.revive(connection, tenant_id, id)


@asynccontextmanager
async def _enter_tenant(database: Database, slug: str) -> AsyncIterator[tuple[Connection, UUID]]:
    """Open a transaction inside a tenant, in the database where it lives."""
    async with open_connection(database.serving_url) as home:
        tenant = await find_tenant(home, slug)
    async with open_connection(database.find(tenant.database or HOME).serving_url) as connection:
        transaction = Transaction(tenant.id, connection)
        yield await transaction.begin(), tenant.id
        await transaction.commit()
