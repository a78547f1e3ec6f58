"""`python -m benchmarks.platform`: the list of all tenants with usage, in a process that serves it.

The tenants are rows of the directory with made-up usage, in a server of its own. The same process
is measured with few and with many of them.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import typer

from api.commands.database_url import Database
from api.commands.platform import issue_token
from api.settings import Settings
from benchmarks.dataset.loading import BENCH_DIRECTORY
from benchmarks.processes import read_resident_megabytes, run_process
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import open_connection
from persistence.kernel.schema.migrations import migrate

REQUESTS = 100

QUERIES = {
    "first page by slug": "{ tenants(first: 50) { NODES } }",
    "first page by people, with total": (
        "{ tenants(first: 50, orderBy: { field: PEOPLE, direction: DESC }) { totalCount NODES } }"
    ),
    "search, with total": '{ tenants(first: 50, where: { search: "777" }) { totalCount NODES } }',
}
NODES = "nodes { slug name status plan usage { people requests events storageBytes measuredAt } }"

ADD_TENANTS = """
INSERT INTO directory.tenants (id, slug, status)
SELECT gen_random_uuid(), 'tenant-' || n, 'active' FROM generate_series(1, $1::int) AS n
"""
ADD_USAGE = """
INSERT INTO directory.tenant_usage
    (tenant_id, name, people, events, storage_bytes, requests, measured_at, due_at)
SELECT id, 'Company ' || slug, 1000 * random(), 100000 * random(), 1e8 * random(), 1e6 * random(),
       now(), now() + interval '1 day'
FROM directory.tenants
"""


@dataclass(frozen=True)
class Measurement:
    """Seconds to the start, megabytes then and at the end, and milliseconds of each query."""

    start_seconds: float
    started_megabytes: float
    used_megabytes: float
    milliseconds: dict[str, tuple[float, float]]


def main(few: int = 10, many: int = 10_000) -> None:
    """Measure a process with few and with many tenants."""
    for count in (few, many):
        found = _measure(count)
        print(
            f"{count:,} tenants: ready after {found.start_seconds:.2f} s,"
            f" {found.started_megabytes:.0f} MB at the start,"
            f" {found.used_megabytes:.0f} MB after the requests"
        )
        for name, (median, slow) in found.milliseconds.items():
            print(f"  {name}: median {median:.1f} ms, 95 % below {slow:.1f} ms", flush=True)


def _measure(tenant_count: int) -> Measurement:
    BENCH_DIRECTORY.mkdir(exist_ok=True, parents=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            asyncio.run(_fill(addresses.owner, tenant_count))
            token = asyncio.run(issue_token(database, settings, "owner", timedelta(hours=1)))
            environment = {
                "TRELLIS_SERVING_URL": addresses.serving,
                "TRELLIS_PLATFORM_URL": addresses.platform,
                "TRELLIS_DIRECTORY": directory,
                "TRELLIS_LOG_LEVEL": "error",
                "TRELLIS_CALLER_BUDGET": "0",
                "TRELLIS_TENANT_BUDGET": "0",
            }
            began = time.monotonic()
            command = (sys.executable, "-m", "api.main")
            with run_process("platform", command, environment) as (pid, port):
                seconds = time.monotonic() - began
                started = read_resident_megabytes(pid) or 0.0
                times = asyncio.run(_send(port, token))
                return Measurement(seconds, started, read_resident_megabytes(pid) or 0.0, times)


async def _fill(owner_url: str, tenant_count: int) -> None:
    async with open_connection(owner_url) as connection:
        await connection.execute(ADD_TENANTS, tenant_count)
        await connection.execute(ADD_USAGE)
        await connection.execute("ANALYZE directory.tenants, directory.tenant_usage")


async def _send(port: int, token: str) -> dict[str, tuple[float, float]]:
    """Send each query again and again; return the median and the 95th percentile in ms."""
    found = {}
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        for name, query in QUERIES.items():
            times = []
            for _ in range(REQUESTS):
                began = time.perf_counter()
                body = {"query": query.replace("NODES", NODES)}
                response = await client.post("/platform/graphql", json=body)
                times.append(1_000 * (time.perf_counter() - began))
                assert "errors" not in response.json(), response.text
            found[name] = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return found


if __name__ == "__main__":
    typer.run(main)
