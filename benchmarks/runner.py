"""The runner: each contender answers each case alone on the machine, in several rounds.

Before that, the responses of all contenders are compared with those of the first.
"""

import asyncio
import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.cases import Case
from benchmarks.cleanup import delete_rows_since, read_database_time
from benchmarks.contenders import POOL_SIZE, Contender
from benchmarks.dataset.loading import BENCH_DIRECTORY, BenchDatabase
from benchmarks.load import HttpRequest, LoadResult, run_load
from benchmarks.personas import Persona
from benchmarks.processes import (
    read_cpu_seconds,
    read_parent_pid,
    read_resident_megabytes,
    run_process,
)
from benchmarks.requests import RequestSpec
from benchmarks.responses import count_objects, find_difference, normalize

COMPARED_REQUESTS = 20
"""Requests of each case whose responses are compared."""


DROP_VIEWS_SQL = "DROP SCHEMA IF EXISTS published CASCADE;"


class ResponseMismatch(Exception):
    """Two contenders answer differently, so their rates cannot be compared."""


@dataclass(frozen=True)
class BenchmarkPlan:
    """The cases and contenders to measure, for how long and with which client."""

    cases: Sequence[Case]
    contenders: Sequence[Contender]
    connections: Sequence[int]
    rounds: int
    seconds: float
    client: str

    def select_cases(self, contender: Contender) -> list[Case]:
        """Return the cases in which a contender takes part."""
        return [case for case in self.cases if contender.supports(case)]


@dataclass(frozen=True)
class Measurement:
    """One measurement. CPU of contender and PostgreSQL is in milliseconds for each request."""

    case: str
    contender: str
    connections: int
    round: int
    rate: float
    p50: float
    p99: float
    errors: int
    own_cpu: float | None
    database_cpu: float | None
    megabytes: float | None


@dataclass(frozen=True)
class Workload:
    """The personas by their key, and the requests of each case."""

    personas: Mapping[str, Persona]
    requests: Mapping[str, Sequence[RequestSpec]]


@dataclass(frozen=True)
class ContenderProcess:
    """A running contender."""

    contender: Contender
    pid: int
    port: int
    workload: Workload

    def build_requests(self, case: Case) -> list[HttpRequest]:
        """Return the requests of the case in the form for this contender."""
        path = self.contender.path.format(case=case.name)
        return [
            HttpRequest(
                path,
                dict(self.contender.build_headers(persona)),
                self.contender.build_body(case, each.variables, persona),
            )
            for each in self.workload.requests[case.name]
            for persona in (self.workload.personas[each.persona],)
        ]

    def fetch_responses(self, case: Case) -> list[Any]:
        """Return the responses to the first requests, in comparable form."""
        return [self.fetch_response(each) for each in self.build_requests(case)[:COMPARED_REQUESTS]]

    def fetch_response(self, request: HttpRequest) -> Any:
        """Return the response to one request."""
        http_request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{request.path}",
            request.body,
            {**request.headers, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(http_request, timeout=60) as answer:
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            raise ResponseMismatch(
                f"{self.contender.name}: {error.code} {error.read()[:2000]!r}"
            ) from None
        if body.get("errors"):
            raise ResponseMismatch(f"{self.contender.name}: {body['errors']}")
        return normalize(body["data"])


def compare_contenders(
    bench: BenchDatabase, plan: BenchmarkPlan, workload: Workload
) -> dict[str, int]:
    """Raise ResponseMismatch unless all answer alike; return the number of objects of each case."""
    expected: dict[str, list[Any]] = {}
    for contender in plan.contenders:
        with start_contender(bench, contender, workload) as server:
            for case in plan.select_cases(contender):
                responses = _fetch_responses(bench, server, case)
                first = expected.setdefault(case.name, responses)
                for number, (expected_response, actual_response) in enumerate(
                    zip(first, responses, strict=True)
                ):
                    if where := find_difference(expected_response, actual_response):
                        raise ResponseMismatch(
                            f"{case.name}: {plan.contenders[0].name} and {contender.name}"
                            f" differ in question {number} at {where}"
                        )
    return {
        name: sum(map(count_objects, answers)) // len(answers) for name, answers in expected.items()
    }


def _fetch_responses(bench: BenchDatabase, server: ContenderProcess, case: Case) -> list[Any]:
    with clean_up_writes(bench, is_enabled=case.is_write):
        return server.fetch_responses(case)


@contextmanager
def clean_up_writes(bench: BenchDatabase, *, is_enabled: bool = True) -> Iterator[None]:
    """Delete at the end of the context what was written inside it."""
    since = asyncio.run(read_database_time(bench)) if is_enabled else None
    try:
        yield
    finally:
        if is_enabled:
            asyncio.run(delete_rows_since(bench, since))


def run_measurements(
    bench: BenchDatabase, plan: BenchmarkPlan, workload: Workload
) -> Iterator[Measurement]:
    """Return all measurements: in each round every contender is started and measures each case.

    Contenders are measured within seconds of each other, because the speed of a machine changes
    over minutes.
    """
    postmaster = asyncio.run(find_postmaster(bench))
    for number in range(plan.rounds):
        with ExitStack() as stack:
            servers = [
                stack.enter_context(start_contender(bench, each, workload))
                for each in sorted(plan.contenders, key=_has_views)
            ]
            for case in plan.cases:
                for server in sorted(servers, key=lambda it: plan.contenders.index(it.contender)):
                    if case not in plan.select_cases(server.contender):
                        continue
                    with clean_up_writes(bench, is_enabled=case.is_write):
                        _run_case_load(
                            plan, server, case, plan.connections[0], max(1, plan.seconds // 3)
                        )
                        for connections in plan.connections:
                            yield _measure_case(
                                plan, server, case, connections, (number, postmaster)
                            )


def _has_views(contender: Contender) -> bool:
    """Return whether a contender has views. Trellis refuses to start beside unknown views."""
    return contender.views_file is not None


def _measure_case(
    plan: BenchmarkPlan,
    server: ContenderProcess,
    case: Case,
    connections: int,
    round_and_postmaster: tuple[int, int | None],
) -> Measurement:
    number, postmaster = round_and_postmaster
    before = read_cpu_seconds(server.pid), postmaster and read_cpu_seconds(postmaster)
    load = _run_case_load(plan, server, case, connections, plan.seconds)
    after = read_cpu_seconds(server.pid), postmaster and read_cpu_seconds(postmaster)
    return Measurement(
        case=case.name,
        contender=server.contender.name,
        connections=connections,
        round=number,
        rate=round(load.rate, 1),
        p50=round(load.p50, 2),
        p99=round(load.p99, 2),
        errors=load.errors,
        own_cpu=_compute_cpu_per_request(before[0], after[0], load),
        database_cpu=_compute_cpu_per_request(before[1], after[1], load),
        megabytes=read_resident_megabytes(server.pid),
    )


def _run_case_load(
    plan: BenchmarkPlan, server: ContenderProcess, case: Case, connections: int, seconds: float
) -> LoadResult:
    requests = server.build_requests(case)
    return run_load(
        server.port, requests, connections=connections, seconds=seconds, client_name=plan.client
    )


def _compute_cpu_per_request(
    before: float | None, after: float | None, load: LoadResult
) -> float | None:
    if before is None or after is None or not load.requests:
        return None
    return round((after - before) / load.requests * 1000, 3)


@contextmanager
def start_contender(
    bench: BenchDatabase, contender: Contender, workload: Workload
) -> Iterator[ContenderProcess]:
    """Run a contender until the context ends."""
    environment = {
        "TRELLIS_SERVING_URL": bench.addresses.serving,
        "TRELLIS_DIRECTORY": str(BENCH_DIRECTORY),
        "TRELLIS_POOL_SIZE": str(POOL_SIZE),
    }
    with (
        _create_views(bench, contender.views_file),
        run_process(contender.name, contender.command, environment) as (process, port),
    ):
        yield ContenderProcess(contender, process, port, workload)


@contextmanager
def _create_views(bench: BenchDatabase, views: Path | None) -> Iterator[None]:
    """Create the views of a contender; drop them before Trellis checks the schema."""
    asyncio.run(_execute_sql(bench, DROP_VIEWS_SQL + (views.read_text() if views else "")))
    try:
        yield
    finally:
        if views:
            asyncio.run(_execute_sql(bench, DROP_VIEWS_SQL))


async def _execute_sql(bench: BenchDatabase, statements: str) -> None:
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def find_postmaster(bench: BenchDatabase) -> int | None:
    """Return the main process of PostgreSQL."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        return read_parent_pid(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def serialize_measurements(measurements: Sequence[Measurement]) -> list[dict[str, Any]]:
    """Return the measurements one by one, for the JSON file."""
    return [asdict(each) for each in measurements]
