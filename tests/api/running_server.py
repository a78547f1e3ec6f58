"""A server on its own port, in a thread of the test process."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.app import open_application
from api.http.routes import build_application
from api.http.server_context import ServerContext
from api.settings import Settings
from api.uvicorn_server import DrainingServer


@dataclass
class RunningServer:
    """A running server and its address."""

    host: str
    server: DrainingServer
    thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def stop(self) -> None:
        """Stop the server, as a signal would."""
        self.server.should_exit = True


@contextmanager
def run_server(wire: ServerContext) -> Iterator[RunningServer]:
    """Serve a server context until the block ends."""
    server = DrainingServer(build_application(wire), wire)
    with _run_in_thread(server.run, lambda: server) as served:
        yield served


@contextmanager
def run_application(settings: Settings, database: str) -> Iterator[RunningServer]:
    """Serve the whole application over a real database until the block ends."""
    made: list[DrainingServer] = []

    async def serve() -> None:
        async with open_application(settings, database) as wire:
            made.append(DrainingServer(build_application(wire), wire))
            await made[0].serve()

    with _run_in_thread(lambda: asyncio.run(serve()), lambda: made[0] if made else None) as served:
        yield served


@contextmanager
def _run_in_thread(
    run: Callable[[], None], server_of: Callable[[], DrainingServer | None]
) -> Iterator[RunningServer]:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while (server := server_of()) is None or not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("The server did not start.")
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    served = RunningServer(f"{host}:{port}", server, thread)
    try:
        yield served
    finally:
        served.stop()
        thread.join(10)
