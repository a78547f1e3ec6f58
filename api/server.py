"""The server process: uvicorn with bounds set, and a departure in good order.

On SIGTERM or Ctrl-C readiness goes off and streams are told to go elsewhere; then no connection is
accepted any more, running requests finish within their grace, and the pools close last.
"""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from api.http.wire import Wire
from api.settings import Settings

SECONDS_UNTIL_NOTICED = 2.0
_SECONDS_FOR_STREAMS = 0.05


class Server(uvicorn.Server):
    """A server that says that it is leaving before it leaves."""

    def __init__(self, app: ASGIApp, wire: Wire) -> None:
        super().__init__(configuration(app, wire.settings))
        self.wire = wire

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take signals as a wish to leave, and as nothing more: who serves decides what follows."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.wire.draining.set()
        # Streams need a moment to close by themselves, and load balancers one to look elsewhere.
        is_watched = self.wire.settings.production
        await asyncio.sleep(SECONDS_UNTIL_NOTICED if is_watched else _SECONDS_FOR_STREAMS)
        await super().shutdown(sockets)


def configuration(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the wire."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=settings.body_limit,
        ws_max_queue=4,
        ws_per_message_deflate=False,
        backlog=2048,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=round(settings.shutdown_grace),
    )
