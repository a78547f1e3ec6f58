"""Rejection of requests from their raw bytes while they would exceed the queue timeout.

It handles only simple requests: complete in one read, without a mutation, and with a token that was
verified before. All others are parsed first and get the same response for ten times the work.
"""

from api.http import content_negotiation
from api.http.errors import OverloadError
from api.http.middleware import render_security_headers
from api.http.server_context import ServerContext
from api.telemetry.request_record import RequestRecord, find_client_request_id

_RESPONSE = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: %b; charset=utf-8\r\n"
    b"content-length: %d\r\n%b%b%b\r\n%b"
)
_REQUEST_LINE = b"POST %b/graphql HTTP/1.1\r\n"
_MUTATION = b"mutation"
_UNSUPPORTED_HEADERS = {b"transfer-encoding", b"upgrade", b"expect", b"origin"}
_KEEP_ALIVE = b"keep-alive"
_NO_HEADERS: dict[bytes, bytes] = {}


class EarlyRejector:
    """The rejection of simple requests, without Starlette and without parsing the body."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        prefixes = {"", context.settings.root_path}
        self._request_lines = tuple(_REQUEST_LINE % each.encode() for each in prefixes)
        # A request with an origin is not rejected early, so this is all that CORS adds.
        vary = b"vary: Origin\r\n" if context.settings.is_cors_enabled else b""
        self._constant_headers = vary + render_security_headers(context.settings)

    def build_rejection(self, data: bytes, *, queued_ahead: int = 0) -> bytes | None:
        """Return the complete 503 response, or None if the request shall be handled as usual.

        `queued_ahead` requests of the throttle go before this one.
        """
        limiter = self._context.limiter
        if not (limiter.queue_length or queued_ahead) or not data.startswith(self._request_lines):
            return None
        head, _, body = data.partition(b"\r\n\r\n")
        headers = _parse_plain_headers(head, len(body))
        authorization = headers.get(b"authorization")
        if authorization is None or _MUTATION in body:
            return None
        caller = self._context.authenticator.find_cached_caller(authorization.decode("latin-1"))
        if caller is None or not limiter.would_time_out(
            caller.tenant_id, queued_ahead=queued_ahead
        ):
            return None
        return self._build_response(limiter.create_rejection(), headers)

    def _build_response(self, error: OverloadError, headers: dict[bytes, bytes]) -> bytes:
        accept = headers.get(b"accept", b"").decode("latin-1")
        record = RequestRecord(
            client_request_id=find_client_request_id(headers.items()),
            status=error.status,
            is_rejected=True,
        )
        record.media_type = (
            content_negotiation.select_media_type(
                accept, content_negotiation.GRAPHQL, content_negotiation.JSON
            )
            or content_negotiation.JSON
        )
        record.codes = (error.code,)
        body = error.serialize(record.request_id)
        self._context.record_rejection(record)
        error_headers = "".join(f"{name}: {value}\r\n" for name, value in error.headers.items())
        return _RESPONSE % (
            record.media_type.encode(), len(body), error_headers.encode(), self._constant_headers,
            b"".join(b"%b: %b\r\n" % each for each in record.build_id_headers()), body,
        )  # fmt: skip


def _parse_plain_headers(head: bytes, length: int) -> dict[bytes, bytes]:
    """Return the headers of a request with a body of this length; none if anything is unusual."""
    lines = head.split(b"\r\n")[1:]
    headers = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    is_plain = (
        len(headers) == len(lines) == head.count(b"\n")
        and headers.get(b"content-length") == b"%d" % length
        and headers.get(b"connection", _KEEP_ALIVE).lower() == _KEEP_ALIVE
        and _UNSUPPORTED_HEADERS.isdisjoint(headers)
        and not any(name.split() != [name] for name in headers)
    )
    return headers if is_plain else _NO_HEADERS
