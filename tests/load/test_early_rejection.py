"""A request that would exceed the queue timeout is rejected early, with the usual error."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from api.http.overload import concurrency_limiter
from api.http.overload.early_rejection import EarlyRejector
from api.http.routes import build_application
from api.http.server_context import ServerContext
from tests.api.small_graph import TENANT, a_wire
from tests.load.open_loop_client import a_request

pytestmark = pytest.mark.anyio

QUERY = b'{"query": "{ hello }"}'
SIMPLE_REQUEST = a_request("localhost", "good", QUERY)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests wait for as long as a test takes on a busy machine."""
    monkeypatch.setattr(concurrency_limiter, "QUEUE_TIMEOUT", 60)


@pytest.fixture
async def crowded() -> AsyncIterator[ServerContext]:
    """Fill the only slot, and queue one earlier request."""
    wire = a_wire(port=0, in_flight=1)
    here = asyncio.Event()

    async def stay() -> None:
        async with wire.limiter.acquire(TENANT):
            await here.wait()

    guests = [asyncio.create_task(stay()) for _ in range(2)]
    await asyncio.sleep(0.01)
    assert (wire.limiter.active, wire.limiter.queue_length) == (1, 1)
    yield wire
    here.set()
    await asyncio.gather(*guests)


async def test_early_rejection_answers_as_the_application_does(crowded: ServerContext) -> None:
    said = EarlyRejector(crowded).build_rejection(
        SIMPLE_REQUEST.replace(b"accept:", b"x-request-id: my-request\r\naccept:")
    )
    transport = httpx.ASGITransport(build_application(crowded))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        inside = await http.post(
            "/graphql",
            content=QUERY,
            headers={
                "authorization": "Bearer good",
                "content-type": "application/json",
                "accept": "application/graphql-response+json",
                "x-request-id": "my-request",
            },
        )

    assert said is not None
    head, _, body = said.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    assert (status, inside.status_code) == ("HTTP/1.1 503 Service Unavailable", 503)
    early_id = dict(each.split(": ", 1) for each in headers)["x-request-id"]
    own_id = inside.headers["x-request-id"]
    assert own_id != early_id
    assert [each.replace(early_id, own_id).split(": ", 1) for each in headers] == [
        list(each) for each in inside.headers.items()
    ]
    assert inside.headers["x-client-request-id"] == "my-request"
    assert body.replace(early_id.encode(), own_id.encode()) == inside.content
    assert crowded.limiter.rejected == 2
    assert b'outcome="UNAVAILABLE"} 2.0' in crowded.metrics.render()


@pytest.mark.parametrize(
    "unusual",
    [
        SIMPLE_REQUEST[:-1],
        SIMPLE_REQUEST + b"P",
        SIMPLE_REQUEST + SIMPLE_REQUEST,
        SIMPLE_REQUEST.replace(b"Bearer good", b"Bearer unknown"),
        SIMPLE_REQUEST.replace(b"authorization", b"x-authorization"),
        SIMPLE_REQUEST.replace(b"POST /graphql ", b"POST /graphql/stream "),
        SIMPLE_REQUEST.replace(b"POST /graphql ", b"GET /livez "),
        SIMPLE_REQUEST.replace(b"{ hello }", b"mutation { touch }").replace(b": 22", b": 31"),
        SIMPLE_REQUEST.replace(b"host:", b"origin: https://localhost\r\nhost:"),
        SIMPLE_REQUEST.replace(b"host:", b"connection: close\r\nhost:"),
        SIMPLE_REQUEST.replace(b"host:", b"transfer-encoding: chunked\r\nhost:"),
        SIMPLE_REQUEST.replace(b"host:", b"Transfer-Encoding : chunked\r\nhost:"),
        SIMPLE_REQUEST.replace(b"host:", b"x: y\ntransfer-encoding: chunked\r\nhost:"),
        SIMPLE_REQUEST.replace(b"host:", b"x: y\r\n transfer-encoding: chunked\r\nhost:"),
        SIMPLE_REQUEST.replace(b"host:", b"content-length: 0\r\nhost:"),
        SIMPLE_REQUEST.replace(b"host:", b"expect: 100-continue\r\nhost:"),
    ],
)
async def test_an_unusual_request_is_not_rejected_early(
    crowded: ServerContext, unusual: bytes
) -> None:
    assert unusual != SIMPLE_REQUEST
    assert EarlyRejector(crowded).build_rejection(unusual) is None
    assert crowded.limiter.rejected == 0


async def test_while_there_are_free_slots_nothing_is_rejected() -> None:
    wire = a_wire(port=0, in_flight=1)
    async with wire.limiter.acquire(TENANT):
        assert EarlyRejector(wire).build_rejection(SIMPLE_REQUEST) is None


async def test_requests_waiting_to_be_accepted_count_as_earlier_in_the_queue() -> None:
    wire = a_wire(port=0, in_flight=2)
    async with wire.limiter.acquire(TENANT):
        assert EarlyRejector(wire).build_rejection(SIMPLE_REQUEST, queued_ahead=1) is None
        said = EarlyRejector(wire).build_rejection(SIMPLE_REQUEST, queued_ahead=2)
        assert said is not None
        assert said.startswith(b"HTTP/1.1 503 ")


async def test_a_tenant_with_fewer_queued_requests_than_another_is_not_rejected() -> None:
    wire, noisy = a_wire(port=0, in_flight=2), uuid4()
    here = asyncio.Event()

    async def stay() -> None:
        async with wire.limiter.acquire(noisy):
            await here.wait()

    guests = [asyncio.create_task(stay()) for _ in range(4)]
    await asyncio.sleep(0.01)
    assert wire.limiter.queue_length == 2
    assert wire.limiter.would_time_out(noisy)
    assert EarlyRejector(wire).build_rejection(SIMPLE_REQUEST) is None
    here.set()
    await asyncio.gather(*guests)
