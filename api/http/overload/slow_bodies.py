"""The deadline and the minimum rate of a request's body, for every request of a connection.

They hold without a token, too, and after a response that did not wait for the body.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import Scope

from api.errors import RequestError
from api.settings import Settings
from api.telemetry.request_record import RequestRecord

CHECK_INTERVAL = 1.0
RATE_GRACE = 3.0
"""Seconds before the rate counts; a lost packet on a mobile network delays a body as long."""

SLOW_BODY_KEY = "trellis.slow_body"
"""The key in the scope of a request whose body was too slow: the response is sent already."""

_RESPONSE = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: %b; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n%bx-request-id: %b\r\n\r\n%b"
)


@dataclass
class BodyWatch:
    """A watch over the body of one request: it calls `close` when the body is too slow."""

    settings: Settings
    close: Callable[[], None]
    is_paused: Callable[[], bool]
    size: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def __post_init__(self) -> None:
        self._started_at = self._loop.time()
        self._schedule()

    def cancel(self) -> None:
        """End the watch, because the body is complete or the connection is lost."""
        self._timer.cancel()

    def _schedule(self) -> None:
        delay = min(CHECK_INTERVAL, self.settings.body_timeout)
        self._timer = self._loop.call_later(delay, self._check)

    def _check(self) -> None:
        seconds = self._loop.time() - self._started_at
        is_slow = seconds > RATE_GRACE and self.size < seconds * self.settings.body_min_rate
        # A body that this process does not read at the moment is not slow.
        if not self.is_paused() and (is_slow or seconds >= self.settings.body_timeout):
            self.close()
        else:
            self._schedule()


def build_slow_body_response(scope: Scope, security_headers: bytes) -> bytes:
    """Return the complete 408 response of a request, and mark its scope."""
    scope[SLOW_BODY_KEY] = True
    record: RequestRecord | None = scope.get("exchange")
    request_id = record.request_id if record else ""
    media_type = record.media_type if record else "application/json"
    message = "The body of the request arrived too slowly. Send it again."
    body = RequestError("TIMEOUT", message, 408).serialize(request_id)
    return _RESPONSE % (
        media_type.encode(), len(body), security_headers, request_id.encode(), body,
    )  # fmt: skip
