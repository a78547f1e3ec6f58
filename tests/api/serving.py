"""A wire that is really served, on a port of its own, in a thread of the test process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.http.routes import application
from api.http.wire import Wire
from api.server import Server


@dataclass
class Served:
    """Where the wire listens, and the server behind it."""

    host: str
    server: Server
    thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def leave(self) -> None:
        """Tell the server to stop, as a signal would."""
        self.server.should_exit = True


@contextmanager
def serving(wire: Wire) -> Iterator[Served]:
    """Serve until the block ends."""
    server = Server(application(wire), wire)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("The server did not start.")
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    served = Served(f"{host}:{port}", server, thread)
    try:
        yield served
    finally:
        served.leave()
        thread.join(10)
