"""Export tenants into files, import them, and restore them beside or in place of living ones."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import persistence.registry  # noqa: F401 - declares every table
from api.commands.database_url import Database
from api.commands.tenants import begin_tenant_creation, find_tenant
from api.identity.built_in_issuer import build_issuer_name, is_built_in
from api.settings import Settings
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from domain.provisioning import build_provisioning_actor
from domain.tenants import TenantRegistration, TenantStatus, record_data_event
from persistence.kernel.pools import Connection, create_write_pool, open_connection
from persistence.tenant_lifecycle import importing, planning
from persistence.tenant_lifecycle.exporting import Exported, export_tenant
from persistence.tenant_lifecycle.importing import Imported
from persistence.tenant_registry import TenantRecord, lock_tenant
from persistence.unit_of_work.ballot_keys import BallotKeyFolder
from persistence.unit_of_work.work import work

KEYS_ARE_ELSEWHERE = (
    "The ballots of {count} surveys or feedback programs are sealed and not counted yet. No export"
    " has their keys: they are files in TRELLIS_BALLOT_KEYS."
)


@dataclass(frozen=True)
class TenantPlace:
    """A tenant, with connections to where it lives and to the home database."""

    record: TenantRecord
    database: Database
    connection: Connection
    home: Connection


@asynccontextmanager
async def open_tenant(database: Database, slug: str) -> AsyncIterator[TenantPlace]:
    """Yield a tenant with connections as the owner of the schema. Raises NotFound."""
    async with open_connection(database.required_owner_url) as home:
        record = await find_tenant(home, slug)
        own = database.find(record.database)
        if record.database is None:
            yield TenantPlace(record, own, home, home)
            return
        async with open_connection(own.required_owner_url) as connection:
            yield TenantPlace(record, own, connection, home)


async def note(database: Database, tenant_id: TenantId, action: str, **details: str | int) -> None:
    """Note in the tenant's journal what was done with its data, as Trellis itself."""
    now = datetime.now(UTC)
    actor = build_provisioning_actor(tenant_id, now.date())
    async with (
        await create_write_pool(database.serving_url, max_size=1) as pool,
        work(pool, actor, now=now) as unit_of_work,
    ):
        await record_data_event(unit_of_work, action, **details)


async def write_export(database: Database, slug: str, path: Path) -> Exported:
    """Export a tenant into a file, and note it in the tenant's journal. Raises NotFound."""
    async with open_tenant(database, slug) as place:
        tenant_id = place.record.id

        def record() -> Awaitable[None]:
            return note(place.database, tenant_id, "exported")

        return await export_tenant(
            place.connection, tenant_id, path, home=place.home, record=record
        )


async def import_file(database: Database, path: Path, *, with_issuers: bool = False) -> Imported:
    """Import a missing tenant into the home database, with its own id.

    The journal does not mention it: the same data is exported again as it was. Raises Invalid, and
    changes nothing then.
    """
    async with open_connection(database.required_owner_url) as connection:
        is_own = _is_own_issuer if with_issuers else None
        return await importing.import_tenant(connection, path, is_own_issuer=is_own)


async def plan_import(
    database: Database, path: Path, slug: str | None, *, in_place: bool = False
) -> planning.ImportPlan:
    """Return what an import or a restore would do, and why it would be refused."""
    head = planning.read_head(path)
    if in_place:
        async with open_tenant(database, slug or head.tenant.slug) as place:
            return await planning.plan_import(place.connection, path, place.record)
    async with open_connection(database.required_owner_url) as home:
        return await planning.plan_import(home, path, None, slug=slug)


async def restore_beside(
    database: Database,
    settings: Settings,
    path: Path,
    slug: str,
    *,
    location: str | None = None,
    id: TenantId | None = None,
) -> Imported:
    """Restore a file as another tenant with this slug. Raises Invalid, and changes nothing."""
    own = database.find(location)
    creation = begin_tenant_creation(database, settings, slug, location=location, id=id)
    async with creation as tenant:
        if tenant is None:
            message = f"The slug {slug} is taken. Choose another."
            raise Invalid(message, "slug", code=Code.NOT_UNIQUE)
        async with open_connection(own.required_owner_url) as connection:
            return await importing.restore_beside(connection, path, tenant)


async def restore_in_place(
    database: Database, path: Path, slug: str, *, keep: Path | None
) -> Imported:
    """Replace all data of a tenant by that of its export, and note it in the journal.

    The present data is exported to `keep` before, unless that is None. Raises NotFound and Invalid.
    """
    if keep is not None:
        await write_export(database, slug, keep)
    head = planning.read_head(path)
    async with open_tenant(database, slug) as place:
        async with place.home.transaction():  # a move or another restore waits
            record = await lock_tenant(place.home, place.record.id)
            tenant = TenantRegistration(
                id=record.id, slug=record.slug, status=TenantStatus(record.status)
            )
            restored = await importing.restore_in_place(place.connection, path, tenant)
        await note(place.database, tenant.id, "restored", exported_at=head.exported_at)
        return restored


def describe_ballots(settings: Settings, restored: Imported, tenant_id: TenantId) -> str:
    """Return what is to be known of ballots whose keys are elsewhere; nothing without any."""
    if not restored.open_boxes:
        return ""
    folder = settings.ballot_key_folder
    keys = BallotKeyFolder(folder / str(tenant_id), folder)
    found = sum(keys.find_path(each).exists() for each in restored.open_boxes)
    text = KEYS_ARE_ELSEWHERE.format(count=len(restored.open_boxes))
    return f" {text} {found} of these keys are here; without its key, nobody can read a ballot."


def _is_own_issuer(name: str, slug: str) -> bool:
    return not is_built_in(name) or name == build_issuer_name(slug)
