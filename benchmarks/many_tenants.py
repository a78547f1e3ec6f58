"""`python -m benchmarks.many_tenants`: start-up time and memory of a process with many tenants.

One tenant is created and its rows are copied for all others, in a server of its own. Each process
answers the same number of requests, spread over all tenants.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer

from api.commands.database_url import Database
from api.commands.tenants import create_tenant
from api.identity.built_in_issuer import build_issuer_name, issue_token
from api.settings import Settings
from benchmarks.dataset.loading import BENCH_DIRECTORY
from benchmarks.processes import read_resident_megabytes, run_process
from domain.platform import FirstAdmin
from persistence.embedded import EmbeddedPostgres, get_superuser_url
from persistence.kernel.pools import open_connection
from persistence.kernel.schema.migrations import migrate
from persistence.registry import metadata

ADMIN = "ada@okafor.example"
QUERY = "{ viewer { person { name } } goals(first: 5) { totalCount nodes { title } } }"
CONNECTIONS = 8

ADD_TENANTS = """
INSERT INTO directory.tenants (id, slug, status)
SELECT gen_random_uuid(), 'tenant-' || n, 'active' FROM generate_series(2, $1::int) AS n
"""
ADD_ISSUERS = """
INSERT INTO directory.issuers (issuer, tenant_id, audience, algorithms, key_set)
SELECT $1 || t.slug, t.id, i.audience, i.algorithms, i.key_set
FROM directory.tenants t, directory.issuers i WHERE t.slug <> 'tenant-1'
"""


@dataclass(frozen=True)
class Measurement:
    """The seconds until a process is ready, and its megabytes then and after the requests."""

    start_seconds: float
    started_megabytes: float
    used_megabytes: float


def main(
    few: int = 10,
    many: int = 10_000,
    requests: Annotated[int, typer.Option(help="Requests that each process answers.")] = 10_000,
    rounds: Annotated[int, typer.Option(help="Processes for each number; the median counts.")] = 3,
) -> None:
    """Measure a process with few and with many tenants."""
    print("| tenants | ready after | memory at start | after the requests |")
    print("| ---: | ---: | ---: | ---: |")
    for count in (few, many):
        found = _measure(count, requests, rounds)
        median = sorted(found, key=lambda each: each.used_megabytes)[len(found) // 2]
        start = sorted(each.start_seconds for each in found)[len(found) // 2]
        print(
            f"| {count:,} | {start:.2f} s | {median.started_megabytes:.0f} MB"
            f" | {median.used_megabytes:.0f} MB |",
            flush=True,
        )


def _measure(tenant_count: int, request_count: int, rounds: int) -> list[Measurement]:
    BENCH_DIRECTORY.mkdir(exist_ok=True, parents=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            asyncio.run(_fill(database, settings, tenant_count))
            tokens = [
                issue_token(settings, f"tenant-{n}", ADMIN) for n in range(1, tenant_count + 1)
            ]
            environment = {
                "TRELLIS_SERVING_URL": addresses.serving,
                "TRELLIS_DIRECTORY": directory,
                "TRELLIS_LOG_LEVEL": "error",
            }
            return [_measure_process(environment, tokens, request_count) for _ in range(rounds)]


async def _fill(database: Database, settings: Settings, tenant_count: int) -> None:
    """Create one tenant, and copy its rows for the others, as a role above row-level security."""
    admin = FirstAdmin("Ada", "Okafor", ADMIN)
    first = await create_tenant(database, settings, "tenant-1", "Okafor", admin)
    superuser_url = get_superuser_url(database.required_owner_url)
    assert superuser_url is not None, "An embedded server has a superuser."
    async with open_connection(superuser_url) as connection:
        await connection.execute(ADD_TENANTS, tenant_count)
        await connection.execute(ADD_ISSUERS, build_issuer_name(""))
        for table in metadata.sorted_tables:
            if table.schema is None:
                names = [each.name for each in table.columns]
                own_id = ("tenant_id", "id") if table.name == "tenants" else ("tenant_id",)
                values = ("t.id" if name in own_id else f"r.{name}" for name in names)
                await connection.execute(
                    f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)}"
                    f" FROM {table.name} r, directory.tenants t"
                    " WHERE r.tenant_id = $1 AND t.id <> $1",
                    first.id,
                )
        await connection.execute("ANALYZE")


def _measure_process(
    environment: dict[str, str], tokens: Sequence[str], request_count: int
) -> Measurement:
    command = (sys.executable, "-m", "api.main")
    began = time.monotonic()
    with run_process("many_tenants", command, environment) as (pid, port):
        seconds = time.monotonic() - began
        started = read_resident_megabytes(pid) or 0.0
        asyncio.run(_send(port, tokens, request_count))
        return Measurement(seconds, started, read_resident_megabytes(pid) or 0.0)


async def _send(port: int, tokens: Sequence[str], request_count: int) -> None:
    """Send the requests, those of all tenants in turn."""
    numbers = iter(range(request_count))

    async def send_some(client: httpx.AsyncClient) -> None:
        for n in numbers:
            headers = {"authorization": f"Bearer {tokens[n % len(tokens)]}"}
            response = await client.post("/graphql", json={"query": QUERY}, headers=headers)
            assert response.status_code == 200, response.text

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        await asyncio.gather(*(send_some(client) for _ in range(CONNECTIONS)))


if __name__ == "__main__":
    typer.run(main)
