"""Many tenants share few connections, are cancelled and timed out, and see only their own rows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.kernel.identity import TenantId, generate_id
from persistence.embedded import DatabaseUrls
from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.kernel.pools import connect, create_read_pool, create_write_pool
from persistence.reading.reader import Reader
from persistence.unit_of_work import work as unit
from tests.factories.actors import NOW, an_admin
from tests.resilience.harness import a_trellis
from tests.resilience.pgbouncer import PGBOUNCER, a_bouncer
from tests.resilience.scale import print_result, select_scale

pytestmark = pytest.mark.anyio

TENANTS = 200
TASKS = 64
CONNECTIONS = 4
INSERT_MARK = (
    "INSERT INTO words (tenant_id, entity, word, entity_id) VALUES ($1, 'mark', 'mark', $1)"
)
SELECT_MARKS = "SELECT tenant_id FROM words"
SLOW_STATEMENT = "SET LOCAL statement_timeout = 5; SELECT pg_sleep(1)"
MISSING_CONTEXT_ERRORS = (asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)

OUTCOME_WEIGHTS = {"seen": 80, "cancelled": 10, "timed_out": 5, "forgetful": 5}
"""The weights of the outcomes, in percent."""

OpenConnection = Callable[[UUID | None], Any]


@pytest.fixture(scope="module")
async def tenants(addresses: DatabaseUrls) -> list[TenantId]:
    """Create tenants with one marked row each."""
    made = [TenantId(generate_id()) for _ in range(TENANTS)]
    connection = await connect(addresses.serving)
    for each in made:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{each}'")
            await connection.execute(INSERT_MARK, each)
    await connection.close()
    return made


@dataclass
class ConcurrentTenants:
    """Tasks that read in tenants; some are cancelled, some time out, some set no tenant."""

    tenants: list[TenantId]
    foreign_rows: int = 0
    refusal_count: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOME_WEIGHTS, 0))

    async def run(self, transactions: int, *ways: OpenConnection) -> None:
        numbers = iter(range(transactions))
        await asyncio.gather(
            *(self._run_worker(numbers, ways, Random(task)) for task in range(TASKS))
        )

    async def _run_worker(
        self, numbers: Any, ways: tuple[OpenConnection, ...], chance: Random
    ) -> None:
        for _ in numbers:
            way, tenant_id = chance.choice(ways), chance.choice(self.tenants)
            kind = chance.choices(list(OUTCOME_WEIGHTS), list(OUTCOME_WEIGHTS.values()))[0]
            self.outcomes[kind] += 1
            if kind == "cancelled":
                task = asyncio.ensure_future(self._run_transaction(way, tenant_id, "seen"))
                await asyncio.sleep(chance.uniform(0, 0.02))
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            else:
                await self._run_transaction(way, tenant_id, kind)

    async def _run_transaction(self, way: OpenConnection, tenant_id: TenantId, kind: str) -> None:
        try:
            async with way(None if kind == "forgetful" else tenant_id) as connection:
                if kind == "timed_out":
                    await connection.execute(SLOW_STATEMENT)
                rows = await connection.fetch(SELECT_MARKS)
        except (asyncpg.QueryCanceledError, DatabaseUnavailable):
            assert kind == "timed_out"
        except MISSING_CONTEXT_ERRORS:
            assert kind == "forgetful"
            self.refusal_count += 1
        else:
            self.foreign_rows += [row["tenant_id"] for row in rows] != [tenant_id]


@asynccontextmanager
async def create_openers(url: str) -> AsyncIterator[tuple[OpenConnection, OpenConnection]]:
    """Create the ways in which reads and changes enter a tenant."""
    pool, writing = (
        await create_read_pool(url, max_size=CONNECTIONS),
        await create_write_pool(url, max_size=CONNECTIONS),
    )
    reader = Reader(pool)

    @asynccontextmanager
    async def reading(tenant_id: UUID | None) -> AsyncIterator[Any]:
        if tenant_id is None:
            async with pool.acquire() as lent:
                yield lent
            return
        async with reader.open_snapshot(TenantId(tenant_id)) as snapshot:
            yield snapshot.connection

    @asynccontextmanager
    async def changing(tenant_id: UUID | None) -> AsyncIterator[Any]:
        if tenant_id is None:
            async with reading(None) as lent:
                yield lent
            return
        async with unit.work(writing, an_admin(TenantId(tenant_id)), now=NOW) as work:
            yield await work.get_connection()

    yield reading, changing
    for each in (pool, writing):
        assert each.get_idle_size() == each.get_size()
        await each.close()


async def test_nobody_sees_a_foreign_row(addresses: DatabaseUrls, tenants: list[TenantId]) -> None:
    crowd = ConcurrentTenants(tenants)
    transactions = select_scale(5_000, 100_000)
    async with create_openers(addresses.serving) as ways:
        await crowd.run(transactions, *ways)
    print_result(
        f"{transactions} transactions, {crowd.outcomes}: {crowd.foreign_rows} foreign rows."
    )
    assert crowd.foreign_rows == 0
    assert crowd.refusal_count == crowd.outcomes["forgetful"]
    assert all(crowd.outcomes.values())


async def test_a_tenant_that_is_set_for_the_session_leaks(
    addresses: DatabaseUrls, tenants: list[TenantId]
) -> None:
    """Without `SET LOCAL`, a transaction that sets no tenant would see the one before."""
    pool = await create_read_pool(addresses.serving, max_size=CONNECTIONS)

    @asynccontextmanager
    async def carelessly(tenant_id: UUID | None) -> AsyncIterator[Any]:
        async with pool.acquire() as lent:
            if tenant_id is not None:
                await lent.execute(f"SET app.tenant_id = '{tenant_id}'")
            yield lent

    crowd = ConcurrentTenants(tenants)
    await crowd.run(1_000, carelessly)
    await pool.close()
    assert crowd.foreign_rows > 0


@pytest.mark.skipif(PGBOUNCER is None, reason="There is no PgBouncer here.")
async def test_nobody_sees_a_foreign_row_behind_pgbouncer(
    addresses: DatabaseUrls, tenants: list[TenantId], tmp_path: Path
) -> None:
    crowd = ConcurrentTenants(tenants)
    transactions = select_scale(2_000, 100_000)
    async with a_bouncer(addresses.serving, tmp_path) as url, create_openers(url) as ways:
        await crowd.run(transactions, *ways)
    print_result(
        f"{transactions} transactions behind PgBouncer: {crowd.foreign_rows} foreign rows."
    )
    assert crowd.foreign_rows == 0
    assert crowd.refusal_count == crowd.outcomes["forgetful"]


@pytest.mark.skipif(PGBOUNCER is None, reason="There is no PgBouncer here.")
async def test_everything_works_behind_pgbouncer(addresses: DatabaseUrls, tmp_path: Path) -> None:
    async with (
        a_bouncer(addresses.serving, tmp_path) as url,
        a_trellis(addresses, tmp_path, url) as trellis,
    ):
        client = await trellis.create_client()
        made = await asyncio.gather(
            *(client.create_goal(f"Goal {n}", key=str(n)) for n in range(20))
        )
        assert all(each.is_acknowledged for each in made), made
        assert len(await client.list_titles()) == 20
        await trellis.wait_for_idle_pools()
