"""Create, list, suspend and resume tenants."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

import persistence.registry  # noqa: F401 - maps every aggregate
from api.commands.database_url import HOME, Database
from api.identity.built_in_issuer import load_signing_key, register_tenant
from api.settings import Settings
from domain.kernel.errors import Code, Invalid, NotFound, StateConflict
from domain.kernel.identity import TenantId, generate_id
from domain.provisioning import appoint_admin, build_provisioning_actor, provision_tenant
from domain.tenants import TenantRegistration, TenantStatus
from persistence.access.actor_query import (
    DenialReason,
    actor_from_row,
    actor_params,
    actor_sql,
)
from persistence.kernel.pools import Connection, create_write_pool, open_connection
from persistence.tenant_registry import (
    TenantRecord,
    TenantRegistry,
    add_copy,
    add_tenant,
    lock_tenant,
    update_status,
)
from persistence.unit_of_work.work import work


@dataclass(frozen=True)
class FirstAdmin:
    """The first admin of a new tenant, who can add everybody else."""

    given_name: str
    family_name: str
    work_email: str


async def create_tenant(
    database: Database,
    settings: Settings,
    slug: str,
    name: str,
    admin: FirstAdmin | None,
    *,
    location: str | None = None,
) -> TenantRegistration:
    """Create a tenant in one transaction. Raises Invalid, and has changed nothing then.

    `location` is the name of the database where it will live, by default the home database.
    """
    own_database = database.find(location)
    async with begin_tenant_creation(database, settings, slug, location=location) as tenant:
        if tenant is None:
            raise Invalid(
                f"The slug {slug} is taken. Choose another.", "slug", code=Code.NOT_UNIQUE
            )
        await _populate_tenant(own_database, tenant, name, admin)
    return tenant


@asynccontextmanager
async def begin_tenant_creation(
    database: Database, settings: Settings, slug: str, *, location: str | None = None
) -> AsyncIterator[TenantRegistration | None]:
    """Yield a new tenant to be populated, or None if the slug is taken.

    The tenant is committed to the registry at the end, so nobody sees it before it is complete.
    """
    tenant = TenantRegistration(id=TenantId(generate_id()), slug=slug)
    location = None if location == HOME else location
    connection = await asyncpg.connect(database.required_owner_url)
    try:
        async with connection.transaction():
            if not await add_tenant(connection, tenant, location):
                yield None
                return
            if location is not None:
                await _register_there(database.find(location), tenant)
            if not settings.production:
                record = TenantRecord(tenant.id, slug, tenant.status, datetime.now(UTC))
                await register_tenant(
                    connection, record, load_signing_key(settings), settings.audience
                )
            yield tenant
    finally:
        await connection.close()


async def _register_there(database: Database, tenant: TenantRegistration) -> None:
    """Add the tenant to the directory of the database where it lives.

    Nobody is sent there before the transaction in the home database has ended. What an interrupted
    creation has left under the same slug is renamed.
    """
    async with open_connection(database.required_owner_url) as connection:
        await add_copy(connection, tenant)


async def _populate_tenant(
    database: Database, tenant: TenantRegistration, name: str, admin: FirstAdmin | None
) -> None:
    now = datetime.now(UTC)
    async with (
        await create_write_pool(database.serving_url, max_size=1) as pool,
        work(pool, build_provisioning_actor(tenant.id, now.date()), now=now) as unit_of_work,
    ):
        await provision_tenant(unit_of_work, name=name)
        if admin:
            await appoint_admin(
                unit_of_work,
                given_name=admin.given_name,
                family_name=admin.family_name,
                work_email=admin.work_email,
            )


async def list_tenants(database: Database) -> tuple[TenantRecord, ...]:
    """List all tenants, ordered by slug."""
    async with open_connection(database.serving_url) as connection:
        return await TenantRegistry(connection).list_tenants()


async def suspend_tenant(database: Database, slug: str) -> None:
    """Suspend a tenant: its requests are refused. Raises NotFound and StateConflict."""
    await _change_status(database, slug, TenantRegistration.suspend)


async def resume_tenant(database: Database, slug: str) -> None:
    """Resume a suspended tenant. Raises NotFound and StateConflict."""
    await _change_status(database, slug, TenantRegistration.resume)


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


async def _change_status(
    database: Database, slug: str, transition: Callable[[TenantRegistration], None]
) -> None:
    """Change the status in the database where the tenant lives, and then in the home database.

    The tenant's row at home is locked meanwhile: a concurrent change or move waits. If the second
    step fails, the first has taken effect, and the command can be repeated.
    """
    async with open_connection(database.required_owner_url) as home, home.transaction():
        record = await lock_tenant(home, (await find_tenant(home, slug)).id)
        tenant = TenantRegistration(
            id=record.id, slug=record.slug, status=TenantStatus(record.status)
        )
        transition(tenant)
        if record.database is not None:
            async with open_connection(database.find(record.database).required_owner_url) as own:
                await update_status(own, tenant)
        await update_status(home, tenant)
