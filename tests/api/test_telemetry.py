"""Logs, metrics and traces hold no personal data: markers are searched for everywhere."""

import asyncio
import io
import json
import logging
import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.http.routes import build_application
from api.http.server_context import ServerContext
from api.telemetry.logs import configure_logging, log_exception
from api.telemetry.tracing import Tracer
from tests.api.small_graph import a_wire

pytestmark = pytest.mark.anyio

CANARIES = ("canary", "mara", "okafor", "meridian.example", "s3cr3t", "203.0.113.9")
GOOD = {"authorization": "Bearer good"}


@pytest.fixture(params=[False, True], ids=["JSON", "readable"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Capture everything that is logged, in both formats."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    written = io.StringIO()
    configure_logging(is_human_readable=request.param, level="DEBUG", stream=written)
    yield written
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()


async def send_request(wire: ServerContext, **request: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=build_application(wire), client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://trellis.test") as client:
        return await client.request(**request)


async def test_a_log_that_is_no_terminal_has_no_colours(log: io.StringIO) -> None:
    structlog.get_logger().info("started", port=8000)
    logging.getLogger("uvicorn.error").warning("late")

    assert "started" in log.getvalue()
    assert "late" in log.getvalue()
    assert "\x1b" not in log.getvalue()


async def test_no_line_holds_personal_data(log: io.StringIO) -> None:
    wire = a_wire()
    document = "query MaraOkafor($email: String!) { broken __type(name: $email) { name } } # canary"
    body = {
        "query": document,
        "variables": {"email": "mara.okafor@meridian.example"},
        "operationName": "MaraOkafor",
    }
    url = "/graphql?person=mara.okafor@meridian.example"

    await send_request(wire, method="POST", url=url, json=body, headers=GOOD)
    await send_request(wire, method="POST", url="/graphql", json=body)
    await send_request(wire, method="GET", url="/people/mara.okafor", headers={"cookie": "s3cr3t"})
    await send_request(wire, method="POST", url="/graphql", content=b'{"canary', headers=GOOD)
    hostile = {
        "authorization": "Bearer s3cr3t",
        "user-agent": "canary",
        "x-request-id": "mara okafor",
    }
    await send_request(wire, method="POST", url="/graphql", json=body, headers=hostile)

    lines = log.getvalue()
    assert lines.count("/graphql") >= 4
    assert "RuntimeError" in lines
    for canary in CANARIES:
        assert canary not in lines.casefold()


async def test_an_exception_is_told_by_type_and_place(log: io.StringIO) -> None:
    def greet(name: str) -> None:
        raise ValueError(f"canary {name}")

    try:
        try:
            greet("mara.okafor@meridian.example")
        except ValueError as cause:
            raise RuntimeError("s3cr3t") from cause
    except RuntimeError as error:
        log_exception("something failed", error, request_id="abc")

    line = log.getvalue()
    assert "builtins.RuntimeError" in line
    assert "builtins.ValueError" in line
    assert "test_an_exception_is_told_by_type_and_place" in line
    assert "test_telemetry.greet:" in line
    for canary in CANARIES:
        assert canary not in line


async def test_what_libraries_log_is_reduced_to_its_place(log: io.StringIO) -> None:
    library = logging.getLogger("strawberry.execution")
    library.error("canary: %s", "mara.okafor@meridian.example")
    library.error(RuntimeError("s3cr3t"))
    try:
        _ = os.environ["CANARY"]
    except KeyError:
        library.exception("mara")
    logging.getLogger("uvicorn.error").info(
        '%s - "WebSocket %s" [accepted]', "203.0.113.9", "/?s3cr3t"
    )
    asyncio.get_running_loop().default_exception_handler(
        {"message": "canary", "exception": ValueError("okafor")}
    )

    lines = log.getvalue().casefold()
    assert lines.count("strawberry.execution") == 3
    assert "builtins.keyerror" in lines
    assert "builtins.valueerror" in lines
    for canary in CANARIES:
        assert canary not in lines


async def test_one_request_is_one_line() -> None:
    written = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers, root.level)
    configure_logging(is_human_readable=False, stream=written)
    wire = a_wire()
    query = {"query": "query A { nothing }", "operationName": "A"}
    headers = GOOD | {"x-request-id": "request-1"}

    await send_request(wire, method="POST", url="/graphql", json=query, headers=headers)
    await send_request(wire, method="GET", url="/livez")
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()

    (line,) = written.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("ms") >= 0
    assert told.pop("timestamp").endswith("Z")
    assert len(told.pop("tenant_id")) == 36
    assert UUID(told.pop("request_id")).version == 7
    assert told == {
        "event": "request",
        "level": "info",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "operation": "query",
        "operation_name_hash": "559aead08264",
        "codes": ["GRAPHQL_VALIDATION_FAILED"],
        "client_request_id": "request-1",
    }


async def test_a_request_is_one_span_of_the_callers_trace() -> None:
    exporter = InMemorySpanExporter()
    wire = a_wire()
    wire.tracer = Tracer(exporter)
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    headers = GOOD | {"traceparent": f"00-{trace}-{parent}-01"}

    await send_request(
        wire, method="POST", url="/graphql", json={"query": "{ broken }"}, headers=headers
    )
    wire.tracer.close()

    (span,) = exporter.get_finished_spans()
    assert span.name == "POST none"
    assert span.context is not None
    assert span.parent is not None
    assert (f"{span.context.trace_id:x}", f"{span.parent.span_id:x}") == (trace[1:], parent)
    assert span.attributes is not None
    assert span.attributes["http.response.status_code"] == 500
    assert span.attributes["trellis.codes"] == ("INTERNAL_SERVER_ERROR",)
    assert not span.events
    for canary in CANARIES:
        assert canary not in span.to_json().casefold()
