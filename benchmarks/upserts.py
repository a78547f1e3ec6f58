"""`python -m benchmarks.upserts`: batches of 250 people with managers against SQL by hand.

Both sides answer in this process, one call at a time and in turn: new people, the same rows again,
and rows with another job title. The SQL by hand adds new people with the same rows of tables and
of the journal.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias
from uuid import UUID

import orjson
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
from benchmarks.processes import read_cpu_nanoseconds
from benchmarks.upserts_by_hand import insert_people
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import create_read_pool, create_write_pool, open_connection
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

ROWS = 250
PEOPLE_BEFORE = 5_000
ADMIN = "ada@okafor.example"
TARGET_NEW = 0.5
"""The least ratio of SQL by hand to an upsert of new people."""
TARGET_UNCHANGED = 0.25
"""The most that unchanged rows may cost of what changed ones cost."""
CREATE = """
mutation($input: OrganizationCreateInput!) {
  organizationCreate(input: $input) { organization { id } errors { message } } }"""
UPSERT = """
mutation($input: PeopleUpsertInput!) {
  peopleUpsert(input: $input) { outcomes errors { index code message } } }"""
GIVE_HR_ROLE = """
INSERT INTO role_assignments (tenant_id, id, member_id, role_id)
SELECT $1, gen_random_uuid(), m.id, r.id FROM members m, roles r
WHERE m.tenant_id = $1 AND r.tenant_id = $1 AND r.key = 'hr'"""
Call: TypeAlias = Callable[[], Awaitable[None]]


@dataclass
class Bench:
    """A tenant, and both ways to its database."""

    tenant: TenantId
    engine: Engine
    writing: Any
    owner_url: str
    organization_id: str = ""

    def __post_init__(self) -> None:
        until = datetime.now(UTC) + timedelta(hours=9)
        self.caller = Caller(self.tenant, "bench", "bench", ADMIN, until, "1")

    async def ask(self, document: str, **input: Any) -> Any:
        """Send a mutation of which nothing may be refused, and return its payload."""
        request = Request(document, {"input": input})
        response = await self.engine.execute(request, self.caller, request_id="bench")
        (payload,) = orjson.loads(response.body)["data"].values()
        assert payload["errors"] == [], payload["errors"][:3]
        return payload

    async def prepare(self) -> None:
        """Let the first admin hire people, and create the organization of all people."""
        async with self.writing.acquire() as connection, connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{self.tenant}'")
            await connection.execute(GIVE_HR_ROLE, self.tenant)
        payload = await self.ask(
            CREATE, name="Operations", code="OPS", kind="DIVISION", startsOn="2026-01-01"
        )
        self.organization_id = payload["organization"]["id"]

    async def send(self, prefix: str, title: str, outcome: str) -> None:
        """Send a batch of which each row has this outcome."""
        rows = build_rows(prefix, title, self.organization_id)
        assert (await self.ask(UPSERT, rows=rows))["outcomes"] == [outcome] * ROWS

    async def insert_by_hand(self, prefix: str) -> None:
        """Add as many people by hand."""
        organization_id = UUID(self.organization_id.removeprefix("org_"))
        await insert_people(self.writing, self.tenant, organization_id, prefix, ROWS)

    async def measure(self, call: Call) -> tuple[float, float]:
        """Return the milliseconds of a call, and those of CPU in both processes."""
        database = await self._read_database_cpu()
        began, process = time.perf_counter(), time.process_time()
        await call()
        wall, process = time.perf_counter() - began, time.process_time() - process
        used = await self._read_database_cpu() - database
        return wall * 1e3, process * 1e3 + used / 1e6

    async def _read_database_cpu(self) -> int:
        return sum(map(read_cpu_nanoseconds, await list_connections(self.owner_url)))


def build_rows(prefix: str, title: str, organization_id: str) -> list[dict[str, Any]]:
    """Return the rows of people, of whom each but the first has a manager in the same batch."""

    def name(n: int) -> dict[str, Any]:
        return {"externalReference": {"source": "hris", "id": f"{prefix}{n}"}}

    return [
        name(n)
        | {"givenName": f"{prefix}{n}", "familyName": f"Name {n}", "hiredOn": "2026-01-01"}
        | {"workEmail": f"{prefix}{n}@x.example", "employeeNumber": f"{prefix}{n}"}
        | {"jobTitle": title, "location": "Oslo", "employmentType": "PERMANENT"}
        | {"organization": {"id": organization_id}, "manager": name(n // 8) if n else None}
        for n in range(ROWS)
    ]


def main(rounds: int = 7) -> None:
    """Measure both ways in turn, and print the medians and their ratios."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            asyncio.run(_measure(database, settings, rounds))


async def _measure(database: Database, settings: Settings, rounds: int) -> None:
    admin = FirstAdmin("Ada", "Okafor", ADMIN)
    tenant = (await create_tenant(database, settings, "bench", "B", admin)).id
    tune_garbage_collector()
    async with (
        await create_read_pool(database.serving_url, max_size=1) as pool,
        await create_write_pool(database.serving_url, max_size=1) as writing,
    ):
        engine = Engine(get_schema(), Stores(Reader(pool), writing, "secret"))
        bench = Bench(tenant, engine, writing, database.required_owner_url)
        await bench.prepare()
        await _fill(bench, database.required_owner_url)
        _report([await _round(bench, f"r{n}x") for n in range(rounds)])


async def _fill(bench: Bench, owner_url: str) -> None:
    """Add the people of before, prepare all statements, and let the planner know the tables."""
    for n in range(PEOPLE_BEFORE // ROWS):
        await bench.insert_by_hand(f"b{n}x")
    await _round(bench, "w")
    async with open_connection(owner_url) as connection:
        await connection.execute("VACUUM ANALYZE")
    await _round(bench, "y")


async def _round(bench: Bench, prefix: str) -> dict[str, tuple[float, float]]:
    calls: dict[str, Call] = {
        "new people": lambda: bench.send(prefix, "Packer", "CREATED"),
        "new people by hand": lambda: bench.insert_by_hand(f"h{prefix}"),
        "unchanged people": lambda: bench.send(prefix, "Packer", "UNCHANGED"),
        "changed people": lambda: bench.send(prefix, "Driver", "UPDATED"),
    }
    return {name: await bench.measure(call) for name, call in calls.items()}


def _report(found: list[dict[str, tuple[float, float]]]) -> None:
    for name in found[0]:
        wall, cpu = (median(each[name][part] for each in found) for part in (0, 1))
        print(f"{ROWS} {name}: {wall:.0f} ms, CPU {cpu:.0f} ms")
    for name, top, bottom, target in (
        ("SQL by hand to an upsert of new people", "new people by hand", "new people", TARGET_NEW),
        ("unchanged to changed", "unchanged people", "changed people", TARGET_UNCHANGED),
    ):
        wall, cpu = (
            median(each[top][part] / each[bottom][part] for each in found) for part in (0, 1)
        )
        print(f"{name}: {wall:.2f}, of CPU {cpu:.2f}; goal {target}")


if __name__ == "__main__":
    typer.run(main)
