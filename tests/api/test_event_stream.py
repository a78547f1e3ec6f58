"""Server-sent events, read from a small graph over HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.streaming import event_stream
from tests.api.running_server import RunningServer, run_server
from tests.api.small_graph import StubEngine, a_wire
from tests.api.ws_client import wait_until

HEADERS = {"authorization": "Bearer good", "accept": "text/event-stream"}


@pytest.fixture(scope="module")
def served() -> Iterator[RunningServer]:
    with run_server(a_wire(port=0)) as served:
        yield served


@pytest.fixture
def client(served: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=5) as client:
        yield client


def build_stream_request(query: str) -> dict[str, Any]:
    return {"method": "POST", "url": "/graphql/stream", "json": {"query": query}}


def parse_events(text: str) -> list[tuple[str, Any]]:
    """Parse the named events of a stream with their JSON, without comments."""
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            name = lines[0].removeprefix("event: ")
            told = "\n".join(line.removeprefix("data:").strip() for line in lines[1:])
            found.append((name, json.loads(told) if told else None))
    return found


def get_engine(served: RunningServer) -> StubEngine:
    engine: Any = served.server.context.engine
    assert isinstance(engine, StubEngine)
    return engine


def test_a_subscription_sends_its_events_and_completes(client: httpx.Client) -> None:
    response = client.request(**build_stream_request("subscription { count }"), headers=HEADERS)

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["x-accel-buffering"] == "no"
    assert len(response.headers["x-request-id"]) == 36
    assert parse_events(response.text) == [
        ("next", {"data": {"count": 1}}),
        ("next", {"data": {"count": 2}}),
        ("next", {"data": {"count": 3}}),
        ("complete", None),
    ]


def test_a_query_is_one_event(client: httpx.Client) -> None:
    response = client.request(**build_stream_request("{ hello }"), headers=HEADERS)

    assert parse_events(response.text) == [
        ("next", {"data": {"hello": "world"}}),
        ("complete", None),
    ]


@pytest.mark.parametrize("query", ["{ nothing }", "subscription { nothing }"])
def test_a_document_that_does_not_fit_is_refused(client: httpx.Client, query: str) -> None:
    response = client.request(**build_stream_request(query), headers=HEADERS)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_a_token_is_needed(client: httpx.Client) -> None:
    response = client.request(**build_stream_request("subscription { count }"))

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="trellis"'


def test_the_client_must_take_events(client: httpx.Client) -> None:
    headers = HEADERS | {"accept": "application/json"}

    response = client.request(**build_stream_request("subscription { count }"), headers=headers)

    assert response.status_code == 406


def test_only_post_opens_a_stream(client: httpx.Client) -> None:
    response = client.get("/graphql/stream?query=mutation{touch}", headers=HEADERS)

    assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")


def test_a_silent_stream_shows_signs_of_life(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_INTERVAL", 0.05)
    request = build_stream_request("subscription { never }")

    with client.stream(**request, headers=HEADERS) as response:
        lines = response.iter_lines()
        assert sum(next(lines) == ":" for _ in range(30)) > 5


def test_what_the_client_leaves_is_ended(served: RunningServer, client: httpx.Client) -> None:
    with client.stream(
        **build_stream_request("subscription { never }"), headers=HEADERS
    ) as response:
        lines = response.iter_lines()
        while "3" not in next(lines):
            pass
        assert get_engine(served).open_subscription_count == 1
    wait_until(lambda: get_engine(served).open_subscription_count == 0)


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
def test_a_query_is_cancelled_when_its_client_leaves(
    served: RunningServer, client: httpx.Client, path: str
) -> None:
    before = get_engine(served).cancelled_count
    with pytest.raises(httpx.ReadTimeout):
        client.post(
            path, json={"query": "{ slow }"}, headers=HEADERS | {"accept": "*/*"}, timeout=0.2
        )
    wait_until(lambda: get_engine(served).cancelled_count == before + 1)
    assert served.server.context.active == 0


def test_streams_end_and_requests_finish_when_the_server_leaves() -> None:
    with (
        run_server(a_wire(port=0)) as served,
        httpx.Client(base_url=served.url, timeout=5) as client,
    ):
        with client.stream(
            **build_stream_request("subscription { never }"), headers=HEADERS
        ) as response:
            lines = response.iter_lines()
            while "3" not in next(lines):
                pass
            served.stop()
            assert "event: complete" not in list(lines)
        served.thread.join(5)
        assert not served.thread.is_alive()


def test_ten_megabytes_are_refused_over_a_real_connection(client: httpx.Client) -> None:
    response = client.post(
        "/graphql",
        content=b" " * 10_000_000,
        headers=HEADERS
        | {
            "accept": "*/*",
            "content-type": "application/json",
        },
    )

    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
