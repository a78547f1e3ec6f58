"""The server's timeouts, its limits on reading, and its graceful shutdown."""

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from api import uvicorn_server
from tests.api.running_server import RunningServer, run_server
from tests.api.small_graph import a_wire
from tests.api.ws_client import a_socket


@pytest.fixture
def served() -> Iterator[RunningServer]:
    with run_server(a_wire(port=0)) as served:
        yield served


def open_connection(served: RunningServer) -> socket.socket:
    host, port = served.host.split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def read_to_end(connection: socket.socket) -> bytes:
    """Read all bytes until the server closes."""
    received = b""
    try:
        while chunk := connection.recv(65_536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def send_until_closed(connection: socket.socket) -> int:
    """Send one long header; return how many bytes were sent before the server closed."""
    for piece in range(1_000):
        try:
            connection.sendall(b"a" * 50_000)
        except OSError:
            return piece * 50_000
        time.sleep(0.001)
    return 50_000_000


def test_the_head_of_a_request_has_a_largest_size(served: RunningServer) -> None:
    with open_connection(served) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nhost: x\r\nx-large: ")
        assert send_until_closed(connection) < 10_000_000
    assert httpx.get(f"{served.url}/livez").status_code == 200


def test_the_head_of_a_request_is_not_waited_for_long(
    served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uvicorn_server, "HEAD_TIMEOUT", 0.2)
    for head in (b"", b"GET /livez HTTP/1.1\r\nhost: x\r\nx-slow: "):
        with open_connection(served) as connection:
            connection.sendall(head)
            assert read_to_end(connection) == b""


def test_a_connection_may_be_silent_between_requests_and_in_a_socket(
    served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uvicorn_server, "HEAD_TIMEOUT", 0.2)
    with httpx.Client(base_url=served.url) as client, a_socket(served) as socket:
        assert client.get("/livez").status_code == 200
        time.sleep(0.5)
        assert client.get("/livez").status_code == 200
        socket.subscribe("1", "{ hello }")
        assert socket.receive()["type"] == "next"


@pytest.mark.parametrize("said", [b"nonsense\r\n\r\n", b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n"])
def test_what_is_not_http_is_refused(served: RunningServer, said: bytes) -> None:
    with open_connection(served) as connection:
        connection.sendall(said)
        assert read_to_end(connection).startswith(b"HTTP/1.1 400 ")


def test_a_running_request_is_finished_when_the_server_leaves(served: RunningServer) -> None:
    body = b'{"query": "{ hello }"}'
    with open_connection(served) as connection:
        connection.sendall(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n"
            b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        )
        time.sleep(0.1)
        served.stop()
        time.sleep(0.2)
        connection.sendall(body)
        assert read_to_end(connection).endswith(b'{"data":{"hello":"world"}}')
    served.thread.join(5)
    assert not served.thread.is_alive()


def test_a_request_that_does_not_end_is_cut_after_the_grace() -> None:
    wire = a_wire(port=0, shutdown_grace=1, request_timeout=30)
    with run_server(wire) as served, open_connection(served) as connection:
        body = b'{"query": "{ slow }"}'
        connection.sendall(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n"
            b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
        )
        time.sleep(0.1)
        served.stop()
        served.thread.join(5)
        assert not served.thread.is_alive()
