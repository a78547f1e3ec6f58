"""Transfers of files with all data of tenants, for operators."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.platform.request import PlatformRequest, PlatformStores, identify
from domain.kernel.errors import (
    LimitExceeded,
    NotFound,
    NotPermitted,
    Refusal,
    StateConflict,
)
from domain.kernel.identity import TenantId
from domain.platform import Act, TenantFile
from domain.platform.operations import find_file
from domain.tenants import TenantRegistration
from persistence.platform import files
from persistence.platform.work import DirectoryWork, platform_work
from persistence.tenant_registry import TenantRegistry

STATUSES: dict[type[Refusal], int] = {
    NotFound: 404,
    NotPermitted: 403,
    StateConflict: 409,
    LimitExceeded: 413,
}


@dataclass(frozen=True)
class PlatformTransfers:
    """The transfers of one process. The bytes are in the folder of the settings."""

    stores: PlatformStores

    async def store(
        self, caller: Caller, id: UUID, offset: int, data: bytes, request_id: str
    ) -> int:
        """Store the next bytes of a file; return how many have arrived. Raises RequestError."""
        request = await identify(self.stores, caller, request_id)
        with _answer_refusals():
            request.require(Act.TENANT_FILE_CREATE)
            async with self._open_work(request) as work:
                file = await find_file(work, id)
                size = file.accept(offset, len(data))
                await asyncio.to_thread(files.write_part, self._build_path(id), offset, data)
                await files.set_size(work.connection, id, size)
        return size

    async def open_download(self, caller: Caller, id: UUID, request_id: str) -> Path:
        """Record a download, and return the path of the file. Raises RequestError."""
        request = await identify(self.stores, caller, request_id)
        with _answer_refusals():
            request.require(Act.TENANT_FILE_DOWNLOAD)
            async with self._open_work(request) as work:
                file = await find_file(work, id)
                path = self._build_path(id)
                if not path.exists():
                    raise NotFound("There is no such file, or not any more.")
                await _record_download(work, file)
        return path

    def _build_path(self, id: UUID) -> Path:
        return files.build_path(self.stores.settings.tenant_file_folder, id)

    def _open_work(self, request: PlatformRequest) -> AbstractAsyncContextManager[DirectoryWork]:
        return platform_work(
            self.stores.databases,
            request.operator,
            now=request.now,
            request_id=request.request_id,
        )


async def _record_download(work: DirectoryWork, file: TenantFile) -> None:
    """Record a download, with the tenant if there still is one."""
    slugs = await TenantRegistry(work.connection).find_slugs([file.tenant_id or file.id])
    tenants = [TenantRegistration(id=TenantId(id), slug=slug) for id, slug in slugs.items()]
    tenant = tenants[0] if tenants else None
    await work.record(Act.TENANT_FILE_DOWNLOAD, tenant=tenant, file=str(file.id))


@contextmanager
def _answer_refusals() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        status = STATUSES.get(type(refusal), 422)
        raise RequestError(str(refusal.code), str(refusal), status) from None
