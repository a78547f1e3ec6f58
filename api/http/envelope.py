"""The layers around every request: its id, headers of safety, telemetry, and errors made plain."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.bodies import Gone
from api.http.refusals import Busy, HttpRefusal, refuse
from api.http.wire import Wire
from api.identity import Unauthenticated
from api.kernel.refusals import refused_by_outage
from api.settings import Settings
from api.telemetry.exchange import Exchange, request_id_of
from api.telemetry.logs import log_exception, log_request

_SAFETY = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_TRANSPORT = {b"strict-transport-security": b"max-age=31536000; includeSubDomains"}
_QUIET = {"/livez", "/readyz", "/metrics"}
_CLIENT_CLOSED_REQUEST = 499


class Envelope:
    """The outermost layer: the request's id, the headers of safety, its line in the log."""

    def __init__(self, app: ASGIApp, wire: Wire) -> None:
        self.app = app
        self.wire = wire
        self._safety = safety(wire.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(request_id_of(scope["headers"]))
        scope["exchange"] = exchange
        scope["app"] = self

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                message["headers"] = self._complete(message.get("headers", []), exchange)
            await send(message)

        method: str = scope["method"]
        with self.wire.traces.span(exchange, method, scope["headers"]):
            await self.app(scope, receive, sending)
        path = getattr(scope.get("route"), "path", "unmatched")
        if path not in _QUIET:
            if exchange.is_shed:
                self.wire.turned_away(exchange)
            else:
                self.wire.metrics.count(exchange)
                log_request(exchange, method, path)

    def _complete(
        self, headers: list[tuple[bytes, bytes]], exchange: Exchange
    ) -> list[tuple[bytes, bytes]]:
        present = {name for name, _ in headers}
        return [
            *headers,
            *((name, value) for name, value in self._safety.items() if name not in present),
            (b"x-request-id", exchange.request_id.encode()),
        ]


def safety(settings: Settings) -> dict[bytes, bytes]:
    """The headers of safety that every answer has."""
    return _SAFETY | (_TRANSPORT if settings.production else {})


class Refusing:
    """The innermost layer: whatever is raised becomes a plain answer, and nothing gets past it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange: Exchange = scope["exchange"]
        try:
            await self.app(scope, receive, send)
        except Gone:
            exchange.status = _CLIENT_CLOSED_REQUEST
            exchange.codes = ("CLIENT_GONE",)
        except Exception as raised:  # noqa: BLE001 - nothing may get past this layer
            # In a frame of its own: one that is raised and named in the same frame is a cycle.
            await _refuse(_refusal(raised), raised, exchange, send)


async def _refuse(refusal: HttpRefusal, raised: Exception, exchange: Exchange, send: Send) -> None:
    exchange.is_shed = isinstance(refusal, Busy)
    if refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log_exception("request failed", raised, request_id=exchange.request_id)
    if not exchange.status:
        await _send_refusal(send, refusal, exchange)
        return
    # The answer has begun: to break it off is all that can be done.
    exchange.codes = (refusal.code,)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _refusal(raised: Exception) -> HttpRefusal:
    match raised:
        case HttpRefusal():
            return raised
        case Unauthenticated():
            return HttpRefusal(raised.status, raised.code, raised.message, raised.headers)
        case HTTPException():
            code = "NOT_FOUND" if raised.status_code == HTTPStatus.NOT_FOUND else "BAD_REQUEST"
            message = f"{raised.detail}."
            return HttpRefusal(raised.status_code, code, message, raised.headers)
        case _ if (outage := refused_by_outage(raised)) is not None:
            return HttpRefusal(outage.status, outage.code, str(outage), outage.headers)
        case _:
            return HttpRefusal(500, "INTERNAL_SERVER_ERROR", "Something went wrong on our side.")


async def _send_refusal(send: Send, refusal: HttpRefusal, exchange: Exchange) -> None:
    body = refuse(refusal, exchange)
    headers = [
        (b"content-type", f"{exchange.media_type}; charset=utf-8".encode()),
        (b"content-length", b"%d" % len(body)),
        *((name.lower().encode(), value.encode()) for name, value in refusal.headers.items()),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
