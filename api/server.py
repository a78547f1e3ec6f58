"""The server process: uvicorn with bounds set, and a departure in good order.

On SIGTERM or Ctrl-C readiness goes off and streams are told to go elsewhere; then no connection is
accepted any more, running requests finish within their grace, and the pools close last.
"""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.http.door import Door
from api.http.turnstile import Turnstile
from api.http.wire import Wire

SECONDS_UNTIL_NOTICED = 2.0
SECONDS_FOR_HEAD = 10.0
MOST_BYTES_OF_HEAD = 150_000
"""Enough for a query in the address, which has its own limit."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
_SECONDS_FOR_STREAMS = 1.0
_SECONDS_TO_BE_HEARD = 0.2


class Patient(HttpToolsProtocol):
    """A connection that waits only so long, and reads only so much, before a request has begun.

    The parser itself collects the head of a request without end, before anybody knows who sends it.
    """

    _waiting: asyncio.TimerHandle | None = None
    _bytes_of_head = 0

    _is_between = True
    _is_in_head = False

    def __init__(self, *given: Any, door: Door, turnstile: Turnstile, **more: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*given, **more)
        self._door = door
        self._turnstile = turnstile

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_between = False
        self._bytes_of_head = 0
        self._is_in_head = True
        self._stop_waiting()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_between = True

    def data_received(self, data: bytes) -> None:
        is_new = self.cycle is None or self.cycle.response_complete
        if is_new and self._is_turned_away(data):
            return
        if is_new and not self._turnstile.lets_pass(data):
            self.transport.pause_reading()
            self._turnstile.wait(lambda: self._come_in(data))
            return
        self._read(data)

    def _is_turned_away(self, data: bytes) -> bool:
        """Answer what is not to come in, and keep the connection for what comes later."""
        may_be_told = self._is_between and not self.flow.write_paused
        before = self._turnstile.waiting
        refusal = self._door.refusal(data, before=before) if may_be_told else None
        if refusal is None:
            return False
        self._stop_waiting()
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        self.transport.write(refusal)
        return True

    def _come_in(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()
            if not self._is_turned_away(data):
                self._read(data)

    def _read(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head and self._waiting is None:
            self._wait()
        if self._waiting is not None:
            self._bytes_of_head += len(data)
            if self._bytes_of_head > MOST_BYTES_OF_HEAD and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def _wait(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(SECONDS_FOR_HEAD, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self.transport.close()


class Server(uvicorn.Server):
    """A server that says that it is leaving before it leaves."""

    def __init__(self, app: ASGIApp, wire: Wire) -> None:
        super().__init__(configuration(app, wire))
        self.wire = wire

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take signals as a wish to leave, and as nothing more: who serves decides what follows."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.wire.draining.set()
        # Load balancers need a moment to look elsewhere, and who has just come one to be heard:
        # uvicorn closes connections on which it has read nothing. Streams close by themselves.
        is_watched = self.wire.settings.production
        await asyncio.sleep(SECONDS_UNTIL_NOTICED if is_watched else _SECONDS_TO_BE_HEARD)
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_FOR_STREAMS):
                while self.wire.metrics.streaming:  # noqa: ASYNC110 - it is a moment
                    await asyncio.sleep(0.01)
        await super().shutdown(sockets)


def configuration(app: ASGIApp, wire: Wire) -> uvicorn.Config:
    """How uvicorn serves the wire."""
    settings, turnstile = wire.settings, Turnstile(wire.admission)
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=partial(Patient, door=Door(wire), turnstile=turnstile),  # type: ignore[arg-type]
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
