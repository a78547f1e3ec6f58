"""GraphQL over HTTP: one operation and one response, in the media type that the client prefers."""

from http import HTTPStatus
from typing import ClassVar

from starlette.types import Receive, Scope, Send

from api.errors import RequestError
from api.graphiql.page import PLATFORM_PAGE, TENANT_PAGE, Page, is_page_requested, send_page
from api.http import content_negotiation
from api.http.errors import method_not_allowed
from api.http.request_parsing import decode_headers, parse_get_request
from api.http.server_context import GraphQLExecutor, ServerContext, run_while_connected
from api.identity import Caller
from api.kernel.execution.engine import Response
from api.kernel.execution.previews import HEADER as PREVIEW_HEADER
from api.telemetry.request_record import RequestRecord


class GraphQLEndpoint:
    """The endpoint `/graphql` for HTTP requests."""

    METHODS: ClassVar[tuple[str, ...]] = ("GET", "POST", "OPTIONS")
    PAGE: ClassVar[Page] = TENANT_PAGE

    def __init__(self, context: ServerContext) -> None:
        self.context = context

    def find_engine(self) -> GraphQLExecutor:
        """Return what executes the requests of this path. Raises RequestError if nothing does."""
        return self.context.engine

    async def authenticate(self, scope: Scope, authorization: str | None) -> Caller:
        """Return the caller of a request. Raises Unauthenticated."""
        return await self.context.authenticate(scope, authorization)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        if method == "OPTIONS":
            await send_options(send, self.METHODS)
            return
        headers = decode_headers(scope)
        if self.context.settings.is_graphiql_enabled and is_page_requested(scope, headers):
            self.find_engine()
            await send_page(send, self.PAGE)
            return
        if method not in self.METHODS:
            raise method_not_allowed(*self.METHODS)
        await self._respond(scope, receive, send, headers)

    async def _respond(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]
    ) -> None:
        record: RequestRecord = scope["request_record"]
        media_type = content_negotiation.select_media_type(
            headers.get("accept"), content_negotiation.GRAPHQL, content_negotiation.JSON
        )
        if media_type is None:
            names = " or ".join(content_negotiation.GRAPHQL)
            message = f"No supported media type is acceptable. Accept {names}."
            raise RequestError("BAD_REQUEST", message, 406)
        record.media_type = media_type
        response = await self.context.handle_request(
            record, lambda: self._execute_request(scope, receive, headers)
        )
        await self.context.refusal_delay.wait(record.tenant_id, response.status)
        await send_response(send, response, media_type)

    async def _execute_request(
        self, scope: Scope, receive: Receive, headers: dict[str, str]
    ) -> Response:
        record: RequestRecord = scope["request_record"]
        engine = self.find_engine()
        caller = await self.authenticate(scope, headers.get("authorization"))
        record.tenant_id = caller.tenant_id
        self.context.limiter.reject_if_overloaded(caller.tenant_id)
        is_post = scope["method"] == "POST"
        if is_post:
            request = await self.context.read_post_request(receive, headers, caller)
        else:
            request = parse_get_request(scope, max_bytes=self.context.settings.body_limit)
            request = request._replace(preview=headers.get(PREVIEW_HEADER))
        record.operation_name, record.is_preview = request.operation_name, bool(request.preview)
        async with self.context.acquire_slot(request, caller):
            operation = engine.execute(
                request, caller, request_id=record.request_id, may_mutate=is_post
            )
            response = await run_while_connected(receive, operation)
        record.record_response(request.query, response.body, response.operation_kind)
        return response


class PlatformEndpoint(GraphQLEndpoint):
    """The endpoint `/platform/graphql`: the same protocol and limits, with operators as callers."""

    METHODS: ClassVar[tuple[str, ...]] = ("POST", "OPTIONS")
    PAGE: ClassVar[Page] = PLATFORM_PAGE

    def find_engine(self) -> GraphQLExecutor:
        """Return the engine of the platform. Raises RequestError where it is not served."""
        return self.context.require_platform().engine

    async def authenticate(self, _: Scope, authorization: str | None) -> Caller:
        """Return the caller of a token of the platform. Raises Unauthenticated."""
        return await self.context.require_platform().authenticator.authenticate(authorization)


async def send_response(send: Send, response: Response, media_type: str) -> None:
    """Send a complete response.

    For `application/json` a request error has status 200, as "GraphQL over HTTP" specifies: such
    clients cannot distinguish a GraphQL server's 400 from that of a proxy.
    """
    status = (
        200
        if media_type == content_negotiation.JSON and response.status == HTTPStatus.BAD_REQUEST
        else response.status
    )
    headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"content-length", b"%d" % len(response.body)),
        (b"vary", b"accept"),
    ]
    headers += [(name.lower().encode(), value.encode()) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def send_options(send: Send, methods: tuple[str, ...]) -> None:
    """Respond with the methods that a path supports."""
    headers = [(b"allow", ", ".join(methods).encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 204, "headers": headers[:1]})
    await send({"type": "http.response.body", "body": b""})
