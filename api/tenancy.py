"""Tenants as the operator sees them: created, listed, suspended and resumed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

import persistence.everything  # noqa: F401 - maps every aggregate
from api.database import Database
from api.identity.built_in import introduce, signing_key
from api.settings import Settings
from domain.founding import appoint_admin, found, founder
from domain.kernel.errors import Code, Invalid, NotFound, StateConflict
from domain.kernel.identity import TenantId, new_id
from domain.tenants import Registration, TenantStatus
from persistence.directory import Directory, ListedTenant, enrol, restate
from persistence.kernel.engine import connect, write_pool
from persistence.kernel.work import work


@dataclass(frozen=True)
class Admin:
    """Who lets everybody else in."""

    given_name: str
    family_name: str
    work_email: str


async def create(
    database: Database, settings: Settings, slug: str, name: str, admin: Admin | None
) -> Registration:
    """Found a tenant. Raises Invalid; then there is nothing of it."""
    async with founding(database, settings, slug) as tenant:
        if tenant is None:
            raise Invalid(f"There is a tenant {slug} already.", "slug", code=Code.NOT_UNIQUE)
        await _fill(database, tenant, name, admin)
    return tenant


@asynccontextmanager
async def founding(
    database: Database, settings: Settings, slug: str
) -> AsyncIterator[Registration | None]:
    """Around the filling of a new tenant; None where there is one of this slug already.

    Nobody sees the tenant in the directory before all of it is there.
    """
    tenant = Registration(id=TenantId(new_id()), slug=slug)
    connection = await asyncpg.connect(database.changing)
    try:
        async with connection.transaction():
            if not await enrol(connection, tenant):
                yield None
                return
            if not settings.production:
                listed = ListedTenant(tenant.id, slug, tenant.status, datetime.now(UTC))
                await introduce(connection, listed, signing_key(settings), settings.audience)
            yield tenant
    finally:
        await connection.close()


async def _fill(database: Database, tenant: Registration, name: str, admin: Admin | None) -> None:
    now = datetime.now(UTC)
    async with (
        await write_pool(database.serving, most=1) as pool,
        work(pool, founder(tenant.id, now.date()), now=now) as begun,
    ):
        await found(begun, name=name)
        if admin:
            await appoint_admin(
                begun,
                given_name=admin.given_name,
                family_name=admin.family_name,
                work_email=admin.work_email,
            )


async def listed(database: Database) -> tuple[ListedTenant, ...]:
    """All tenants, by slug."""
    connection = await connect(database.serving)
    try:
        return await Directory(connection).tenants()
    finally:
        await connection.close()


async def suspend(database: Database, slug: str) -> None:
    """Serve nobody of this tenant for now. Raises NotFound and StateConflict."""
    await _move(database, slug, Registration.suspend)


async def resume(database: Database, slug: str) -> None:
    """Serve the tenant again. Raises NotFound and StateConflict."""
    await _move(database, slug, Registration.resume)


async def _move(database: Database, slug: str, move: Callable[[Registration], None]) -> None:
    connection = await asyncpg.connect(database.changing)
    try:
        known = await Directory(connection).tenant(slug)
        if known is None:
            raise NotFound(f"There is no tenant {slug}.", "slug")
        before = TenantStatus(known.status)
        tenant = Registration(id=known.id, slug=known.slug, status=before)
        move(tenant)
        if not await restate(connection, tenant, before):
            raise StateConflict(f"Somebody else changed {slug} just now. Look again.")
    finally:
        await connection.close()
