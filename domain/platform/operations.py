"""Operations: long acts with all data of a tenant, which a worker does after the request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid, LimitExceeded, NotFound, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import WholeNumber, check_fields
from domain.kernel.identity import TenantId, generate_id
from domain.platform.acts import Act
from domain.platform.deletions import require_due
from domain.platform.tenants import FirstAdmin, check_admin
from domain.tenants import SLUG, Tenant, TenantRegistration

if TYPE_CHECKING:
    from domain.platform.work import PlatformWork

FILES_KEPT = timedelta(days=7)
"""How long the file of an export, and one that was sent, can be used."""

BESIDE_SLUG = "beside", "slug"
"""The path of the new slug in the input of a restore."""

MAX_OPEN_UPLOADS = 20
MAX_FILE_SIZE = 20_000_000_000
UPLOAD_SIZE = WholeNumber("The size", 1, MAX_FILE_SIZE)
"""Bytes of a file that is sent."""


class OperationKind(StrEnum):
    """What is done with a tenant."""

    EXPORT = "export"
    IMPORT = "import"
    RESTORE = "restore"
    CLONE = "clone"
    MOVE = "move"
    ERASE = "erase"


ACTS: Mapping[OperationKind, Act] = {
    OperationKind.EXPORT: Act.TENANT_EXPORT,
    OperationKind.IMPORT: Act.TENANT_IMPORT,
    OperationKind.RESTORE: Act.TENANT_RESTORE,
    OperationKind.CLONE: Act.TENANT_CLONE,
    OperationKind.MOVE: Act.TENANT_MOVE,
    OperationKind.ERASE: Act.TENANT_ERASE,
}
"""The act that begins each kind, as it is in the audit log."""


class OperationState(StrEnum):
    """Where an operation is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class FileOrigin(StrEnum):
    """Where the file of a tenant comes from."""

    EXPORT = "export"
    UPLOAD = "upload"


@dataclass(kw_only=True)
class TenantFile:
    """A file with all data of a tenant, which can be used until `kept_until`."""

    id: UUID
    origin: FileOrigin
    kept_until: datetime
    size: int = 0
    expected_size: int | None = None
    """How many bytes will have arrived; None for a file that Trellis wrote."""
    tenant_id: UUID | None = None

    def require_complete(self) -> None:
        """Raise Invalid unless all bytes have arrived."""
        if self.expected_size not in (None, self.size):
            message = f"{self.size:,} of {self.expected_size:,} bytes have arrived. Send the rest."
            raise Invalid(message, "file")

    def accept(self, offset: int, length: int) -> int:
        """Add bytes that were sent, and return the new size. Raises Refusal."""
        if self.expected_size is None:
            raise StateConflict("Trellis wrote this file. Make another one to send a file.")
        if offset != self.size:
            raise StateConflict(f"The file has {self.size} bytes. Send the part that begins there.")
        if offset + length > self.expected_size:
            raise LimitExceeded(f"The file was announced with {self.expected_size:,} bytes.")
        self.size = offset + length
        return self.size


@dataclass(frozen=True)
class FileHead:
    """Which tenant a file contains."""

    tenant_id: TenantId
    slug: str


@dataclass(kw_only=True)
class TenantOperation:
    """An operation. `input` is what it works with, and is forgotten when it has ended.

    A tenant that it makes has the same id, so that a later attempt finds what an earlier one did.
    """

    id: UUID
    kind: OperationKind
    slug: str
    new_slug: str | None = None
    tenant_id: UUID | None = None
    file_id: UUID | None = None
    is_dry_run: bool = False
    input: Mapping[str, Any] = field(default_factory=dict)
    state: OperationState = OperationState.QUEUED
    attempts: int = 0


async def export_tenant(work: "PlatformWork", slug: str) -> TenantOperation:
    """Begin to write all data of a tenant into a file. Raises NotFound and StateConflict."""
    tenant = await work.lock_tenant(slug)
    return await _begin(work, tenant, OperationKind.EXPORT)


async def clone_tenant(
    work: "PlatformWork",
    slug: str,
    *,
    new_slug: str,
    name: str,
    admin: FirstAdmin,
    with_people: bool = False,
    database: str | None = None,
) -> TenantOperation:
    """Begin to make a sandbox. Raises NotFound, Invalid and StateConflict."""
    faults = FaultCollector()
    with faults.collect():
        SLUG.check(new_slug, "newSlug")
    with faults.collect():
        check_fields(Tenant, {"name": name})
    with faults.collect():
        check_admin(admin)
    faults.raise_all()
    work.require_database(database)
    tenant = await work.lock_tenant(slug)
    await _require_free(work, new_slug, "newSlug")
    return await _begin(
        work,
        tenant,
        OperationKind.CLONE,
        new_slug=new_slug,
        name=name,
        admin=[admin.given_name, admin.family_name, admin.work_email],
        with_people=with_people,
        database=database,
    )


async def move_tenant(
    work: "PlatformWork", slug: str, database: str | None, *, is_dry_run: bool = False
) -> TenantOperation:
    """Begin to move a tenant to another database. Raises NotFound and StateConflict."""
    work.require_database(database)
    tenant = await work.lock_tenant(slug)
    return await _begin(work, tenant, OperationKind.MOVE, is_dry_run=is_dry_run, database=database)


async def erase_tenant(work: "PlatformWork", slug: str) -> TenantOperation:
    """Begin to erase a tenant whose grace period has ended. Raises NotFound and StateConflict."""
    tenant = await work.lock_tenant(slug)
    require_due(await work.find_erasure(slug), slug, tenant.status, work.now)
    return await _begin(work, tenant, OperationKind.ERASE)


async def import_tenant(
    work: "PlatformWork",
    file: TenantFile,
    head: FileHead,
    *,
    with_issuers: bool = False,
    is_dry_run: bool = False,
) -> TenantOperation:
    """Begin to import a tenant that is missing, with its own id. Raises Invalid."""
    if not is_dry_run:
        await _require_free(work, head.slug, "file")
    tenant = TenantRegistration(id=head.tenant_id, slug=head.slug)
    return await _begin(
        work,
        tenant,
        OperationKind.IMPORT,
        file=file,
        is_dry_run=is_dry_run,
        with_issuers=with_issuers,
    )


async def restore_beside(
    work: "PlatformWork",
    file: TenantFile,
    new_slug: str,
    *,
    database: str | None = None,
    is_dry_run: bool = False,
) -> TenantOperation:
    """Begin to restore a file as another tenant. Raises NotFound and Invalid."""
    work.require_database(database)
    SLUG.check(new_slug, *BESIDE_SLUG)
    if not is_dry_run:
        await _require_free(work, new_slug, *BESIDE_SLUG)
    id = generate_id()  # the new tenant gets it, too
    return await _begin(
        work,
        TenantRegistration(id=TenantId(id), slug=new_slug, database=database),
        OperationKind.RESTORE,
        id=id,
        file=file,
        is_dry_run=is_dry_run,
        is_beside=True,
        database=database,
    )


async def restore_in_place(
    work: "PlatformWork",
    file: TenantFile,
    head: FileHead,
    slug: str,
    *,
    keeps_present: bool = True,
    is_dry_run: bool = False,
) -> TenantOperation:
    """Begin to replace all data of a tenant by that of its export. Raises NotFound and Invalid."""
    tenant = await work.lock_tenant(slug)
    if tenant.id != head.tenant_id and not is_dry_run:
        message = f"The file contains {head.slug}, which is another tenant. Restore it beside."
        raise Invalid(message, "file", code=Code.INCONSISTENT)
    return await _begin(
        work,
        tenant,
        OperationKind.RESTORE,
        file=file,
        is_dry_run=is_dry_run,
        keeps_present=keeps_present,
    )


async def create_upload(work: "PlatformWork", size: int) -> TenantFile:
    """Make an empty file, to which an operator sends an export of this size. Raises Refusal."""
    UPLOAD_SIZE.check(size, "size")
    await work.lock_operations()
    if await work.count_uploads() >= MAX_OPEN_UPLOADS:
        message = f"There are {MAX_OPEN_UPLOADS} sent files. Each is removed after seven days."
        raise LimitExceeded(message)
    file = TenantFile(
        id=generate_id(),
        origin=FileOrigin.UPLOAD,
        kept_until=work.now + FILES_KEPT,
        expected_size=size,
    )
    await work.add_file(file)
    await work.record(Act.TENANT_FILE_CREATE, file=str(file.id))
    return file


async def find_file(work: "PlatformWork", id: UUID) -> TenantFile:
    """Return a file that can be used. Raises NotFound."""
    file = await work.find_file(id)
    if file is None or file.kept_until <= work.now:
        raise NotFound("There is no such file, or not any more. Send it again.", "file")
    return file


async def _require_free(work: "PlatformWork", slug: str, *field: str) -> None:
    if await work.is_slug_taken(slug):
        raise Invalid(f"The slug {slug} is taken. Choose another.", *field, code=Code.NOT_UNIQUE)


async def _begin(
    work: "PlatformWork",
    tenant: TenantRegistration,
    kind: OperationKind,
    *,
    id: UUID | None = None,
    file: TenantFile | None = None,
    new_slug: str | None = None,
    is_dry_run: bool = False,
    **input: Any,
) -> TenantOperation:
    """Enqueue an operation and record it. Raises StateConflict while the tenant has another one."""
    operation = TenantOperation(
        id=id or generate_id(),
        kind=kind,
        slug=tenant.slug,
        new_slug=new_slug,
        tenant_id=tenant.id,
        file_id=None if file is None else file.id,
        is_dry_run=is_dry_run,
        input=input,
    )
    await work.lock_operations()
    for slug in {tenant.slug, new_slug} - {None}:
        other = await work.find_open_operation(str(slug))
        if other is not None:
            message = f"There is an operation {other.upper()} of {slug} that has not ended."
            raise StateConflict(f"{message} Wait until it has: see `tenantOperations`.")
    await work.add_operation(operation)
    await work.record(
        ACTS[kind],
        tenant=tenant,
        operation=str(operation.id),
        into=new_slug,
        file=None if file is None else str(file.id),
        dry_run=is_dry_run or None,
    )
    return operation
