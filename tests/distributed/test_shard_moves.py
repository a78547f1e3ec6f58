"""On a cluster: while the tenant's shards move, no change is lost, doubled or half done."""

import asyncio
import os
from collections import Counter
from typing import Any

import asyncpg
import orjson
import pytest

from api.kernel.execution.engine import Request
from domain.kernel.errors import Code
from domain.kernel.identity import TenantId
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import FastCloseConnection
from persistence.kernel.schema.shard_check import check_shards
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.graph import a_caller
from tests.persistence.test_clocks import assert_no_gap, inside

pytestmark = pytest.mark.anyio

CLIENTS = 4
CHECK_IN = """mutation($input: GoalCheckInInput!) {
  goalCheckIn(input: $input) { checkIn { id } errors { code } } }"""
READ = "query($id: ID!) { goal(by: { id: $id }) { checkIns { totalCount } } }"
COUNT_NOTES = "SELECT note, count(*) FROM check_ins WHERE tenant_id = $1 GROUP BY note"
RETRYABLE = {Code.VERSION_CONFLICT, "UNAVAILABLE", "TIMEOUT"}
PLACE = """
SELECT shardid, nodeport FROM citus_shards
WHERE shardid = get_shard_id_for_distribution_column('tenants', $1::uuid)
"""
MOVE = """
SELECT citus_move_shard_placement(
    s.shardid, s.nodename, s.nodeport::int, o.nodename, o.nodeport::int,
    shard_transfer_mode => '{}')
FROM citus_shards s, citus_get_active_worker_nodes() AS o(nodename, nodeport)
WHERE s.shardid = get_shard_id_for_distribution_column('tenants', $1::uuid)
  AND (s.nodename, s.nodeport) <> (o.nodename, o.nodeport::int)
LIMIT 1
"""
ISOLATE = """
SELECT isolate_tenant_to_new_shard('tenants', $1::uuid, 'CASCADE', shard_transfer_mode => '{}')
"""
CHANGES = {
    "move, auto": MOVE.format("auto"),
    "move, force_logical": MOVE.format("force_logical"),
    "move, block_writes": MOVE.format("block_writes"),
    "isolate, block_writes": ISOLATE.format("block_writes"),
}
"""Citus may never finish to isolate a tenant in its other modes while rows change."""


class Client:
    """A member who checks in and reads, one after the other, and retries with a key."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.engine = world.graph.engine
        self.noted: list[str] = []
        self.refusals: Counter[str] = Counter()

    async def run_until(self, moved: "asyncio.Task[Any]") -> None:
        """Go on until the move ends, and once more."""
        is_last = False
        while not is_last:
            is_last = moved.done()
            note = f"{self.name}, {len(self.noted)}"
            while code := await self._check_in(note):
                self.refusals[code] += 1
                await asyncio.sleep(0.05)
            self.noted.append(note)
            await self._execute(Request(READ, {"id": self.world.goal_id}))

    async def _check_in(self, note: str) -> str | None:
        """Return the code of the error; None after the change was made."""
        told = {"id": self.world.goal_id, "confidence": "ON_TRACK", "note": note, "values": []}
        body = await self._execute(Request(CHECK_IN, {"input": told}, idempotency_key=note))
        errors = body.get("errors") or body["data"]["goalCheckIn"]["errors"]
        return find_code(errors[0]) if errors else None

    async def _execute(self, request: Request) -> Any:
        caller = a_caller(self.world.graph.tenant_id, "admin")
        answer = await self.engine.execute(request, caller, request_id="request-1")
        return orjson.loads(answer.body)


def find_code(error: Any) -> str:
    return str(error.get("code") or error["extensions"]["code"])


@pytest.fixture
async def superuser(owner: FastCloseConnection) -> Any:
    """Connect as a superuser, while the owner passes row-level security, as shard moves need."""
    if owner.engine_kind is EngineKind.PLAIN:
        pytest.skip("Needs a cluster: make test-distributed CLUSTER_URL=postgresql://…")
    url = os.environ.get("CLUSTER_SUPERUSER_URL")
    if url is None:
        pytest.skip("Needs CLUSTER_SUPERUSER_URL: only a superuser may move shards.")
    connection = await asyncpg.connect(url)
    name = await owner.fetchval("SELECT quote_ident(current_user)")
    await connection.execute(f"ALTER ROLE {name} BYPASSRLS")
    yield connection
    await connection.execute(f"ALTER ROLE {name} NOBYPASSRLS")
    await connection.close()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_shards_change_while_their_tenant_is_read_and_changed(
    superuser: asyncpg.Connection,
    pool: Any,
    writing: Any,
    keep: SaveAggregates,
    tenant_id: TenantId,
    change: str,
) -> None:
    world = await a_world(pool, writing, keep, tenant_id)
    clients = [Client(world, f"Client {number}") for number in range(CLIENTS)]
    before = await superuser.fetchrow(PLACE, tenant_id)
    changed = asyncio.create_task(superuser.execute(change, tenant_id, timeout=240))
    await asyncio.gather(*(each.run_until(changed) for each in clients))
    await changed

    assert await superuser.fetchrow(PLACE, tenant_id) != before
    assert {code for each in clients for code in each.refusals} <= RETRYABLE
    async with inside(pool, tenant_id) as connection:
        notes = dict(await connection.fetch(COUNT_NOTES, tenant_id))
    assert notes == {note: 1 for client in clients for note in client.noted}
    await assert_no_gap(pool, tenant_id)


async def test_an_owner_that_still_passes_row_level_security_is_found(
    superuser: asyncpg.Connection, owner: FastCloseConnection
) -> None:
    name = await owner.fetchval("SELECT current_user")
    (problem,) = await check_shards(owner)
    assert problem == (
        f"The owner {name} passes row-level security. When no shard is being moved, run"
        f" `ALTER ROLE {name} NOBYPASSRLS`."
    )
