"""`python -m benchmarks.changes`: how fast one consumer reads the feed of changes.

One tenant in a server of its own has goals, and a journal of edits of them. The first admin reads
all entries by the engine, in the largest pages, with and without the objects.
"""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import orjson
import typer

from api.commands.database_url import Database
from api.commands.tenants import create_tenant
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.request_context import Stores
from api.schema import get_schema
from api.settings import Settings
from benchmarks.dataset.loading import BENCH_DIRECTORY
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from persistence.changes.page import MAX_CHANGES
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.pools import Pool, create_read_pool, create_write_pool
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

TARGET = 20_000
"""Entries a second."""

EMAIL = "ada@okafor.example"
SNAPSHOT = "{ changesSnapshot { cursor } }"
PAGE = f"""query($after: String!) {{ changes(after: $after, first: {MAX_CHANGES}) {{
  changes {{ %s }} typesToRead endCursor hasMore }} }}"""
SELECTIONS = {
    "ids and changed fields": "kind type nodeId fieldsChanged recordedAt",
    "with the objects": "kind nodeId node { ... on Goal { title status dueOn visibility } }",
}
FILL = (
    """
    INSERT INTO goals (tenant_id, id, version, created_at, updated_at, owner_kind, owner_person_id,
      title, visibility, status, starts_on, due_on)
    SELECT $1, gen_random_uuid(), 1, now(), now(), 'person', $2, 'Goal ' || n, 'public', 'active',
      '2026-01-01', '2026-12-31'
    FROM generate_series(1, $3::int / 25) n""",
    """
    INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, changes,
      recorded_at, access_facts)
    SELECT $1, uuidv7(), $4::bigint + n, 1, 'goal', g.id, 'edited',
      '{"title": ["Before", "After"]}',
      now(), json_build_array(json_build_object('owner_person_id', $2::uuid,
        'owner_kind', 'person', 'visibility', 'public', 'status', 'active'))
    FROM generate_series(1, $3::int) n
    JOIN (SELECT id, row_number() OVER () AS at FROM goals WHERE tenant_id = $1) g
      ON g.at = 1 + n % ($3::int / 25)""",
    """
    UPDATE tenant_clocks SET number = $4::bigint + $3::int
    WHERE tenant_id = $1 AND clock = 'journal' AND $2::uuid IS NOT NULL""",
)


def main(entries: int = 50_000, rounds: int = 5) -> None:
    """Fill a tenant, read its feed in some rounds, and print the best and the median rate."""
    BENCH_DIRECTORY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            asyncio.run(_measure(addresses, settings, entries, rounds))


async def _measure(addresses: DatabaseUrls, settings: Settings, entries: int, rounds: int) -> None:
    admin = FirstAdmin("Ada", "Okafor", EMAIL)
    database = Database(addresses.serving, addresses.owner)
    tenant = (await create_tenant(database, settings, "bench", "Bench", admin)).id
    async with (
        await create_read_pool(addresses.serving, min_size=1, max_size=1) as pool,
        await create_write_pool(addresses.serving, max_size=1) as writing,
    ):
        stores = Stores(Reader(pool), writing, "secret", lambda: datetime.now(UTC))
        engine = Engine(get_schema(), stores)
        cursor = (await _ask(engine, tenant, SNAPSHOT))["changesSnapshot"]["cursor"]
        await fill(writing, tenant, entries)
        for name, selection in SELECTIONS.items():
            rates = [
                await _follow(engine, tenant, PAGE % selection, cursor, entries)
                for _ in range(rounds)
            ]
            best, median = max(rates), sorted(rates)[len(rates) // 2]
            verdict = "met" if median >= TARGET else "missed"
            print(f"{name}: {median:,.0f} entries/s, best {best:,.0f}; goal {TARGET:,}: {verdict}")


async def fill(writing: Pool, tenant: TenantId, entries: int) -> None:
    """Add goals, and entries of edits of them to the journal."""
    async with writing.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
        person: UUID = await connection.fetchval(
            "SELECT id FROM people WHERE tenant_id = $1", tenant
        )
        number = await connection.fetchval(
            "SELECT number FROM tenant_clocks WHERE tenant_id = $1 AND clock = 'journal'", tenant
        )
        goals, journal, clock = FILL
        await connection.execute(goals, tenant, person, entries)
        await connection.execute(journal, tenant, person, entries, number)
        await connection.execute(clock, tenant, person, entries, number)


async def _follow(
    engine: Engine, tenant: TenantId, document: str, cursor: str, entries: int
) -> float:
    """Read all entries; return how many a second."""
    count, has_more, started_at = 0, True, time.perf_counter()
    while has_more:
        page = (await _ask(engine, tenant, document, after=cursor))["changes"]
        count += len(page["changes"])
        cursor, has_more = page["endCursor"], page["hasMore"]
    assert count == entries, f"{count} of {entries} entries came."
    return count / (time.perf_counter() - started_at)


async def _ask(engine: Engine, tenant: TenantId, document: str, **variables: str) -> dict:  # type: ignore[type-arg]
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    caller = Caller(tenant, "bench", "https://issuer.example", EMAIL, expires_at, "token")
    response = await engine.execute(Request(document, variables), caller, request_id="bench")
    answer = orjson.loads(response.body)
    if "errors" in answer:
        sys.exit(str(answer["errors"]))
    data: dict[str, dict[str, object]] = answer["data"]
    return data


if __name__ == "__main__":
    typer.run(main)
