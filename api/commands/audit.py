"""Verify the seals of audit logs, and read the last one of each tenant."""

from collections.abc import AsyncIterator

import persistence.registry  # noqa: F401 - declares every statement
from api.commands.database_url import HOME, Database
from api.commands.tenants import find_tenant, list_tenants
from persistence.audit_verification import ChainHead, ChainReport, read_head, verify_chain
from persistence.kernel.pools import Connection, open_connection
from persistence.kernel.transaction import begin_in_tenant
from persistence.tenant_registry import TenantRecord

BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
NO_TIMEOUT = "SET LOCAL statement_timeout = 0"


async def read_heads(database: Database, slug: str | None) -> list[tuple[str, ChainHead]]:
    """Return the last seal of a tenant, or of all, with their slugs. Raises NotFound."""
    return [
        (tenant.slug, await read_head(connection, tenant.id))
        async for tenant, connection in _enter_tenants(database, slug)
    ]


async def verify_tenants(
    database: Database, slug: str | None, known: ChainHead | None = None
) -> list[tuple[str, ChainReport]]:
    """Verify the audit log of a tenant, or of all. Raises NotFound."""
    return [
        (tenant.slug, await verify_chain(connection, tenant.id, known))
        async for tenant, connection in _enter_tenants(database, slug)
    ]


async def _enter_tenants(
    database: Database, slug: str | None
) -> AsyncIterator[tuple[TenantRecord, Connection]]:
    """Yield each tenant with a snapshot of the database where it lives."""
    for tenant in await _list_tenants(database, slug):
        url = database.find(tenant.database or HOME).serving_url
        async with open_connection(url) as connection:
            await begin_in_tenant(connection, tenant.id, BEGIN_SNAPSHOT)
            await connection.execute(NO_TIMEOUT)
            yield tenant, connection
            await connection.execute("COMMIT")


async def _list_tenants(database: Database, slug: str | None) -> tuple[TenantRecord, ...]:
    if slug is None:
        return await list_tenants(database)
    async with open_connection(database.serving_url) as home:
        return (await find_tenant(home, slug),)
