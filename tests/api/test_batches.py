"""Batches: many inputs of one mutation in a single unit of work, all or nothing."""

import asyncio
from typing import Any, cast

import asyncpg
import orjson
import pytest

from api.kernel.execution.engine import Request
from api.kernel.schema.mutations import MAX_BATCH_SIZE
from domain.kernel.identity import TenantId, generate_id
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.graph import a_caller

pytestmark = pytest.mark.anyio

CREATE = """
mutation($inputs: [GoalCreateInput!]! %s) {
  goalCreateBatch(inputs: $inputs) %s {
    goals { id title version owner { ... on Person { name } } keyResults { nodes { title } } }
    errors { code field index }
  }
}"""
KEYLESS, KEYED = CREATE % ("", ""), CREATE % ("$key: String!", "@idempotent(key: $key)")
JOURNAL_SQL = """
SELECT entity_id, action, seq FROM journal
WHERE tenant_id = $1 AND entity = 'goal' AND number - seq = (
    SELECT number - seq FROM journal WHERE tenant_id = $1 ORDER BY number DESC LIMIT 1)
ORDER BY number
"""


@pytest.fixture
async def world(
    pool: asyncpg.Pool, writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def execute_batch(
    world: World, who: str, *inputs: Any, query: str = KEYLESS, key: str = ""
) -> Any:
    """Execute a batch; return the whole response."""
    request = Request(query, {"inputs": list(inputs), **({"key": key} if key else {})})
    caller = a_caller(world.graph.tenant_id, who)
    answer = await world.graph.engine.execute(request, caller, request_id="request-1")
    return cast("Any", orjson.loads(answer.body))


async def create_goals(world: World, who: str, *inputs: Any) -> Any:
    """Create goals in a batch; return the payload."""
    return (await execute_batch(world, who, *inputs))["data"]["goalCreateBatch"]


def a_row(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "dueOn": "2031-01-31", **more}


async def count_goals(world: World) -> int:
    found = await world.graph.query("mara", "{ goals { totalCount } }")
    return int(found["goals"]["totalCount"])


async def test_every_row_comes_back_in_its_place(world: World) -> None:
    measured = {"title": "Late parcels", "startValue": "0", "targetValue": "10"}
    rows = [a_row(f"Goal {n}", keyResults=[measured] * (n % 3)) for n in range(MAX_BATCH_SIZE)]
    payload = await create_goals(world, "mara", *rows)
    assert payload["errors"] == []
    assert [each["title"] for each in payload["goals"]] == [each["title"] for each in rows]
    assert [len(each["keyResults"]["nodes"]) for each in payload["goals"]] == [
        n % 3 for n in range(MAX_BATCH_SIZE)
    ]
    assert {each["owner"]["name"] for each in payload["goals"]} == {"Mara Okafor"}
    assert {each["version"] for each in payload["goals"]} == {1}


async def test_each_row_that_is_refused_says_which_and_nothing_is_kept(world: World) -> None:
    before = await count_goals(world)
    payload = await create_goals(
        world,
        "mara",
        a_row("Good"),
        a_row(""),
        a_row("Nobody's", owner={"personId": f"person_{generate_id()}"}),
        a_row("Malformed", parentId="nonsense"),
        a_row("Ben's", owner={"personId": world.encode_person_id("ben")}),
    )
    assert payload == {
        "goals": [],
        "errors": [
            {"code": "REQUIRED", "field": ["title"], "index": 1},
            {"code": "REFERENCE_NOT_FOUND", "field": ["owner", "personId"], "index": 2},
            {"code": "INVALID_FORMAT", "field": ["parentId"], "index": 3},
            {"code": "NOT_PERMITTED", "field": None, "index": 4},
        ],
    }
    assert await count_goals(world) == before


async def test_a_batch_may_be_empty_but_not_too_large(world: World) -> None:
    before = await count_goals(world)
    assert await create_goals(world, "mara") == {"goals": [], "errors": []}
    payload = await create_goals(world, "mara", *[a_row("One of many")] * (MAX_BATCH_SIZE + 1))
    assert payload["errors"] == [{"code": "LIMIT_EXCEEDED", "field": ["inputs"], "index": None}]
    assert await count_goals(world) == before


async def test_with_a_key_the_rows_are_made_once_and_read_back_as_often_as_asked(
    world: World,
) -> None:
    before, rows = await count_goals(world), [a_row("First"), a_row("Second"), a_row("Third")]
    answers = await asyncio.gather(
        *(execute_batch(world, "mara", *rows, query=KEYED, key="k") for _ in range(10))
    )
    assert len({orjson.dumps(each["data"]) for each in answers}) == 1
    titles = [each["title"] for each in answers[0]["data"]["goalCreateBatch"]["goals"]]
    assert titles == ["First", "Second", "Third"]
    assert await count_goals(world) == before + 3
    other = await execute_batch(world, "mara", *reversed(rows), query=KEYED, key="k")
    (error,) = other["data"]["goalCreateBatch"]["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_every_row_has_its_price(world: World) -> None:
    def cost(answer: Any) -> int:
        return int(answer["extensions"]["cost"]["requestedQueryCost"])

    one, ten = [await execute_batch(world, "mara", *[a_row("Priced")] * n) for n in (1, 10)]
    assert cost(ten) == 10 * cost(one)


@pytest.mark.plain_postgresql("On Citus each part of a write is a statement.")
async def test_however_many_rows_there_are_a_few_statements_do(
    world: World, writing: asyncpg.Pool
) -> None:
    counts = []
    owners = [world.encode_person_id(who) for who in ("mara", "ben", "manager")]
    rows = [a_row("Counted", owner={"personId": owners[n % 3]}) for n in range(MAX_BATCH_SIZE)]
    for number in (1, 1, MAX_BATCH_SIZE):
        sent: list[str] = []
        async with writing.acquire() as lent:
            connection: Any = lent._con  # the pool lends the one that came back last
            connection.add_query_logger(lambda said, sent=sent: sent.append(said.query))
        payload = await create_goals(world, "admin", *rows[:number])
        assert len(payload["goals"]) == number
        await asyncio.sleep(0)
        async with writing.acquire() as lent:
            connection._query_loggers.clear()
        counts.append(len(sent))
    assert counts[1:] == [2, 2]  # the results are read on the read pool
