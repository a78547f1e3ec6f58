"""Mutations of the platform graph with all data of a tenant: a worker does what they begin."""

import asyncio
from typing import Annotated
from uuid import UUID

from api.kernel.schema.inputs import input_field, input_type
from api.platform.files import FILE_PREFIX
from api.platform.mutations import platform_mutation
from api.platform.operations import read_operation
from api.platform.request import PlatformRequest
from api.platform.tenant_types import FirstAdminInput
from api.platform.tenants import DATABASE, KNOWN_SLUG, read_tenant
from domain import platform
from domain.kernel.errors import Code, Invalid, NotFound
from domain.kernel.fields import WholeNumber, get_rule
from domain.platform import Act, FileHead, FirstAdmin, TenantFile, operations
from domain.platform.deletions import GRACE_DAYS, MAX_GRACE_DAYS
from domain.tenants import SLUG, Tenant
from persistence.platform import files
from persistence.platform.work import DirectoryWork
from persistence.tenant_lifecycle.planning import read_head

DAYS = WholeNumber("The grace period", 0, MAX_GRACE_DAYS)
FILE_IS_MISSING = (
    "The file is not in TRELLIS_TENANT_FILES of this machine. Let all machines share that"
    " directory, or send the file again."
)
DRY_RUN = "Whether nothing is changed: `plan` says what would be. Default: false."


@input_type()
class TenantExportInput:
    """Input of `tenantExport`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")


@platform_mutation(Act.TENANT_EXPORT, returns=read_operation)
async def tenant_export(_: PlatformRequest, work: DirectoryWork, input: TenantExportInput) -> UUID:
    """Begin to write all data of a tenant into a file, in a documented format.

    The tenant is served meanwhile, and its audit log gets an entry EXPORTED. When the operation is
    DONE, its `file` has the address.
    """
    return (await operations.export_tenant(work, input.slug)).id


@input_type()
class TenantImportInput:
    """Input of `tenantImport`."""

    file: UUID = input_field(
        "The file: one that was sent, or that of an export.", id_prefix=FILE_PREFIX
    )
    with_issuers: bool | None = input_field(
        "Whether to take the issuers in the file, too. A holder of their keys can sign in as any"
        " member. Default: false."
    )
    dry_run: bool | None = input_field(DRY_RUN)


@platform_mutation(Act.TENANT_IMPORT, returns=read_operation)
async def tenant_import(
    request: PlatformRequest, work: DirectoryWork, input: TenantImportInput
) -> UUID:
    """Begin to import a tenant that does not exist here, with its own slug and id."""
    file, head = await _open_file(request, work, input.file)
    operation = await operations.import_tenant(
        work,
        file,
        head,
        with_issuers=bool(input.with_issuers),
        is_dry_run=bool(input.dry_run),
    )
    return operation.id


@input_type()
class TenantRestoreBesideInput:
    """The new tenant of a restore beside."""

    slug: Annotated[str, SLUG] = input_field("The slug of the new tenant.")
    database: Annotated[str | None, DATABASE] = input_field(
        "The name of the database for its data. Default: the home database."
    )


@input_type()
class TenantRestoreInPlaceInput:
    """The tenant whose data is replaced."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")
    discards_present_data: bool | None = input_field(
        "Whether the present data is lost. Otherwise it is exported before, and is the `file` of"
        " the operation. Default: false."
    )


@input_type()
class TenantRestoreInput:
    """Input of `tenantRestore`: exactly one of `beside` and `inPlace`."""

    file: UUID = input_field(
        "The file: one that was sent, or that of an export.", id_prefix=FILE_PREFIX
    )
    beside: TenantRestoreBesideInput | None = input_field(
        "Restore as another tenant. Default: in place."
    )
    in_place: TenantRestoreInPlaceInput | None = input_field(
        "Replace all data of a tenant by that of its own export. Default: beside."
    )
    dry_run: bool | None = input_field(DRY_RUN)


@platform_mutation(Act.TENANT_RESTORE, returns=read_operation)
async def tenant_restore(
    request: PlatformRequest, work: DirectoryWork, input: TenantRestoreInput
) -> UUID:
    """Begin to restore a tenant from a file, beside the living one or in place of it.

    Beside, keys of service clients, webhooks, issuers and sealed ballots are left out. In place,
    changes since the export are lost, and the audit log gets an entry RESTORED.
    """
    if (input.beside is None) == (input.in_place is None):
        message = "Give `beside` with a new slug, or `inPlace` with the slug of the tenant."
        raise Invalid(message, "beside", code=Code.INCONSISTENT)
    file, head = await _open_file(request, work, input.file)
    is_dry_run = bool(input.dry_run)
    if input.beside is not None:
        slug, database = input.beside.slug, input.beside.database
        operation = await operations.restore_beside(
            work, file, slug, database=database, is_dry_run=is_dry_run
        )
    else:
        assert input.in_place is not None
        operation = await operations.restore_in_place(
            work,
            file,
            head,
            input.in_place.slug,
            keeps_present=not input.in_place.discards_present_data,
            is_dry_run=is_dry_run,
        )
    return operation.id


@input_type()
class TenantCloneInput:
    """Input of `tenantClone`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant to clone.")
    new_slug: Annotated[str, SLUG] = input_field("The slug of the sandbox.")
    name: str = input_field("The display name of the sandbox.", rule=get_rule(Tenant, "name"))
    admin: FirstAdminInput = input_field("The first admin of the sandbox.")
    with_people: bool | None = input_field(
        "Whether it also has people, members of teams, goals and values of KPIs, with made-up names"
        " and texts. Default: false."
    )
    database: Annotated[str | None, DATABASE] = input_field(
        "The name of the database for its data. Default: the home database."
    )


@platform_mutation(Act.TENANT_CLONE, returns=read_operation)
async def tenant_clone(_: PlatformRequest, work: DirectoryWork, input: TenantCloneInput) -> UUID:
    """Begin to make a sandbox: the configuration of a tenant, and no word of its people."""
    admin = input.admin
    operation = await operations.clone_tenant(
        work,
        input.slug,
        new_slug=input.new_slug,
        name=input.name,
        admin=FirstAdmin(admin.given_name, admin.family_name, admin.work_email),
        with_people=bool(input.with_people),
        database=input.database,
    )
    return operation.id


@input_type()
class TenantMoveInput:
    """Input of `tenantMove`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")
    database: Annotated[str | None, DATABASE] = input_field(
        "The name of the database to move to. Default: the home database."
    )
    dry_run: bool | None = input_field(
        "Whether nothing is changed: `rowCount` and `notes` say what would be. Default: false."
    )


@platform_mutation(Act.TENANT_MOVE, returns=read_operation)
async def tenant_move(_: PlatformRequest, work: DirectoryWork, input: TenantMoveInput) -> UUID:
    """Begin to move a tenant to another database, or go on with a move that was interrupted.

    It is served meanwhile. Only at the end, changes wait for moments.
    """
    is_dry_run = bool(input.dry_run)
    return (
        await operations.move_tenant(work, input.slug, input.database, is_dry_run=is_dry_run)
    ).id


@input_type()
class TenantScheduleDeletionInput:
    """Input of `tenantScheduleDeletion`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")
    days: Annotated[int | None, DAYS] = input_field(
        f"The grace period: days until all data may be erased. Default: {GRACE_DAYS}."
    )


@platform_mutation(Act.TENANT_SCHEDULE_DELETION, returns=read_tenant)
async def tenant_schedule_deletion(
    _: PlatformRequest, work: DirectoryWork, input: TenantScheduleDeletionInput
) -> UUID:
    """Close a tenant: all its requests are refused. After the grace period its data is erased.

    `tenantCancelDeletion` keeps it until then.
    """
    days = GRACE_DAYS if input.days is None else input.days
    return (await platform.schedule_deletion(work, input.slug, days))[0].id


@input_type()
class TenantCancelDeletionInput:
    """Input of `tenantCancelDeletion`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")


@platform_mutation(Act.TENANT_CANCEL_DELETION, returns=read_tenant)
async def tenant_cancel_deletion(
    _: PlatformRequest, work: DirectoryWork, input: TenantCancelDeletionInput
) -> UUID:
    """Keep a tenant whose erasure has not begun. It gets its status from before."""
    return (await platform.cancel_deletion(work, input.slug)).id


@input_type()
class TenantEraseInput:
    """Input of `tenantErase`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")


@platform_mutation(Act.TENANT_ERASE, returns=read_operation)
async def tenant_erase(_: PlatformRequest, work: DirectoryWork, input: TenantEraseInput) -> UUID:
    """Begin to erase a tenant whose grace period has ended. It cannot be stopped.

    Workers also do so by themselves, within an hour. The operation has the signed receipt.
    """
    return (await operations.erase_tenant(work, input.slug)).id


async def _open_file(
    request: PlatformRequest, work: DirectoryWork, id: UUID
) -> tuple[TenantFile, FileHead]:
    """Return a file and which tenant it contains. Raises NotFound and Invalid."""
    file = await operations.find_file(work, id)
    file.require_complete()
    path = files.build_path(request.stores.settings.tenant_file_folder, id)
    try:
        tenant = (await asyncio.to_thread(read_head, path)).tenant
    except FileNotFoundError:
        raise NotFound(FILE_IS_MISSING, "file") from None
    except Invalid as refusal:
        raise Invalid(str(refusal), "file", code=refusal.code) from None
    await files.set_tenant(work.connection, id, tenant.id)
    return file, FileHead(tenant.id, tenant.slug)
