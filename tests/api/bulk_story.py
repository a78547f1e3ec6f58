"""A client of bulk operations, with the HTTP routes of files and a worker."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import orjson

from api.bulk_processing.exporting import Exporter
from api.bulk_processing.running import BulkRunner
from api.bulk_processing.transfers import Transfers
from api.http.routes import build_application
from api.kernel.execution.changes import Changes
from domain.bulk_operations import RUN
from domain.kernel.background_tasks import build_system_actor
from persistence.unit_of_work.work import work
from tests.api.company import Company
from tests.api.small_graph import a_wire
from tests.factories.graph import DatabaseGraph

OPERATION = """bulkOperation { id status failure rowCount createdCount updatedCount unchangedCount
    deferredCount rejectedCount fileSize readSize resultSize syncRun { id status endedCount } }"""
UPLOAD = "stagedUpload { id size } address { path expiresAt }"


class Crash(Exception):
    """A worker dies."""


def build_runner(graph: DatabaseGraph) -> BulkRunner:
    """Build the worker of a graph."""
    stores = graph.engine.stores
    changes = Changes(stores, graph.engine.limits, graph.engine.rate_limiter)
    exporter = Exporter(stores.write_pool, graph.engine)
    return BulkRunner(stores.write_pool, changes.run, exporter)


def build_client(graph: DatabaseGraph) -> httpx.AsyncClient:
    """Build a client of the HTTP routes of files."""
    wire, runner = a_wire(), build_runner(graph)
    wire.sealing_secret = graph.engine.stores.secret
    wire.transfers = Transfers(runner.pool, runner.run_change, lambda: graph.now)
    transport = httpx.ASGITransport(app=build_application(wire))
    return httpx.AsyncClient(transport=transport, base_url="http://trellis.test")


async def send_file(graph: DatabaseGraph, path: str, text: str) -> None:
    """Send a file to its address, as one part."""
    answer = await build_client(graph).put(path, content=text.encode())
    assert answer.status_code == 200, answer.text


async def run_operation(graph: DatabaseGraph, id: str, *, crashes: bool = False) -> None:
    """Run the task of an operation once, as a worker does, or crash before its commit."""
    runner = build_runner(graph)
    handler = runner.handlers[RUN]
    actor = build_system_actor(graph.tenant_id, graph.now.date(), handler)
    with suppress(Crash):
        async with work(runner.pool, actor, now=graph.now, request_id="task") as task:
            await handler.run(task, operation_id=id.removeprefix("bulk_"))
            if crashes:
                raise Crash


@dataclass
class BulkStory:
    """A company whose members send files."""

    company: Company
    writing: asyncpg.Pool

    def __post_init__(self) -> None:
        self.client = build_client(self.company.graph)

    async def stage(self, *rows: Any, who: str = "hr", file_format: str = "JSONL") -> str:
        """Send a file of rows in one part; return the id of its upload."""
        made = await self.mutate(who, "stagedUploadCreate", UPLOAD, format=file_format)
        body = b"\n".join(each if isinstance(each, bytes) else orjson.dumps(each) for each in rows)
        answer = await self.client.put(made["address"]["path"], content=body)
        assert (answer.status_code, answer.json()) == (200, {"size": len(body)})
        return str(made["stagedUpload"]["id"])

    async def start(self, upload_id: str, who: str = "hr", **input: Any) -> Any:
        """Begin an operation; return it."""
        input = {"kind": "UPSERT_PEOPLE", "uploadId": upload_id} | input
        return (await self.mutate(who, "bulkOperationRun", OPERATION, **input))["bulkOperation"]

    async def mutate(self, who: str, verb: str, selection: str, **input: Any) -> Any:
        """Execute a mutation that succeeds; return its payload."""
        made = await self.company.mutate(who, verb, selection, **input)
        assert made["errors"] == []
        return made

    async def work(self, operation: Any, *, crashes: bool = False) -> None:
        """Run the task of an operation once."""
        await run_operation(self.company.graph, operation["id"], crashes=crashes)

    async def read(self, operation: Any, who: str = "hr") -> Any:
        """Return the present state of an operation."""
        selection = OPERATION.replace("bulkOperation", "bulkOperation(by: { id: $id })", 1)
        query = f"query($id: ID!) {{ {selection} }}"
        return (await self.company.query(who, query, id=operation["id"]))["bulkOperation"]

    async def run(self, upload_id: str, who: str = "hr", **input: Any) -> tuple[Any, list[Any]]:
        """Let a worker run an operation to its end; return it, and the results of its rows."""
        operation = await self.start(upload_id, who, **input)
        await self.work(operation)
        return await self.read(operation, who), await self.download(operation, who)

    async def download(self, operation: Any, who: str = "hr") -> list[Any]:
        """Return the results of the rows of an operation that has ended."""
        made = await self.mutate(
            who, "bulkOperationDownload", "address { path expiresAt }", id=operation["id"]
        )
        answer = await self.client.get(made["address"]["path"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/jsonl"
        return [orjson.loads(each) for each in answer.content.splitlines()]
