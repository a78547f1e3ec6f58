"""uvicorn with limits on unfinished requests, and with a graceful shutdown.

On SIGTERM or Ctrl-C the process becomes not ready and closes its streams. Then it accepts no more
connections, running requests finish within their grace, and the pools close last.
"""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.http.overload.accept_throttle import AcceptThrottle
from api.http.overload.early_rejection import EarlyRejector
from api.http.overload.slow_bodies import RESPONSE_TIMEOUT, SLOW_BODY_KEY, BodyWatch
from api.http.server_context import ServerContext
from api.settings import Settings

DRAIN_NOTICE_DELAY = 2.0
HEAD_TIMEOUT = 10.0
MAX_HEAD_SIZE = 150_000
"""In bytes. It admits a query in the URL, which has a limit of its own."""

_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
_STREAM_CLOSE_TIMEOUT = 1.0
_MIN_DRAIN_DELAY = 0.2


class BoundedHttpProtocol(HttpToolsProtocol):
    """An HTTP connection that limits the time and the bytes of a request's head, and its body.

    The parser alone would collect an endless head from an unknown client, and wait for ever for
    the rest of a body.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _head_size = 0

    _is_between_requests = True
    _is_reading_head = False
    _is_reading_body = False
    _body_size = 0
    _body_watch: BodyWatch | None = None

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - uvicorn's own arguments
        settings: Settings,
        early_rejector: EarlyRejector,
        accept_throttle: AcceptThrottle,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self._settings = settings
        self._early_rejector = early_rejector
        self._accept_throttle = accept_throttle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_head_timer()
        self._end_body_watch()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_between_requests = False
        self._head_size = 0
        self._is_reading_head = True
        self._cancel_head_timer()

    def on_headers_complete(self) -> None:
        self._is_reading_head = False
        self._is_reading_body = True
        self._body_size = 0
        self._cancel_head_timer()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._body_size += len(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_between_requests = True
        self._is_reading_body = False
        self._end_body_watch()

    def data_received(self, data: bytes) -> None:
        is_new = self.cycle is None or self.cycle.response_complete
        if is_new and not self._accept_throttle.is_idle:
            if self._reject_early(data):
                return
            if not self._accept_throttle.admits(data):
                self.transport.pause_reading()
                self._accept_throttle.enqueue(lambda: self._resume_request(data))
                return
        self._parse_data(data)

    def _reject_early(self, data: bytes) -> bool:
        """Respond 503 to a request that would wait too long, and keep the connection open."""
        can_respond = self._is_between_requests and not self.flow.write_paused
        queued_ahead = self._accept_throttle.queue_length
        response = (
            self._early_rejector.build_rejection(data, queued_ahead=queued_ahead)
            if can_respond
            else None
        )
        if response is None:
            return False
        self._cancel_head_timer()
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        self.transport.write(response)
        return True

    def _resume_request(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()
            if not self._reject_early(data):
                self._parse_data(data)

    def _parse_data(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_reading_head and self._head_timer is None:
            self._start_head_timer()
        if self._is_reading_body:
            self._watch_body()
        if self._head_timer is not None:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD_SIZE and not self.transport.is_closing():
                self.transport.write(_HEAD_TOO_LARGE)
                self.transport.close()

    def _watch_body(self) -> None:
        if self._body_watch is None and not self.transport.is_closing():
            self._body_watch = BodyWatch(
                self._settings, self._close_slow_body, lambda: self.flow.read_paused
            )
        if self._body_watch is not None:
            self._body_watch.size = self._body_size

    def _end_body_watch(self) -> None:
        if self._body_watch is not None:
            self._body_watch.cancel()
            self._body_watch = None

    def _close_slow_body(self) -> None:
        """Let the application respond 408, unless it has responded, and close."""
        if self.cycle.response_started:
            self.transport.close()
            return
        cast("Scope", self.scope)[SLOW_BODY_KEY] = self._let_respond
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        self.loop.call_later(RESPONSE_TIMEOUT, self._close_transport)

    def _let_respond(self) -> None:
        self.cycle.disconnected = False

    def _start_head_timer(self) -> None:
        self._cancel_head_timer()
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self._close_transport)

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close_transport(self) -> None:
        self.transport.close()


class DrainingServer(uvicorn.Server):
    """A server that reports itself as not ready before it stops accepting connections."""

    def __init__(self, app: ASGIApp, context: ServerContext) -> None:
        super().__init__(build_config(app, context))
        self.context = context

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Shut down on signals without raising them again: `main` decides how the process ends."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.context.draining.set()
        # Load balancers need a moment to notice, and new connections one to send their request:
        # uvicorn closes connections on which it has read nothing. Streams close by themselves.
        is_watched = self.context.settings.production
        await asyncio.sleep(DRAIN_NOTICE_DELAY if is_watched else _MIN_DRAIN_DELAY)
        with suppress(TimeoutError):
            async with asyncio.timeout(_STREAM_CLOSE_TIMEOUT):
                while self.context.metrics.open_streams:  # noqa: ASYNC110 - one second at most
                    await asyncio.sleep(0.01)
        await super().shutdown(sockets)


def build_config(app: ASGIApp, context: ServerContext) -> uvicorn.Config:
    """Build uvicorn's configuration for the application."""
    settings, accept_throttle = context.settings, AcceptThrottle(context.limiter)
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=partial(
            BoundedHttpProtocol,
            settings=settings,
            early_rejector=EarlyRejector(context),
            accept_throttle=accept_throttle,
        ),  # type: ignore[arg-type]
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
