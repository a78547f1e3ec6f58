"""Requests over a limit of size, time or number are refused with a code."""

import threading
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from api.http import server_context
from api.http.content_negotiation import (
    JSON,
    RESPONSE_JSON,
)
from api.http.request_parsing import parse_body
from api.http.server_context import ServerContext
from api.kernel.execution.engine import Request
from tests.api.small_graph import a_wire, build_client, get_engine, read_error_code

pytestmark = pytest.mark.anyio


GOOD = {"authorization": "Bearer good"}


STRICT = {**GOOD, "accept": RESPONSE_JSON, "content-type": JSON}


@pytest.fixture
def wire() -> ServerContext:
    return a_wire()


@pytest.fixture
async def client(wire: ServerContext) -> AsyncIterator[httpx.AsyncClient]:
    async with build_client(wire) as client:
        yield client


async def test_a_body_that_announces_too_much_is_not_read(wire: ServerContext) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"{"
        pytest.fail("The body was read.")

    async with build_client(wire) as client:
        headers = {**STRICT, "content-length": "10000000"}
        response = await client.post("/graphql", content=body(), headers=headers)

    assert (response.status_code, read_error_code(response)) == (413, "LIMIT_EXCEEDED")


async def test_a_body_that_does_not_announce_its_size_is_read_up_to_the_limit(
    wire: ServerContext,
) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1_000):
            read += 10_000
            yield b" " * 10_000

    async with build_client(wire) as client:
        response = await client.post("/graphql", content=body(), headers=STRICT)

    assert (response.status_code, read_error_code(response)) == (413, "LIMIT_EXCEEDED")
    assert read <= wire.settings.body_limit + 10_000


BATCH = "mutation { touch } # goalCreateBatch"


@pytest.mark.parametrize(
    ("query", "variables", "status"),
    [
        (BATCH, {"inputs": "x" * 900_000}, 200),
        ("mutation { touch }", {"inputs": "x" * 900_000}, 413),
        ("mutation { touch }", {"inputs": "Batch" + "x" * 900_000}, 413),
        (BATCH, {"inputs": "x" * 1_500_000}, 413),
        (BATCH, {"inputs": [0] * 200_000}, 413),
    ],
    ids=["a batch", "no batch", "a batch in a value", "too long", "too many values"],
)
async def test_only_a_batch_may_have_a_large_body(
    wire: ServerContext, query: str, variables: Any, status: int
) -> None:
    async with build_client(wire) as client:
        body = {"query": query, "variables": variables}
        response = await client.post("/graphql", json=body, headers=STRICT)
    assert response.status_code == status
    if status != 200:
        assert read_error_code(response) == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("query", "variables", "threads"),
    [
        ("{ hello }", {"a": [1] * 1_900}, ["MainThread"]),
        ("{ hello }", {"a": [1] * 2_100}, ["cpu-worker_0"]),
        ("{ hello }", {"a": [{}] * 40_000}, []),
    ],
    ids=["few values", "many values", "too large"],
)
async def test_a_body_with_many_values_is_parsed_beside_the_event_loop(
    wire: ServerContext,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    variables: Any,
    threads: list[str],
) -> None:
    found: list[str] = []

    def parse(body: bytes, headers: Mapping[str, str]) -> Request:
        found.append(threading.current_thread().name)
        return parse_body(body, headers)

    monkeypatch.setattr(server_context, "parse_body", parse)
    async with build_client(wire) as client:
        body = {"query": query, "variables": variables}
        response = await client.post("/graphql", json=body, headers=STRICT)
    assert response.status_code == (200 if threads else 413)
    assert found == threads


async def test_a_tenant_sends_two_large_bodies_at_once(wire: ServerContext) -> None:
    reads, caller = wire.body_reads, await wire.authenticator.authenticate("Bearer good")
    async with build_client(wire) as client:
        with reads.admit_batch(caller), reads.admit_batch(caller):
            body = {"query": BATCH, "variables": {"inputs": "x" * 900_000}}
            response = await client.post("/graphql", json=body, headers=STRICT)
    assert (response.status_code, read_error_code(response)) == (429, "THROTTLED")
    assert reads._batch_reads == {}


async def test_a_long_address_is_refused() -> None:
    async with build_client(a_wire(body_limit=1_000)) as client:
        response = await client.get(f"/graphql?query={'a' * 1_000}", headers=STRICT)

    assert (response.status_code, read_error_code(response)) == (414, "LIMIT_EXCEEDED")


@pytest.mark.parametrize("name", ["accept", "idempotency-key", "x-request-id", "authorization"])
async def test_a_long_header_is_refused(client: httpx.AsyncClient, name: str) -> None:
    for length, status in ((10_001, 431), (10_000, None)):
        headers = STRICT | {name: "a" * length}

        response = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)

        assert (response.status_code == 431) is (status == 431)
    assert "a" * 100 not in response.text


async def test_what_takes_too_long_is_given_up() -> None:
    wire = a_wire(request_timeout=0.05)

    async with build_client(wire) as client:
        response = await client.post("/graphql", json={"query": "{ slow }"}, headers=STRICT)

    assert (response.status_code, read_error_code(response)) == (503, "TIMEOUT")
    assert get_engine(wire).cancelled_count == 1
    assert wire.active == 0


async def test_more_than_can_be_worked_on_is_refused_at_once() -> None:
    wire = a_wire(in_flight=1)
    wire.limiter.slots.active = 1

    async with build_client(wire) as client:
        response = await client.post("/graphql", json={"query": "{ hello }"}, headers=STRICT)

    assert (response.status_code, read_error_code(response)) == (503, "UNAVAILABLE")
    assert response.headers["retry-after"] == "1"
