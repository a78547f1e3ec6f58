"""Create, list, configure, suspend and resume tenants, by the use cases of the platform."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from asyncpg import PostgresError

import persistence.registry  # noqa: F401 - maps every aggregate
from api.commands.database_url import HOME, Database
from api.identity.built_in_issuer import trust_built_in_issuer
from api.settings import Settings
from domain import platform
from domain.kernel.errors import Invalid, NotFound, Refusal, StateConflict
from domain.kernel.identity import TenantId, generate_id
from domain.platform import Act, FirstAdmin
from domain.tenants import TenantRegistration, TenantStatus
from persistence.access.actor_query import (
    DenialReason,
    actor_from_row,
    actor_params,
    actor_sql,
)
from persistence.kernel.pools import Connection, PoolSource, create_write_pool, open_connection
from persistence.platform import creations
from persistence.platform.databases import PlatformDatabases
from persistence.platform.work import DirectoryWork, platform_work
from persistence.tenant_lifecycle.erasing import erase_from_directory, erase_rows
from persistence.tenant_registry import TenantRecord, TenantRegistry

LOG = structlog.get_logger()


@asynccontextmanager
async def open_platform_work(database: Database) -> AsyncIterator[DirectoryWork]:
    """Open a unit of work of the platform for the command line. Any exception undoes it."""
    directories: dict[str | None, PoolSource] = {}
    tenants: dict[str | None, PoolSource] = {}
    async with AsyncExitStack() as stack:
        for name, each in database.all.items():
            key = None if name == HOME else name
            for pools, url in (
                (directories, each.required_platform_url if key is None else each.platform_url),
                (tenants, each.serving_url),
            ):
                if url is not None:
                    pools[key] = await stack.enter_async_context(
                        await create_write_pool(url, max_size=1)
                    )
        databases = PlatformDatabases(directories, tenants)
        now = datetime.now(UTC)
        yield await stack.enter_async_context(platform_work(databases, None, now=now))


async def create_tenant(
    database: Database,
    settings: Settings,
    slug: str,
    name: str,
    admin: FirstAdmin | None,
    *,
    location: str | None = None,
) -> TenantRegistration:
    """Create a tenant. Raises Invalid and NotFound, and has changed nothing then.

    `location` is the name of the database where it will live, by default the home database.
    """
    database.find(location)
    async with open_platform_work(database) as work:
        tenant = await platform.create_tenant(
            work,
            slug=slug,
            settings={"name": name},
            admin=admin,
            database=None if location == HOME else location,
        )
        await trust_built_in_issuer(work.connection, tenant, settings)
    return tenant


@asynccontextmanager
async def begin_tenant_creation(
    database: Database,
    settings: Settings,
    slug: str,
    *,
    location: str | None = None,
    id: TenantId | None = None,
) -> AsyncIterator[TenantRegistration | None]:
    """Yield a new tenant to be populated in another way, or None if the slug is taken.

    The tenant is committed to the registry at the end, so nobody sees it before it is complete.
    After an error, all its rows are removed; after a kill, the next creation removes them.
    """
    own = None if location == HOME else location
    tenant = TenantRegistration(id=id or TenantId(generate_id()), slug=slug, database=own)
    await remove_abandoned(database)
    try:
        async with open_platform_work(database) as work:
            # The transaction waits while the caller copies rows, which may take minutes.
            await work.connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            await _note_creation(database, work.connection, tenant)
            try:
                await work.add_tenant(tenant)
            except Invalid:
                yield None
                return
            await trust_built_in_issuer(work.connection, tenant, settings)
            yield tenant
    except BaseException:
        await remove_abandoned(database)
        raise


async def _note_creation(
    database: Database, connection: Connection, tenant: TenantRegistration
) -> None:
    """Note a creation for good, and lock the note in the transaction of the connection."""
    async with open_connection(database.required_platform_url) as other:
        await creations.note_creation(other, tenant.id, tenant.database)
        while not await creations.end_creation(connection, tenant.id):
            await creations.note_creation(other, tenant.id, tenant.database)  # it was removed


async def remove_abandoned(database: Database) -> None:
    """Remove the rows of tenants whose creation was interrupted.

    Those in a database that cannot be reached stay for later.
    """
    seen: list[UUID] = []
    async with open_connection(database.required_owner_url) as home:
        while True:
            async with home.transaction():
                found = await creations.lock_abandoned(home, seen)
                if found is None:
                    return
                seen.append(found[0])
                try:
                    await _remove_rows(database, *found)
                except (Refusal, OSError, PostgresError) as error:
                    reason = type(error).__name__
                    LOG.warning("tenant.rows_left", tenant_id=str(found[0]), error=reason)
                else:
                    await creations.end_creation(home, found[0])


async def _remove_rows(database: Database, tenant_id: TenantId, location: str | None) -> None:
    async with open_connection(database.find(location).required_owner_url) as connection:
        await erase_rows(connection, tenant_id, lambda *_: None)
        await erase_from_directory(connection, tenant_id)


async def record_act(
    database: Database,
    act: Act,
    slug: str,
    *,
    tenant_id: TenantId | None = None,
    into: str | None = None,
) -> None:
    """Add an act of the command line to the audit log of the platform.

    Give the id of a tenant that is gone.
    """
    async with open_platform_work(database) as work:
        if tenant_id is None:
            tenant_id = (await work.lock_tenant(slug)).id
        tenant = TenantRegistration(id=tenant_id, slug=slug)
        await work.record(act, tenant=tenant, into=into)


async def list_tenants(database: Database) -> tuple[TenantRecord, ...]:
    """List all tenants, ordered by slug."""
    async with open_connection(database.serving_url) as connection:
        return await TenantRegistry(connection).list_tenants()


async def suspend_tenant(database: Database, slug: str) -> None:
    """Suspend a tenant: its requests are refused. Raises NotFound and StateConflict."""
    async with open_platform_work(database) as work:
        await platform.suspend_tenant(work, slug)


async def resume_tenant(database: Database, slug: str) -> None:
    """Resume a suspended tenant. Raises NotFound and StateConflict."""
    async with open_platform_work(database) as work:
        await platform.resume_tenant(work, slug)


async def configure_tenant(
    database: Database, slug: str, settings: Mapping[str, Any], terms: Mapping[str, Any]
) -> None:
    """Change settings, plan and limits of a tenant. Raises NotFound and Invalid."""
    async with open_platform_work(database) as work:
        await platform.configure_tenant(work, slug, settings=settings, terms=terms)


async def check_member(database: Database, slug: str, subject: str) -> None:
    """Raise NotFound or StateConflict unless the subject may sign in to the tenant now."""
    now = datetime.now(UTC)
    async with open_connection(database.serving_url) as home:
        record = await find_tenant(home, slug)
    if record.status != TenantStatus.ACTIVE:
        raise StateConflict(f"{slug} is {record.status}, so nobody can sign in to it.")
    async with (
        open_connection(database.find(record.database).serving_url) as connection,
        connection.transaction(readonly=True),
    ):
        await connection.execute(f"SET LOCAL app.tenant_id = '{record.id}'")
        row = await connection.fetchval(
            f"SELECT ({actor_sql(1)})", *actor_params(record.id, subject, now)
        )
    if isinstance(actor_from_row(record.id, row, now), DenialReason):
        raise NotFound(f"{subject} is no active member of {slug}. Check the address.")


async def find_tenant(connection: Connection, slug: str) -> TenantRecord:
    """Return a tenant of the home database. Raises NotFound."""
    record = await TenantRegistry(connection).find_tenant(slug)
    if record is None:
        raise NotFound(f"There is no tenant {slug}. See `trellis tenant list`.", "slug")
    return record
