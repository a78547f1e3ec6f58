"""Slow bodies: they are cut off, and one caller's take no place that others need."""

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest

from api.http.errors import TooManyOpenRequests
from api.http.overload import slow_bodies
from api.http.overload.body_reads import BodyReadLimiter
from api.identity import Caller, Unauthenticated
from domain.kernel.identity import TenantId, generate_id
from tests.api.running_server import RunningServer, run_server
from tests.api.small_graph import CALLER, StubVerifier, a_wire

SOCKETS, ADMITTED = 260, 32
COLLEAGUE = replace(CALLER, subject="colleague")
STRANGER = replace(CALLER, tenant_id=TenantId(generate_id()), subject="stranger")
CALLERS = {"Bearer good": CALLER, "Bearer colleague": COLLEAGUE, "Bearer stranger": STRANGER}
BODY = b'{"query": "{ hello }"}'


class CallersVerifier(StubVerifier):
    """A verifier of the tokens of three callers."""

    async def authenticate(self, authorization: str | None, _address: object = None) -> Caller:
        if authorization not in CALLERS:
            raise Unauthenticated("unknown")
        return CALLERS[authorization]


@pytest.fixture
def served() -> Iterator[RunningServer]:
    wire = a_wire(port=0, body_timeout=60, body_min_rate=0, request_timeout=60)
    wire.authenticator = CallersVerifier()
    with run_server(wire) as served:
        yield served


@pytest.fixture
def hurried() -> Iterator[RunningServer]:
    """Serve with little patience for bodies."""
    with run_server(a_wire(port=0, body_timeout=0.2)) as served:
        yield served


def open_request(
    served: RunningServer,
    token: str | None,
    body: bytes = b"{",
    length: int = len(BODY),
    more: str = "",
) -> socket.socket:
    """Send the head of a request and the beginning of its body."""
    host, port = served.host.split(":")
    connection = socket.create_connection((host, int(port)), timeout=20)
    authorization = f"authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: x\r\n{authorization}"
        f"content-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n"
    )
    connection.sendall(head.encode() + body)
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65_536):
        received += chunk
    return received


def read_responses(connections: list[socket.socket], count: int) -> dict[socket.socket, bytes]:
    """Wait until this many connections have a response; return their beginnings."""
    found: dict[socket.socket, bytes] = {}
    while len(found) < count:
        waiting = [each for each in connections if each not in found]
        readable, _, _ = select.select(waiting, [], [], 20)
        assert readable, f"Only {len(found)} of {count} responses came."
        found |= {each: each.recv(65_536) for each in readable}
    return found


def count_answers(served: RunningServer, token: str) -> int:
    """Send 20 requests; return how many are answered with 200."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=20) as client:
        responses = [client.post("/graphql", content=BODY) for _ in range(20)]
    return sum(response.status_code == 200 for response in responses)


def test_the_slow_bodies_of_one_caller_take_no_place_that_others_need(
    served: RunningServer,
) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(open_request(served, "good")) for _ in range(SOCKETS)]
        rejections = read_responses(slow, SOCKETS - ADMITTED)
        assert len(rejections) == SOCKETS - ADMITTED
        for each in rejections.values():
            assert each.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
            assert b"retry-after: 1\r\n" in each
        assert (count_answers(served, "colleague"), count_answers(served, "stranger")) == (20, 20)
        assert count_answers(served, "good") == 0
        admitted = [each for each in slow if each not in rejections]
        for connection in admitted:
            connection.sendall(BODY[1:])
        responses = read_responses(admitted, ADMITTED).values()
        assert sum(each.startswith(b"HTTP/1.1 200 OK\r\n") for each in responses) == ADMITTED
        assert count_answers(served, "good") == 20


def test_a_tenant_has_a_limit_of_its_own() -> None:
    limiter = BodyReadLimiter(2)
    with ExitStack() as stack:
        for subject in ("a", "a", "b", "b"):
            stack.enter_context(limiter.admit(replace(CALLER, subject=subject)))
        for subject, message in (
            ("a", "You have 2 requests with incomplete bodies. Wait until some are complete."),
            (
                "c",
                "Your tenant has 4 requests with incomplete bodies. Wait until some are complete.",
            ),
        ):
            with pytest.raises(TooManyOpenRequests) as error:
                stack.enter_context(limiter.admit(replace(CALLER, subject=subject)))
            assert (error.value.status, error.value.code) == (429, "THROTTLED")
            assert error.value.message == message
        stack.enter_context(limiter.admit(STRANGER))
    assert not limiter._reads


def test_a_body_that_misses_its_deadline_is_cut_off(hurried: RunningServer) -> None:
    origin = "http://localhost:3000"
    with open_request(hurried, "good", more=f"origin: {origin}\r\n") as connection:
        response = read_to_end(connection)
    assert response.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    head, _, _ = response.lower().partition(b"\r\n\r\n")
    headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers[b"connection"] == b"close"
    assert headers[b"access-control-allow-origin"] == origin.encode()
    assert headers[b"vary"] == b"origin"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"x-request-id" in headers
    assert b'"message":"The body of the request arrived too slowly. Send it again."' in response
    assert b'"code":"TIMEOUT"' in response


def test_a_body_below_the_minimum_rate_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_bodies, "CHECK_INTERVAL", 0.05)
    monkeypatch.setattr(slow_bodies, "RATE_GRACE", 0.05)
    wire = a_wire(port=0, body_timeout=60, body_min_rate=1_000, request_timeout=60)
    with run_server(wire) as served, open_request(served, "good") as connection:
        assert read_to_end(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("token", [None, "unknown"])
def test_a_socket_without_a_valid_token_is_closed_as_well(
    hurried: RunningServer, token: str | None
) -> None:
    response = b""
    with open_request(hurried, token, length=1_000) as connection:
        for _ in range(100):
            readable, _, _ = select.select([connection], [], [], 0.02)
            chunk = connection.recv(65_536) if readable else b"-"
            if not chunk:
                break
            response += chunk
            connection.send(b" ")
        else:
            pytest.fail("The connection is open although its body does not end.")
    assert response.startswith(b"HTTP/1.1 401 ")
    assert response.count(b"HTTP/1.1 ") == 1


def test_a_complete_body_may_take_its_time_to_be_answered(hurried: RunningServer) -> None:
    with open_request(hurried, "good", BODY[:5]) as connection:
        connection.sendall(BODY[5:])
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
        connection.sendall(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
