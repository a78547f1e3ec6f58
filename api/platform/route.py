"""The route `/platform/files`: operators send and read files with all data of a tenant."""

from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.bulk_processing.route import MAX_PART_SIZE, check_digest, read_offset
from api.errors import RequestError
from api.http.request_parsing import decode_headers, receive_body
from api.http.server_context import ServerContext
from api.identity import Caller
from api.kernel.schema.global_ids import decode_id
from api.platform.files import FILE_PREFIX, FOLDER
from api.telemetry.request_record import RequestRecord
from domain.kernel.errors import Invalid

MEDIA_TYPES = {"application/gzip", "application/x-gzip", "application/octet-stream", ""}


class FileRoute:
    """The route of files."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context

    def build(self) -> BaseRoute:
        """Return the route."""
        return Route(f"/{FOLDER}/{{id}}", self.handle, methods=["GET", "PUT"])

    async def handle(self, request: Request) -> Response:
        """Store a part of a file, or respond with a file. Raises RequestError."""
        record: RequestRecord = request.scope["request_record"]
        act = self._receive if request.method == "PUT" else self._send
        return await self.context.handle_request(record, partial(act, request, record))

    async def _receive(self, request: Request, record: RequestRecord) -> Response:
        caller, id = await self._identify(request, record)
        headers, limiter = decode_headers(request.scope), self.context.limiter
        if headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
            message = "Send the file itself, as application/gzip, and no form."
            raise RequestError("BAD_REQUEST", message, 415)
        offset, reads = read_offset(request), self.context.body_reads
        with reads.admit(caller), reads.admit_batch(caller):
            body = await receive_body(request.receive, headers, MAX_PART_SIZE)
        check_digest(headers, body)
        transfers = self.context.require_platform().transfers
        async with limiter.acquire(caller.tenant_id, is_mutation=True):
            size = await transfers.store(caller, id, offset, body, record.request_id)
        return JSONResponse({"size": size})

    async def _send(self, request: Request, record: RequestRecord) -> Response:
        caller, id = await self._identify(request, record)
        transfers = self.context.require_platform().transfers
        path = await transfers.open_download(caller, id, record.request_id)
        return FileResponse(path, media_type="application/gzip", filename="tenant.trellis")

    async def _identify(self, request: Request, record: RequestRecord) -> tuple[Caller, UUID]:
        """Return the caller, and the id in the path. Raises Unauthenticated and RequestError."""
        authenticator = self.context.require_platform().authenticator
        caller = await authenticator.authenticate(request.headers.get("authorization"))
        record.tenant_id = caller.tenant_id
        self.context.limiter.reject_if_overloaded(caller.tenant_id)
        try:
            return caller, decode_id(request.path_params["id"], FILE_PREFIX)
        except Invalid:
            message = "There is no such file, or not any more. Send it again."
            raise RequestError("NOT_FOUND", message, 404) from None
