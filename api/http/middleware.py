"""The middleware of every request: request id, security headers, telemetry, error responses."""

from collections.abc import Awaitable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import RequestError
from api.http.errors import Rejection
from api.http.overload.slow_bodies import SLOW_BODY_KEY, SlowBody
from api.http.path_prefix import remove_prefix
from api.http.request_parsing import ClientDisconnected
from api.http.server_context import ServerContext
from api.identity.errors import Unauthenticated
from api.identity.reasons import get_rule_name
from api.kernel.execution.errors import INTERNAL_ERROR_MESSAGE, to_outage_error
from api.settings import Settings
from api.telemetry.logs import log_exception, log_request
from api.telemetry.request_record import RequestRecord, find_client_request_id

_SECURITY_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_TRANSPORT_SECURITY_HEADERS = {b"strict-transport-security": b"max-age=31536000; includeSubDomains"}
_UNLOGGED_PATHS = {"/livez", "/readyz", "/metrics"}
_CLIENT_CLOSED_REQUEST = 499


class RequestMiddleware:
    """The outermost layer: it adds the request id and security headers, and logs the request."""

    def __init__(self, app: ASGIApp, context: ServerContext) -> None:
        self.app = app
        self.context = context
        self._security_headers = security_headers(context.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = remove_prefix(scope, self.context.settings.root_path)
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        record = RequestRecord(client_request_id=find_client_request_id(scope["headers"]))
        scope["request_record"] = record
        scope["app"] = self

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                record.status = int(message["status"])  # some responses have an HTTPStatus
                message["headers"] = self._add_headers(message.get("headers", []), record)
            return send(message)

        method: str = scope["method"]
        with self.context.tracer.trace_request(record, method, scope["headers"]):
            await self.app(scope, receive, send_with_headers)
        path = getattr(scope.get("route"), "path", "unmatched")
        if path not in _UNLOGGED_PATHS:
            if record.is_rejected:
                self.context.record_rejection(record)
            else:
                self.context.metrics.count_request(record)
                if record.tenant_id is not None and self.context.platform is not None:
                    self.context.platform.request_counts.count(record.tenant_id)
                log_request(record, method, path)

    def _add_headers(
        self, headers: list[tuple[bytes, bytes]], record: RequestRecord
    ) -> list[tuple[bytes, bytes]]:
        missing, present = self._security_headers, dict(headers)
        if not missing.keys().isdisjoint(present):
            missing = {name: value for name, value in missing.items() if name not in present}
        return [*headers, *missing.items(), *record.build_id_headers()]


def render_security_headers(settings: Settings) -> bytes:
    """Render the security headers for a response that is written as bytes."""
    return b"".join(b"%b: %b\r\n" % each for each in security_headers(settings).items())


def security_headers(settings: Settings) -> dict[bytes, bytes]:
    """Return the security headers of every response."""
    return _SECURITY_HEADERS | (_TRANSPORT_SECURITY_HEADERS if settings.production else {})


class ErrorMiddleware:
    """The innermost layer: it turns every exception into an error response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        record: RequestRecord = scope["request_record"]
        try:
            await self.app(scope, receive, send)
        except ClientDisconnected:
            if SLOW_BODY_KEY in scope:
                scope[SLOW_BODY_KEY]()
                await _send_error(send, SlowBody(), record)
                return
            record.status = _CLIENT_CLOSED_REQUEST
            record.codes = ("CLIENT_GONE",)
        except Exception as error:  # noqa: BLE001 - no exception may pass this layer
            # In another frame, because an exception that its own frame names is a reference cycle.
            await _handle_error(_convert_exception(error), error, record, send)


async def _handle_error(
    error: RequestError, exception: Exception, record: RequestRecord, send: Send
) -> None:
    record.is_rejected = isinstance(error, Rejection)
    if isinstance(error, Unauthenticated):
        record.broken_rule = get_rule_name(error.reason)
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log_exception("request failed", exception, request_id=record.request_id)
    if not record.status:
        await _send_error(send, error, record)
        return
    # The response has begun, so it can only be cut off.
    record.codes = (error.code,)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _convert_exception(exception: Exception) -> RequestError:
    match exception:
        case RequestError():
            return exception
        case HTTPException():
            code = "NOT_FOUND" if exception.status_code == HTTPStatus.NOT_FOUND else "BAD_REQUEST"
            message = f"{exception.detail}."
            return RequestError(code, message, exception.status_code, headers=exception.headers)
        case _:
            internal = RequestError("INTERNAL_SERVER_ERROR", INTERNAL_ERROR_MESSAGE, 500)
            return to_outage_error(exception) or internal


async def _send_error(send: Send, error: RequestError, record: RequestRecord) -> None:
    record.codes = (error.code,)
    body = error.serialize(record.request_id)
    headers = [
        (b"content-type", f"{record.media_type}; charset=utf-8".encode()),
        (b"content-length", b"%d" % len(body)),
        *((name.lower().encode(), value.encode()) for name, value in error.headers.items()),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
