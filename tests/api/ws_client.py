"""A client of graphql-transport-ws over a real socket."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.api.running_server import RunningServer

PROTOCOL = "graphql-transport-ws"


class WebSocketClient:
    """A client of one socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, type: str, **rest: Any) -> None:
        self.connection.send(json.dumps({"type": type, **rest}))

    def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(timeout=5))
        return message

    def receive_close_code(self) -> int:
        """Return the code with which the server closes, after all remaining messages."""
        with pytest.raises(ConnectionClosed) as closed:
            self._drain()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    def _drain(self) -> None:
        while True:
            self.connection.recv(timeout=5)

    def subscribe(self, id: str, query: str, **rest: Any) -> None:
        self.send("subscribe", id=id, payload={"query": query, **rest})


@contextmanager
def a_socket(
    served: RunningServer, *, token: str | None = "good", protocol: str = PROTOCOL, **options: Any
) -> Iterator[WebSocketClient]:
    """Open a socket; with a token, initialize the connection."""
    protocols = [Subprotocol(protocol)]
    address = f"ws://{served.host}/graphql"
    with connect(address, subprotocols=protocols, **options) as connection:
        socket = WebSocketClient(connection)
        if token is not None:
            socket.send("connection_init", payload={"authorization": f"Bearer {token}"})
            assert socket.receive() == {"type": "connection_ack"}
        yield socket


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; fail after a few seconds."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
