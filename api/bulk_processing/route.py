"""The routes of files: parts of uploads are sent to one, and results are read from the other.

The signed address is all that a client sends, so that a file can go where no token should.
"""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from api.bulk_processing.addresses import PATHS, FileAddress, FileAddresses, Purpose
from api.bulk_processing.transfers import Results
from api.errors import RequestError
from api.http.errors import TooManyOpenRequests
from api.http.request_parsing import decode_headers, receive_body
from api.http.server_context import ServerContext
from api.telemetry.request_record import RequestRecord
from persistence.kernel.fair_slots import decrement

MAX_PART_SIZE = 5_000_000
"""Bytes of one request. A larger file is sent in several, so each ends in time."""

MAX_DOWNLOADS = 4
"""Downloads of a tenant at once in a process."""
DOWNLOAD_TIMEOUT = 600.0
"""Seconds."""

MEDIA_TYPE = "application/jsonl"
MEDIA_TYPES = {
    *(MEDIA_TYPE, "application/x-ndjson", "application/x-jsonlines", "text/csv", "text/plain"),
    *("application/octet-stream", ""),
}
DIGEST = "content-digest"
LINES, ARCHIVE = ("results.jsonl", MEDIA_TYPE), ("person.zip", "application/zip")
"""The name and the media type of a file of results."""


@dataclass(frozen=True)
class FileSender:
    """The sender of a part, who has nothing but the address of an upload."""

    tenant_id: UUID
    subject: str

    @classmethod
    def of(cls, address: FileAddress) -> "FileSender":
        """Return the sender that an address stands for."""
        return cls(address.tenant_id, f"upload {address.id}")


class Download(StreamingResponse):
    """A response that is cut off when its reader takes too long. It ends with its place."""

    def __init__(self, place: ExitStack, parts: AsyncIterator[bytes], results: Results) -> None:
        name, media_type = ARCHIVE if results.is_archive else LINES
        headers = {
            "content-length": str(results.size),
            "content-disposition": f'attachment; filename="{name}"',
        }
        super().__init__(parts, headers=headers, media_type=media_type)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._place:
            async with asyncio.timeout(DOWNLOAD_TIMEOUT):
                await super().__call__(scope, receive, send)


class BulkRoutes:
    """The routes below `/bulk`."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context
        self.addresses = FileAddresses(context.sealing_secret)
        self._downloads: dict[UUID, int] = {}

    def build(self) -> list[BaseRoute]:
        """Return the routes."""
        upload, results = (f"/{PATHS[each]}/{{token}}" for each in Purpose)
        return [
            Route(upload, self.receive, methods=["PUT"]),
            Route(results, self.send, methods=["GET"]),
        ]

    async def receive(self, request: Request) -> Response:
        """Store a part of an upload. Raises RequestError."""
        record: RequestRecord = request.scope["request_record"]
        return await self.context.handle_request(record, lambda: self._receive(request, record))

    async def send(self, request: Request) -> Response:
        """Respond with the results of an operation. Raises RequestError."""
        record: RequestRecord = request.scope["request_record"]
        return await self.context.handle_request(record, lambda: self._send(request, record))

    async def _receive(self, request: Request, record: RequestRecord) -> Response:
        address = self._verify(request, Purpose.UPLOAD, record)
        headers = decode_headers(request.scope)
        offset = read_offset(request)
        _check_headers(headers)
        sender, limiter = FileSender.of(address), self.context.limiter
        limiter.reject_if_overloaded(address.tenant_id)
        reads = self.context.body_reads
        with reads.admit(sender), reads.admit_batch(sender):
            body = await receive_body(request.receive, headers, MAX_PART_SIZE)
        check_digest(headers, body)
        async with limiter.acquire(address.tenant_id, is_mutation=True):
            size = await self.context.transfers.store(address, offset, body, record.request_id)
        return JSONResponse({"size": size})

    async def _send(self, request: Request, record: RequestRecord) -> Response:
        address = self._verify(request, Purpose.RESULTS, record)
        self.context.limiter.reject_if_overloaded(address.tenant_id)
        with ExitStack() as place:
            place.enter_context(self._count_download(address.tenant_id))
            results = await self.context.transfers.open_results(address, record.request_id)
            return Download(place.pop_all(), self._read(address, results.size), results)

    async def _read(self, address: FileAddress, size: int) -> AsyncIterator[bytes]:
        """Yield the parts of results, each read when the reader has taken the one before."""
        start = 0
        while start < size:
            part = await self.context.transfers.read_part(address, start)
            if part is None:
                return  # deleted meanwhile: the response ends too early, and the client sees it
            start += len(part)
            yield part

    @contextmanager
    def _count_download(self, tenant_id: UUID) -> Iterator[None]:
        """Count a download from before it is opened to its end. Raises TooManyOpenRequests."""
        if self._downloads.get(tenant_id, 0) >= MAX_DOWNLOADS:
            raise TooManyOpenRequests("Your tenant has", MAX_DOWNLOADS)
        self._downloads[tenant_id] = self._downloads.get(tenant_id, 0) + 1
        try:
            yield
        finally:
            decrement(self._downloads, tenant_id)

    def _verify(self, request: Request, purpose: Purpose, record: RequestRecord) -> FileAddress:
        """Return what the path stands for. Raises RequestError."""
        now = self.context.transfers.clock()
        address = self.addresses.verify(request.path_params["token"], purpose, now)
        record.tenant_id = address.tenant_id
        return address


def read_offset(request: Request) -> int:
    """Return where a part begins. Raises RequestError."""
    text = request.query_params.get("offset", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 12):  # noqa: PLR2004 - digits
        message = "The offset is the number of bytes before the part."
        raise RequestError("BAD_REQUEST", message)
    return int(text)


def _check_headers(headers: Mapping[str, str]) -> None:
    """Raise RequestError for a body that is no file, or is compressed."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        message = f"Send the file itself, as {MEDIA_TYPE} or text/csv, and no form."
        raise RequestError("BAD_REQUEST", message, 415)
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestError("BAD_REQUEST", "Send the file without compression.", 415)


def check_digest(headers: Mapping[str, str], body: bytes) -> None:
    """Raise RequestError for a part that does not match its `Content-Digest` (RFC 9530)."""
    stated = headers.get(DIGEST)
    if stated is None:
        return
    found = b64encode(hashlib.sha256(body).digest()).decode()
    if f"sha-256=:{found}:" not in [each.strip() for each in stated.split(",")]:
        message = "The part does not match the sha-256 in Content-Digest. Send it again."
        raise RequestError("BAD_REQUEST", message)
