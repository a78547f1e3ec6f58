"""`python -m benchmarks.goals`: batches of 100 goals, and check-ins, against SQL by hand.

The cases `create` and `check-in` of `python -m benchmarks`, without HTTP: both sides answer in this
process, one call at a time and in turn. So the ratios of CPU hold beside other load, too.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
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
from benchmarks.cases import CHECK_INS_SQL, DOCUMENTS, NEW_GOALS_SQL
from benchmarks.contenders.floor_writes import WRITE_HANDLERS
from benchmarks.database_cpu import list_connections
from benchmarks.processes import read_cpu_nanoseconds
from benchmarks.requests import strip_id_prefixes
from benchmarks.targets import TARGETS
from benchmarks.upserts import GIVE_HR_ROLE
from benchmarks.upserts_by_hand import insert_people
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import create_read_pool, create_write_pool, open_connection
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

PEOPLE = 500
CHECK_INS = 40
"""How many check-ins one measurement makes: one alone is too short to be measured."""
ADMIN = "ada@okafor.example"
CREATE_UNIT = """
mutation($input: OrganizationCreateInput!) {
  organizationCreate(input: $input) { organization { id } errors { message } } }"""
Call: TypeAlias = Callable[[], Awaitable[None]]


@dataclass
class Bench:
    """A tenant, and both ways to its database."""

    tenant: TenantId
    engine: Engine
    writing: Any
    owner_url: str
    person: UUID = field(default_factory=lambda: UUID(int=0))
    inputs: dict[str, list[Any]] = field(default_factory=dict)
    """The variables of each case, one for each request of a measurement."""

    def __post_init__(self) -> None:
        until = datetime.now(UTC) + timedelta(hours=9)
        self.caller = Caller(self.tenant, "bench", "bench", ADMIN, until, "1")
        self.documents = {
            each: (DOCUMENTS / f"{each}.graphql").read_text() for each in WRITE_HANDLERS
        }

    async def ask(self, document: str, variables: Any) -> Any:
        """Send a mutation of which nothing may be refused, and return its payload."""
        response = await self.engine.execute(
            Request(document, variables), self.caller, request_id="bench"
        )
        (payload,) = orjson.loads(response.body)["data"].values()
        assert payload["errors"] == [], payload["errors"][:3]
        return payload

    async def send(self, case: str) -> None:
        """Send the requests of a case."""
        for each in self.inputs[case]:
            await self.ask(self.documents[case], each)

    async def send_by_hand(self, case: str) -> None:
        """Do the same by hand."""
        parameters = {"tenant": self.tenant, "person": self.person, "led": list[UUID]()}
        parameters["today"] = datetime.now(UTC).date()
        for each in self.inputs[case]:
            variables = strip_id_prefixes(each)
            async with self.writing.acquire() as connection:
                await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{self.tenant}'")
                await WRITE_HANDLERS[case](connection, parameters, variables)
                await connection.execute("COMMIT")

    async def prepare(self) -> None:
        """Add people and goals, and read what the cases send."""
        async with self.writing.acquire() as connection, connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{self.tenant}'")
            await connection.execute(GIVE_HR_ROLE, self.tenant)
            self.person = await connection.fetchval("SELECT id FROM people")
        unit = {"name": "Operations", "code": "OPS", "kind": "DIVISION", "startsOn": "2026-01-01"}
        made = await self.ask(CREATE_UNIT, {"input": unit})
        unit_id = UUID(made["organization"]["id"].removeprefix("org_"))
        for n in range(PEOPLE // 250):
            await insert_people(self.writing, self.tenant, unit_id, f"p{n}x", 250)
        self.inputs["create"] = await self._read_inputs(NEW_GOALS_SQL, self.tenant)
        await self.send("create")
        async with self.writing.acquire() as connection, connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{self.tenant}'")
            await connection.execute("UPDATE goals SET status = 'active'")
        self.inputs["check-in"] = await self._read_inputs(CHECK_INS_SQL, self.tenant, self.person)
        assert len(self.inputs["check-in"]) == CHECK_INS

    async def _read_inputs(self, text: str, *parameters: Any) -> list[Any]:
        async with self.writing.acquire() as connection, connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{self.tenant}'")
            return [orjson.loads(each) for (each,) in await connection.fetch(text, *parameters)]

    async def measure(self, call: Call) -> tuple[float, float, float]:
        """Return the milliseconds of a call, and those of CPU here and in the database."""
        database = await self._read_database_cpu()
        began, process = time.perf_counter(), time.process_time()
        await call()
        wall, process = time.perf_counter() - began, time.process_time() - process
        used = await self._read_database_cpu() - database
        return wall * 1e3, process * 1e3, used / 1e6

    async def _read_database_cpu(self) -> int:
        return sum(map(read_cpu_nanoseconds, await list_connections(self.owner_url)))


def main(rounds: int = 9) -> None:
    """Measure both ways in turn, and print the medians and their ratios."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            asyncio.run(measure(database, settings, rounds))


async def measure(database: Database, settings: Settings, rounds: int) -> None:
    """Measure in a new tenant of this database."""
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
        await _round(bench)
        async with open_connection(database.required_owner_url) as connection:
            await connection.execute("VACUUM ANALYZE")
        await _round(bench)
        _report([await _round(bench) for _ in range(rounds)])


async def _round(bench: Bench) -> dict[str, tuple[float, float, float]]:
    found = dict[str, tuple[float, float, float]]()
    for case in WRITE_HANDLERS:
        found[case] = await bench.measure(partial(bench.send, case))
        found[f"{case} by hand"] = await bench.measure(partial(bench.send_by_hand, case))
    return found


def _report(found: list[dict[str, tuple[float, float, float]]]) -> None:
    for name in found[0]:
        wall, own, used = (median(each[name][part] for each in found) for part in range(3))
        print(f"{name}: {wall:.1f} ms, CPU {own:.1f} ms here and {used:.1f} ms in the database")
    for case in WRITE_HANDLERS:
        pairs = [(each[f"{case} by hand"], each[case]) for each in found]
        wall = median(hand[0] / own[0] for hand, own in pairs)
        cpu = median(sum(hand[1:]) / sum(own[1:]) for hand, own in pairs)
        goal = TARGETS[case].floor
        print(f"SQL by hand to {case}: {wall:.2f}, of CPU {cpu:.2f}; goal {goal}")


if __name__ == "__main__":
    typer.run(main)
