"""`python -m benchmarks.soak`: whether memory stays flat under an hour of mixed load.

First, all bounded caches are filled: documents, plans, and the statements of each connection. Then
requests arrive at a steady rate that leaves time for other programs. Most are cases of the
benchmark. Some are refused, some are new documents, and there is always a subscriber.
"""

import asyncio
import json
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Annotated

import typer

from benchmarks.cases import CASES
from benchmarks.cleanup import delete_rows_since, read_database_time
from benchmarks.contenders import CONTENDERS
from benchmarks.dataset.loading import BenchDatabase, open_bench_database
from benchmarks.dataset.sizes import BASE
from benchmarks.load import HttpRequest, encode_request
from benchmarks.personas import load_personas
from benchmarks.processes import read_private_megabytes, read_resident_megabytes
from benchmarks.requests import load_requests
from benchmarks.runner import ContenderProcess, Workload, find_postmaster, start_contender

REQUESTS_PER_ROUND = {
    "goals-page": 24,
    "goals-page-employee": 24,
    "goal": 24,
    "dashboard": 16,
    "check-in": 16,
    "tree": 4,
    "create": 1,
}
"""The number of requests of each case in a round. A `create` makes a hundred goals."""

ODD_DOCUMENTS = (
    "{ goals(first: 1000) { totalCount } }",
    '{ node(id: "nobody") { id } }',
    "{ nothing%d }",
    "{ a%d: viewer { person { name } } goals(first: 3) { nodes { title } } }",
    "{ __schema { types { name fields { name } } } }",
    'mutation { goalAchieve(input: { id: "goal_%032x" }) { goal { id } errors { code } } }',
)
"""Documents sent in turn beside the cases; the number makes each one new to the server."""

NEW_DOCUMENT = "{ first%d: viewer { person { name } } goals(first: 3) { nodes { title } } }"
FILL_DOCUMENT_COUNT = 3_000
"""New documents that are sent first: more than the statement cache of any connection holds."""

SUBSCRIPTION_DOCUMENT = "subscription { auditLog { action subject { __typename } } }"
SUBSCRIPTION_SECONDS = 10
CONNECTIONS = 8
SAMPLES_PER_CLEANUP = 5
WARMUP_SHARE = 1 / 3
"""The share of the time in which caches, pools and statements fill."""

MAX_GROWTH_PER_HOUR = 0.05
"""The allowed growth of memory in an hour, as a share."""


@dataclass(frozen=True)
class MemorySample:
    """The memory at one time: hours since the start, requests so far, and megabytes."""

    hours: float
    request_count: int
    server: float
    database: float


@dataclass
class SoakTest:
    """The load, and the samples of memory taken during it."""

    server: ContenderProcess
    rate: float
    postmaster: int
    answered_count: int = 0
    rejected_count: int = 0
    samples: list[MemorySample] = field(default_factory=list)

    async def run(self, bench: BenchDatabase, seconds: float) -> None:
        """Send requests for that long, and sample the memory every minute or ten times in all."""
        await asyncio.gather(*(self._fill_caches(number) for number in range(CONNECTIONS)))
        began, since, requests = (
            time.monotonic(),
            await read_database_time(bench),
            _generate_requests(self.server),
        )
        tasks = [asyncio.create_task(self._send_requests(requests)) for _ in range(CONNECTIONS)]
        tasks.append(asyncio.create_task(_subscribe_repeatedly(self.server)))
        while time.monotonic() - began < seconds:
            finished_tasks, _ = await asyncio.wait(tasks, timeout=min(60, seconds / 10))
            for each in finished_tasks:
                each.result()  # a task ends early only if a response is wrong
            self._sample_memory((time.monotonic() - began) / 3600)
            if len(self.samples) % SAMPLES_PER_CLEANUP == 0:
                await delete_rows_since(bench, since)
        for each in tasks:
            each.cancel()

    async def _fill_caches(self, first: int) -> None:
        connection = await asyncio.open_connection("127.0.0.1", self.server.port)
        example = self.server.build_requests(CASES["goal"])[0]
        for number in range(first, FILL_DOCUMENT_COUNT, CONNECTIONS):
            await _exchange(*connection, _build_request(example, NEW_DOCUMENT % number))
        connection[1].close()

    async def _send_requests(self, requests: Iterator[HttpRequest]) -> None:
        connection = await asyncio.open_connection("127.0.0.1", self.server.port)
        pause = CONNECTIONS / self.rate
        due = time.monotonic()
        while True:
            due = max(due + pause, time.monotonic() - 10 * pause)
            await asyncio.sleep(due - time.monotonic())
            head = await _exchange(*connection, next(requests))
            if head.startswith(b"HTTP/1.1 503"):
                self.rejected_count += 1  # on a busy machine
                continue
            assert head.startswith(b"HTTP/1.1 200"), head
            self.answered_count += 1

    def _sample_memory(self, hours: float) -> None:
        server = read_resident_megabytes(self.server.pid) or 0.0
        database = read_private_megabytes(self.postmaster) or 0.0
        self.samples.append(MemorySample(hours, self.answered_count, server, database))
        print(
            f"{hours * 60:>4.0f} min {self.answered_count:>9,} requests"
            f" {server:>5.0f} MB {database:>5.0f} MB of the database's own",
            flush=True,
        )


def main(
    minutes: Annotated[float, typer.Option(help="How long.")] = 60,
    rate: Annotated[float, typer.Option(help="Requests in a second, in all.")] = 80,
) -> None:
    """Send a mixed load, and report the memory of the server and of PostgreSQL."""
    cases = [CASES[name] for name in REQUESTS_PER_ROUND]
    with open_bench_database(dict.fromkeys([BASE])) as bench:
        personas_by_key = asyncio.run(load_personas(bench, cases))
        workload = Workload(
            personas_by_key, asyncio.run(load_requests(bench, cases, personas_by_key))
        )
        postmaster = asyncio.run(find_postmaster(bench))
        assert postmaster is not None, "There is no /proc to look into."
        with start_contender(bench, CONTENDERS["trellis"], workload) as server:
            soak_test = SoakTest(server, rate, postmaster)
            asyncio.run(soak_test.run(bench, minutes * 60))
    warm_samples = soak_test.samples[int(len(soak_test.samples) * WARMUP_SHARE) :]
    print(f"{soak_test.answered_count:,} requests answered, {soak_test.rejected_count:,} refused.")
    for name in ("server", "database"):
        print(_summarize_growth(name, warm_samples))


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: HttpRequest
) -> bytes:
    """Send a request and return the head of the complete response."""
    writer.write(encode_request(request))
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    assert length, head
    await reader.readexactly(int(length[1]))
    return head


def _generate_requests(server: ContenderProcess) -> Iterator[HttpRequest]:
    """Yield each case as often as planned, and one unusual request, repeatedly."""
    requests_by_case = {
        name: cycle(server.build_requests(CASES[name])) for name in REQUESTS_PER_ROUND
    }
    odd_documents, example = _generate_odd_documents(), next(requests_by_case["goal"])
    while True:
        for turn in range(max(REQUESTS_PER_ROUND.values())):
            for name, times in REQUESTS_PER_ROUND.items():
                if turn < times:
                    yield next(requests_by_case[name])
        for _ in ODD_DOCUMENTS:
            yield _build_request(example, next(odd_documents))


def _generate_odd_documents() -> Iterator[str]:
    for number in count():
        for text in ODD_DOCUMENTS:
            yield text % number if "%" in text else text


def _build_request(example: HttpRequest, query: str) -> HttpRequest:
    return HttpRequest(example.path, example.headers, json.dumps({"query": query}).encode())


async def _subscribe_repeatedly(server: ContenderProcess) -> None:
    """Subscribe to the changes of a tenant, and subscribe again and again."""
    request = _build_request(server.build_requests(CASES["goal"])[0], SUBSCRIPTION_DOCUMENT)
    headers = {**request.headers, "Accept": "text/event-stream"}
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(encode_request(HttpRequest("/graphql/stream", headers, request.body)))
        until = time.monotonic() + SUBSCRIPTION_SECONDS
        while (left := until - time.monotonic()) > 0:
            try:
                received = await asyncio.wait_for(reader.read(65_536), left)
                assert received, "The stream has ended."
            except TimeoutError:
                break
        writer.close()


def _summarize_growth(name: str, samples: list[MemorySample]) -> str:
    """Return the growth after the warm-up, and whether it counts as flat."""
    held = [getattr(each, name) for each in samples]
    hours = [each.hours for each in samples]
    slope = statistics.linear_regression(hours, held).slope
    by_count = statistics.linear_regression([each.request_count for each in samples], held).slope
    verdict = "flat" if slope <= MAX_GROWTH_PER_HOUR * held[0] else "it grows"
    return (
        f"{name}: {held[0]:.0f} to {held[-1]:.0f} MB ({min(held):.0f} to {max(held):.0f}),"
        f" {slope:+.1f} MB in an hour, {by_count * 1e6:+.1f} in a million requests: {verdict}."
    )


if __name__ == "__main__":
    typer.run(main)
