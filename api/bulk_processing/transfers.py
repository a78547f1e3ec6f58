"""Transfers of files, as the account that owns them: parts of uploads in, and results out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar, cast
from uuid import UUID

from api.bulk_processing.addresses import FileAddress, Purpose
from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.execution.changes import ChangeRunner, refuse_change
from domain.bulk_operations import (
    MAX_FILE_SIZE,
    BulkOperation,
    BulkOperationKind,
    StagedUpload,
    require_open,
)
from domain.kernel.errors import LimitExceeded, NotFound, NotPermitted, Refusal, StateConflict
from domain.kernel.unit_of_work import Work
from persistence.bulk_operations.files import (
    add_to_upload,
    find_owner,
    find_upload_size,
    load_progress,
    read_part,
)
from persistence.kernel.pools import Connection, PoolSource, borrow
from persistence.kernel.transaction import Transaction
from persistence.unit_of_work.work import ACQUIRE_TIMEOUT

TABLES = {Purpose.UPLOAD: "staged_uploads", Purpose.RESULTS: "bulk_operations"}
POINTS = 100
"""The cost of a part of an upload, and of a download."""

NO_FILE = "There is no such file, or not any more."
Found = TypeVar("Found")
Reading = Callable[[Connection], Awaitable[Found]]
STATUSES: dict[type[Refusal], int] = {
    NotFound: 404,
    NotPermitted: 403,
    StateConflict: 409,
    LimitExceeded: 413,
}


class Results(NamedTuple):
    """The size of results in bytes, and whether they are a ZIP file instead of lines."""

    size: int
    is_archive: bool


@dataclass(frozen=True)
class Transfers:
    """The transfers of one process. `run_change` runs them with the rights of the owner."""

    pool: PoolSource | None = None
    run_change: ChangeRunner = refuse_change
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    async def store(self, address: FileAddress, offset: int, data: bytes, request_id: str) -> int:
        """Store the next bytes of an upload; return how many have arrived. Raises RequestError."""

        async def change(work: Work) -> int:
            upload = await work.get(StagedUpload, address.id, to=StagedUpload.SEND)
            await require_open(work, upload, len(data))
            connection = await _get_connection(work)
            if offset + len(data) > MAX_FILE_SIZE:
                raise LimitExceeded(f"A file has at most {MAX_FILE_SIZE:,} bytes. Send several.")
            tenant_id = address.tenant_id
            if await add_to_upload(connection, tenant_id, address.id, offset, data):
                return offset + len(data)
            size = await find_upload_size(connection, tenant_id, address.id)
            message = f"The upload has {size} bytes. Send the part that begins there."
            raise RequestError("STATE_CONFLICT", message, 409, extensions={"size": size})

        return await self._run(address, change, request_id)

    async def open_results(self, address: FileAddress, request_id: str) -> Results:
        """Return the form of results that the owner may download. Raises RequestError."""

        async def change(work: Work) -> Results:
            operation = await work.get(BulkOperation, address.id, to=BulkOperation.DOWNLOAD)
            if operation.files_until <= work.now:
                raise NotFound(NO_FILE)
            connection = await _get_connection(work)
            progress = await load_progress(connection, address.tenant_id, address.id)
            is_archive = operation.kind is BulkOperationKind.PERSON_EXPORT
            return Results(progress.result_size, is_archive)

        return await self._run(address, change, request_id)

    async def read_part(self, address: FileAddress, start: int) -> bytes | None:
        """Return the part of results that begins here; None at their end."""
        return await self._read(
            address.tenant_id,
            lambda connection: read_part(connection, address.tenant_id, address.id, start),
        )

    async def _run(
        self, address: FileAddress, change: Callable[[Work], Awaitable[Found]], request_id: str
    ) -> Found:
        """Run something as the owner of a file. Raises RequestError."""
        tenant_id, table = address.tenant_id, TABLES[address.purpose]
        subject: str | None = await self._read(
            tenant_id, lambda connection: find_owner(connection, tenant_id, table, address.id)
        )
        if subject is None:
            raise RequestError("NOT_FOUND", NO_FILE, 404)
        caller = Caller(tenant_id, "", "", subject, address.expires_at, "bulk-file")
        try:
            found: Found = await self.run_change(
                caller, change, request_id=request_id, points=POINTS
            )
        except Refusal as refusal:
            status = STATUSES.get(type(refusal), 422)
            raise RequestError(str(refusal.code), str(refusal), status) from None
        return found

    async def _read(self, tenant_id: UUID, read: Reading[Found]) -> Found:
        if self.pool is None:
            raise RequestError("UNAVAILABLE", "This process has no files.", 503)
        async with borrow(self.pool, tenant_id, ACQUIRE_TIMEOUT) as borrowed:
            transaction = Transaction(tenant_id, borrowed)
            found = await read(await transaction.begin())
            await transaction.commit()
        return found


async def _get_connection(work: Work) -> Connection:
    from persistence.unit_of_work.work import Work as StoredWork  # noqa: PLC0415 - of another name

    return await cast(StoredWork, work).get_connection()
