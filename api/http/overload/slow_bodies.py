"""The deadline and the minimum rate of a request's body, for every request of a connection.

They hold without a token, too, and after a response that did not wait for the body.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from api.errors import RequestError
from api.settings import Settings

CHECK_INTERVAL = 1.0
RATE_GRACE = 3.0
"""Seconds before the rate counts; a lost packet on a mobile network delays a body as long."""

RESPONSE_TIMEOUT = 2.0
"""Seconds after which the connection of a slow body is closed, if nothing responded to it."""

SLOW_BODY_KEY = "trellis.slow_body"
"""The key in the scope of a request whose body was too slow.

The application reads that the client has gone. The value is a function that lets it respond.
"""


class SlowBody(RequestError):
    """A request whose body arrived too slowly. The connection is closed after the response."""

    def __init__(self) -> None:
        message = "The body of the request arrived too slowly. Send it again."
        super().__init__("TIMEOUT", message, 408, headers={"connection": "close"})


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
