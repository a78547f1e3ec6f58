"""Clone a tenant as a sandbox."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from api.commands.database_url import Database
from api.commands.tenant_files import note, open_tenant
from api.commands.tenants import begin_tenant_creation
from api.settings import Settings
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from domain.provisioning import appoint_admin, build_provisioning_actor
from persistence.kernel.pools import create_write_pool, open_connection
from persistence.tenant_lifecycle.cloning import TenantClone
from persistence.tenant_rows import enter_tenant
from persistence.text_refresh import refresh_tenant
from persistence.unit_of_work.work import work


@dataclass(frozen=True)
class Sandbox:
    """What a clone will be: its slug, its name, its first admin, and where it lives."""

    slug: str
    name: str
    admin: FirstAdmin
    with_people: bool = False
    location: str | None = None
    id: TenantId | None = None


@dataclass(frozen=True)
class Cloned:
    """A sandbox, and how many rows it got."""

    slug: str
    row_count: int


async def clone_tenant(
    database: Database, settings: Settings, slug: str, sandbox: Sandbox
) -> Cloned:
    """Make a sandbox of a tenant: its configuration, and with `with_people` made-up people.

    Its first admin is somebody new. The journal of the original says that it was cloned. Raises
    NotFound and Invalid, and leaves nothing behind then.
    """
    location = sandbox.location
    own = database.find(location)
    async with open_tenant(database, slug) as place:
        creation = begin_tenant_creation(
            database, settings, sandbox.slug, location=location, id=sandbox.id
        )
        async with creation as tenant:
            if tenant is None:
                message = f"The slug {sandbox.slug} is taken. Choose another."
                raise Invalid(message, "slug", code=Code.NOT_UNIQUE)
            async with open_connection(own.required_owner_url) as target:
                ids = place.record.id, tenant.id
                clone = TenantClone(place.connection, target, *ids, sandbox.with_people)
                count = await _fill(clone, own, sandbox)
        await note(place.database, place.record.id, "cloned", into=sandbox.slug)
    return Cloned(sandbox.slug, count)


async def _fill(clone: TenantClone, own: Database, sandbox: Sandbox) -> int:
    """Copy everything from one snapshot; return the number of rows."""
    async with clone.source.transaction(isolation="repeatable_read", readonly=True):
        await enter_tenant(clone.source, clone.source_id)
        count = await clone.copy_settings(sandbox.name)
        admin_id = await _appoint(own, clone.target_id, sandbox.admin)
        count += await clone.copy_rest(admin_id)
    await refresh_tenant(clone.target, clone.target_id)
    return count


async def _appoint(own: Database, tenant_id: TenantId, admin: FirstAdmin) -> UUID:
    """Add the first admin of the sandbox; return their id."""
    now = datetime.now(UTC)
    async with (
        await create_write_pool(own.serving_url, max_size=1) as pool,
        work(pool, build_provisioning_actor(tenant_id, now.date()), now=now) as unit_of_work,
    ):
        member = await appoint_admin(
            unit_of_work,
            given_name=admin.given_name,
            family_name=admin.family_name,
            work_email=admin.work_email,
        )
    assert member.person_id is not None, "An admin is a person."
    return member.person_id
