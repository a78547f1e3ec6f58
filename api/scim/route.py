"""The routes below `/scim/v2`: authentication, limits and the body, as for the graph.

The server of SCIM is built by the first request, so that a process without any needs no memory for
its libraries.
"""

from asyncio import Task, create_task, shield, to_thread
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, request_response

from api.errors import RequestError
from api.http.content_negotiation import is_utf8_json
from api.http.errors import Rejection, method_not_allowed
from api.http.request_parsing import (
    MAX_BODY_VALUES,
    ClientDisconnected,
    count_values,
    decode_headers,
    parse_json,
    receive_body,
)
from api.http.server_context import ServerContext, run_while_connected
from api.identity import Caller
from api.kernel.execution.errors import to_request_error
from api.telemetry.request_record import RequestRecord

if TYPE_CHECKING:
    from api.scim.server import ScimServer

BASE = "/scim/v2"
MEDIA_TYPE = "application/scim+json"
MAX_PARAMETER_LENGTH = 5_000

PATHS: Mapping[str, tuple[str, ...]] = {
    "/Users": ("GET", "POST"),
    "/Users/.search": ("POST",),
    "/Users/{id}": ("GET", "PUT", "PATCH", "DELETE"),
    "/Groups": ("GET", "POST"),
    "/Groups/.search": ("POST",),
    "/Groups/{id}": ("GET", "PUT", "PATCH", "DELETE"),
    "/.search": ("POST",),
    "/Bulk": ("POST",),
    "/ServiceProviderConfig": ("GET",),
    "/ResourceTypes": ("GET",),
    "/ResourceTypes/{id}": ("GET",),
    "/Schemas": ("GET",),
    "/Schemas/{id}": ("GET",),
}


class ScimRoutes:
    """The routes of SCIM. They read and change with the rights of their caller."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context
        self._server: Task[ScimServer] | None = None

    def build(self) -> list[BaseRoute]:
        """Return a route for each path, and one for all others below, with errors of SCIM."""
        routes: list[BaseRoute] = [
            Route(f"{BASE}{path}", self.handle, methods=list(methods))
            for path, methods in PATHS.items()
        ]
        return [*routes, Mount(BASE, request_response(self.handle_others))]

    async def handle(self, request: Request) -> Response:
        """Respond with a resource, or with an error of SCIM."""
        record: RequestRecord = request.scope["request_record"]
        try:
            response = await self.context.handle_request(
                record, lambda: self._handle(request, record)
            )
        except ClientDisconnected:
            raise
        except Exception as error:  # noqa: BLE001 - internal errors are logged and hidden
            refused = to_request_error(error, record.request_id)
            record.codes = (refused.code,)
            record.is_rejected = isinstance(error, Rejection)
            return _respond_with_error(refused)
        await self.context.refusal_delay.wait(record.tenant_id, response.status_code)
        return response

    async def handle_others(self, request: Request) -> Response:
        """Respond that there is no such path or method."""
        request.scope["has_no_route"] = True
        return await self.handle(request)

    async def _handle(self, request: Request, record: RequestRecord) -> Response:
        headers = decode_headers(request.scope)
        caller = await self.context.authenticate(request.scope, headers.get("authorization"))
        record.tenant_id = caller.tenant_id
        if request.url.path.endswith("/.search") and request.method != "POST":
            raise method_not_allowed("POST")
        limiter = self.context.limiter
        limiter.reject_if_overloaded(caller.tenant_id)
        body = await self._read_body(request, headers, caller)
        async with limiter.acquire(caller.tenant_id, is_mutation=request.method != "GET"):
            operation = self._answer(request, headers, caller, record, body)
            return await run_while_connected(request.receive, operation)

    async def _get_server(self) -> "ScimServer":
        """Return the server. The first request imports its libraries, in a thread, for all."""
        if self._server is None or (self._server.done() and self._server.exception()):
            secret = self.context.sealing_secret
            self._server = create_task(to_thread(_build_server, secret))
        return await shield(self._server)

    async def _read_body(
        self, request: Request, headers: Mapping[str, str], caller: Caller
    ) -> tuple[Any, int, int]:
        """Return the parsed body, its size and about how many values it has; None without one.

        Raises RequestError.
        """
        if request.method in ("GET", "HEAD", "DELETE") or "has_no_route" in request.scope:
            return None, 0, 0
        if not is_utf8_json((headers.get("content-type") or MEDIA_TYPE).replace("scim+", "")):
            message = f"Send the body as {MEDIA_TYPE} in UTF-8."
            raise RequestError("BAD_REQUEST", message, 415)
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise RequestError("BAD_REQUEST", "Send the body without compression.", 415)
        is_bulk = request.url.path.endswith("/Bulk")
        settings = self.context.settings
        limit = settings.batch_body_limit if is_bulk else settings.body_limit
        with self.context.body_reads.admit(caller):
            raw = await receive_body(request.receive, headers, limit)
        value_count = count_values(raw)
        if value_count > MAX_BODY_VALUES:
            message = "The body has too many values. Send fewer at once."
            raise RequestError("LIMIT_EXCEEDED", message, 413)
        return parse_json(raw), len(raw), value_count

    async def _answer(
        self,
        request: Request,
        headers: Mapping[str, str],
        caller: Caller,
        record: RequestRecord,
        body: tuple[Any, int, int],
    ) -> Response:
        server = await self._get_server()
        from api.scim.graph import Graph  # noqa: PLC0415 - imported by the first request
        from api.scim.server import ScimCall  # noqa: PLC0415 - imported by the first request

        for name, value in request.query_params.multi_items():
            if len(name) + len(value) > MAX_PARAMETER_LENGTH:
                raise RequestError("LIMIT_EXCEEDED", "A parameter is too long.", 414)
        settings = self.context.settings
        url = f"{request.url.scheme}://{request.url.netloc}{settings.root_path}"
        call = ScimCall(
            "GET" if request.method == "HEAD" else request.method,
            f"{(settings.public_url or url).rstrip('/')}{BASE}",
            str(request.scope["path"]).partition(BASE)[2],
            request.query_params,
            headers,
            body[0],
        )
        graph = Graph(
            self.context.engine,
            self.context.run_change,
            caller,
            record.request_id,
            size=body[1],
            value_count=body[2],
        )
        found = await server.handle(call, graph)
        content = b"" if found.body is None else orjson.dumps(found.body)
        return Response(content, int(found.status), headers=found.headers)


def _build_server(secret: str) -> "ScimServer":
    from api.scim.server import ScimServer  # noqa: PLC0415 - imported by the first request

    return ScimServer(secret)


def _respond_with_error(error: RequestError) -> Response:
    """Return the response for a request that is refused as a whole."""
    document = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": str(error.status),
        "detail": error.message,
    }
    headers = {**error.headers, "content-type": MEDIA_TYPE}
    return Response(orjson.dumps(document), error.status, headers=headers)
