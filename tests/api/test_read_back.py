"""What a mutation changed is read back after the commit, on the read pool."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api.kernel.execution import mutation_execution
from api.kernel.execution.deadline import DEADLINE
from domain.kernel.identity import TenantId
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import create_read_pool, create_write_pool
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.graph import DatabaseGraph
from tests.reads.statement_recorder import DRIVER_STATEMENTS

pytestmark = pytest.mark.anyio

CREATE = """mutation($input: GoalCreateInput!) {
  goalCreate(input: $input) { goal { title } errors { code message field index } } }"""
KEYED = """mutation($input: GoalCreateInput!) {
  goalCreate(input: $input) @idempotent(key: "k") { goal { title } errors { code } } }"""
BATCH = """mutation($inputs: [GoalCreateInput!]!) {
  goalCreateBatch(inputs: $inputs) { goals { title } errors { code index } } }"""
CHECK_IN = """mutation($input: GoalCheckInInput!) {
  goalCheckIn(input: $input) {
    goal { version } checkIn { confidence } again: goal { version } errors { code } } }"""
GOAL = {"title": "Late parcels", "dueOn": "2031-01-31"}


@pytest.fixture
async def world(
    pool: asyncpg.Pool, writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> World:
    return await a_world(pool, writing, keep, tenant_id)


@pytest.fixture
async def small_pools(addresses: DatabaseUrls) -> AsyncIterator[tuple[Any, Any]]:
    """Open a read pool and a write pool of one connection each."""
    async with (
        await create_read_pool(addresses.serving, max_size=1) as reading,
        await create_write_pool(addresses.serving, max_size=1) as writing,
    ):
        yield reading, writing


@pytest.fixture
def small(world: World, small_pools: tuple[Any, Any]) -> DatabaseGraph:
    return DatabaseGraph(*small_pools, world.graph.tenant_id)


def record_statements(pool: Any, statements: list[str]) -> Any:
    """Return a recorder of the first words of a pool's statements, to use as a context."""

    def record(sent: Any) -> None:
        if not any(word in sent.query for word in DRIVER_STATEMENTS):
            statements.append(sent.query.split()[0].strip(";"))

    return pool._holders[0]._con.query_logger(record)


async def list_titles(world: World) -> list[str]:
    found = await world.graph.query("mara", "{ goals(first: 100) { nodes { title } } }")
    return sorted(each["title"] for each in found["goals"]["nodes"])


@pytest.mark.plain_postgresql("On Citus each part of a write is a statement.")
async def test_a_check_in_writes_in_two_trips_and_reads_back_on_the_read_pool_in_one(
    world: World, small: DatabaseGraph, small_pools: tuple[Any, Any]
) -> None:
    reading, writing = small_pools
    input = {"id": world.goal_id, "confidence": "ON_TRACK", "values": []}
    await small.mutate("mara", CHECK_IN, **input)  # opens the connections, caches the actor
    reads, writes = list[str](), list[str]()
    with record_statements(reading, reads), record_statements(writing, writes):
        payload = await small.mutate("mara", CHECK_IN, **input)
        await asyncio.sleep(0)  # the driver logs in the next iteration
    assert payload == {
        "goal": {"version": 3},
        "checkIn": {"confidence": "ON_TRACK"},
        "again": {"version": 3},
        "errors": [],
    }
    assert (writes, reads) == (["SELECT", "WITH"], ["SELECT"])


async def test_no_connection_to_read_with_leaves_a_saved_change_that_says_so(
    world: World,
    small: DatabaseGraph,
    small_pools: tuple[Any, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await list_titles(world)
    monkeypatch.setattr(mutation_execution, "READ_BACK_TIMEOUT", 0.05)
    async with small_pools[0].acquire():
        assert await small.mutate("mara", CREATE, **GOAL) == {
            "goal": None,
            "errors": [
                {
                    "code": "COMMITTED_NOT_READ",
                    "message": "The change is saved, but the object could not be read. "
                    "Do not repeat the change; read the object again.",
                    "field": None,
                    "index": None,
                }
            ],
        }
        batch = await small.query("mara", BATCH, inputs=[GOAL, GOAL])
        unread = [{"code": "COMMITTED_NOT_READ", "index": None}]
        assert batch == {"goalCreateBatch": {"goals": [], "errors": unread}}
    assert await list_titles(world) == sorted([*before, *["Late parcels"] * 3])


async def test_a_repetition_of_an_unread_change_reads_it(
    world: World,
    small: DatabaseGraph,
    small_pools: tuple[Any, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await list_titles(world)
    monkeypatch.setattr(mutation_execution, "READ_BACK_TIMEOUT", 0.05)
    unread = {"goal": None, "errors": [{"code": "COMMITTED_NOT_READ"}]}
    async with small_pools[0].acquire():
        for _ in range(2):
            assert await small.mutate("mara", KEYED, **GOAL) == unread
    monkeypatch.undo()
    read = {"goal": {"title": "Late parcels"}, "errors": []}
    assert await small.mutate("mara", KEYED, **GOAL) == read
    assert await list_titles(world) == sorted([*before, "Late parcels"])


async def test_a_read_back_ends_before_the_deadline_of_its_request(
    world: World, small: DatabaseGraph, small_pools: tuple[Any, Any]
) -> None:
    before = await list_titles(world)
    deadline = DEADLINE.set(0.0)  # has passed
    async with small_pools[0].acquire():
        payload = await small.mutate("mara", CREATE, **GOAL)
    DEADLINE.reset(deadline)
    assert [each["code"] for each in payload["errors"]] == ["COMMITTED_NOT_READ"]
    assert await list_titles(world) == sorted([*before, "Late parcels"])


async def test_a_slow_reader_holds_no_connection_that_writers_need(
    world: World, small: DatabaseGraph, small_pools: tuple[Any, Any]
) -> None:
    reading, writing = small_pools
    before = await list_titles(world)
    async with reading.acquire():
        changes = [asyncio.create_task(small.mutate("mara", CREATE, **GOAL)) for _ in range(3)]
        for _ in range(1_000):
            if len(await list_titles(world)) == len(before) + 3:
                break
        assert writing.get_idle_size() == 1
        assert not any(each.done() for each in changes)
    assert [(await each)["errors"] for each in changes] == [[], [], []]
