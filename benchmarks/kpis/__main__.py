"""`python -m benchmarks.kpis`: reads and writes of KPIs against SQL by hand.

One tenant among 50 has many measurements in a server of its own. Both sides answer in this process,
one request at a time and in turn, so the difference is that of the statements and of the way to
them.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeAlias
from uuid import uuid4

import typer

from api.commands.database_url import Database
from api.commands.tenants import create_tenant
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.request_context import Stores
from api.main import tune_garbage_collector
from api.schema import get_schema
from api.settings import Settings
from benchmarks.database_cpu import list_connections
from benchmarks.kpis import reads, writes
from benchmarks.kpis.dataset import LAST, LEVELS, SLICES, TENANTS, TODAY, Dataset, fill
from benchmarks.processes import read_cpu_nanoseconds
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import create_read_pool, create_write_pool
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

ADMIN = "ada@okafor.example"
COMPARED_ANSWERS = 5
Ask: TypeAlias = Callable[[int], Awaitable[Any]]


@dataclass
class Bench:
    """The two ways to the database of one tenant."""

    tenant: TenantId
    data: Dataset
    pool: Any
    writing: Any
    owner_url: str

    def __post_init__(self) -> None:
        stores = Stores(Reader(self.pool), self.writing, "secret")
        self.engine = Engine(get_schema(), stores)
        until = datetime.now(UTC) + timedelta(hours=9)
        self.caller = Caller(self.tenant, "bench0", "bench", ADMIN, until, "1")
        first = f"{(LAST - 23) // 12}-{(LAST - 23) % 12 + 1:02}-01"
        self.variables = [{"id": f"kpi_{each}", "from": first} for each in self.data.kpi_ids]
        self.batches = count()

    async def ask(self, document: str, variables: Any = None, key: str | None = None) -> Any:
        """Send a request of which nothing may be refused, and return its response.

        Answers of reads are compared before, so only their beginning is looked at here.
        """
        request = Request(document, variables, idempotency_key=key)
        response = await self.engine.execute(request, self.caller, request_id="bench")
        is_read = document.startswith("\nquery")
        assert response.body.startswith(b'{"data":{'), response.body
        assert is_read or b'"errors":[{' not in response.body, response.body
        return response.body

    async def ask_floor(self, sql: str, *parameters: Any) -> Any:
        """Read by hand, for the same person."""
        everywhere = self.tenant, LAST, self.data.actor_id, TODAY
        async with self.pool.acquire() as connection:
            await connection.execute(f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{self.tenant}'")
            found = await connection.fetchval(sql, *everywhere, *parameters)
            await connection.execute("COMMIT")
        assert found
        return found

    async def read_database_cpu(self) -> int:
        """Return the nanoseconds of the connections of both sides so far."""
        pids = await list_connections(self.owner_url)
        return sum(map(read_cpu_nanoseconds, pids))

    def select(self, n: int) -> int:
        """Return the position of a KPI; they come in turn."""
        return n * 7 % len(self.data.kpi_ids)

    def list_reads(self) -> dict[str, tuple[Ask, Ask]]:
        """Return the two ways to answer each read, by its name."""
        return {
            "dashboard of 12 KPIs, 13 points each": (
                lambda _: self.ask(reads.DASHBOARD),
                lambda _: self.ask_floor(reads.FLOOR_DASHBOARD),
            ),
            "series of 24 months": self.compare_series(reads.SERIES, reads.FLOOR_SERIES),
            f"series of 24 months by {SLICES} slices": self.compare_series(
                reads.SLICES, reads.FLOOR_SLICES
            ),
        }

    def compare_series(self, document: str, floor: str) -> tuple[Ask, Ask]:
        """Return both reads of a series."""
        return (
            lambda n: self.ask(document, self.variables[self.select(n)]),
            lambda n: self.ask_floor(floor, self.data.kpi_ids[self.select(n)]),
        )

    async def record(self, _: int) -> None:
        """Record a batch of new values under an idempotency key."""
        variables = writes.build_rows(self.data.ingested_ids, next(self.batches))
        await self.ask(writes.RECORD, variables, str(uuid4()))

    async def record_by_hand(self, _: int) -> None:
        """Record such a batch by hand."""
        variables = writes.build_rows(self.data.ingested_ids, next(self.batches))
        await writes.record_by_hand(self.writing, self.tenant, self.data.actor_id, variables)

    async def restate(self, n: int) -> None:
        """Correct the value that many KPIs depend on."""
        input = {
            "id": f"kpi_{self.data.base_id}",
            "measurementId": f"kpivalue_{self.data.measurement_id}",
            "value": str(n + time.time_ns() % 1_000_000),
            "reason": "It was wrong.",
        }
        await self.ask(writes.RESTATE, {"input": input})


def main(measurements: int = 5_000_000, requests: int = 100, rounds: int = 7) -> None:
    """Measure both ways in turn, and print the milliseconds of each and the median ratio."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            asyncio.run(_measure(database, settings, measurements, requests, rounds))


async def _measure(
    database: Database, settings: Settings, measurements: int, requests: int, rounds: int
) -> None:
    admin = FirstAdmin("Ada", "Okafor", ADMIN)
    slugs = [f"bench{n}" for n in range(TENANTS)]
    tenants = [(await create_tenant(database, settings, each, "B", admin)).id for each in slugs]
    began = time.perf_counter()
    data = await fill(database, tenants[0], measurements)
    print(
        f"{measurements:,} measurements in {time.perf_counter() - began:.0f} s, {TENANTS} tenants"
    )
    pool = await create_read_pool(database.serving_url, max_size=2)
    tune_garbage_collector()
    writing = await create_write_pool(database.serving_url)
    bench = Bench(tenants[0], data, pool, writing, database.required_owner_url)
    for name, pair in bench.list_reads().items():
        await _check_answers(*pair)
        await _compare(bench, name, *pair, requests, rounds)
    batches = bench.record, bench.record_by_hand
    cost = await _compare(bench, "batch of 1,000 values", *batches, 5, rounds)
    print(f"  {writes.ROWS / cost.wall * 1_000:,.0f} rows a second")
    found = [await _time(bench, bench.restate, 3) for _ in range(rounds)]
    cost = Cost(*(median(each) for each in zip(*found, strict=True)))
    print(f"correction under {sum(LEVELS)} computed KPIs: {cost}")
    await pool.close()
    await writing.close()


async def _check_answers(ours: Ask, floor: Ask) -> None:
    """Raise AssertionError unless both ways give the same answers."""
    for n in range(COMPARED_ANSWERS):
        answer = json.loads(await ours(n))["data"]
        assert answer == json.loads(await floor(n)), answer


class Cost(NamedTuple):
    """Milliseconds of a request: on the clock, and of CPU in this process and in PostgreSQL."""

    wall: float
    process: float
    database: float

    @property
    def cpu(self) -> float:
        """The CPU of both. Other work on the machine changes it less than the time."""
        return self.process + self.database

    def __str__(self) -> str:
        """Return the figures for a person."""
        return f"{self.wall:.2f} ms, CPU {self.process:.2f} + {self.database:.2f} ms"


async def _compare(
    bench: Bench, name: str, ours: Ask, floor: Ask, requests: int, rounds: int
) -> Cost:
    """Print the medians of both, and those of the ratios of each round. Return ours."""
    pairs = [
        (await _time(bench, ours, requests), await _time(bench, floor, requests))
        for _ in range(rounds)
    ]
    own, base = (
        Cost(*(median(each) for each in zip(*costs, strict=True)))
        for costs in zip(*pairs, strict=True)
    )
    wall = median(base.wall / own.wall for own, base in pairs)
    cpu = median(base.cpu / own.cpu for own, base in pairs)
    print(f"{name}: {own}; by hand {base}; ratio {wall:.2f}, of CPU {cpu:.2f}", flush=True)
    return own


async def _time(bench: Bench, ask: Ask, requests: int) -> Cost:
    """Return the mean cost of a request; the first ones are not counted."""
    for n in range(max(1, requests // 10)):
        await ask(n)
    began, process = time.perf_counter(), time.process_time()
    database = await bench.read_database_cpu()
    for n in range(requests):
        await ask(n)
    used = await bench.read_database_cpu() - database
    wall, process = time.perf_counter() - began, time.process_time() - process
    return Cost(*(each / requests for each in (wall * 1e3, process * 1e3, used / 1e6)))


if __name__ == "__main__":
    typer.run(main)
