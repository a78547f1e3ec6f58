"""Idempotency keys: one key has one effect, however often and concurrently it is sent."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import asyncpg
import orjson
import pytest

from api.kernel.execution.engine import Request
from api.kernel.execution.idempotency import parse_key_header
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from persistence.unit_of_work import idempotency_keys
from persistence.unit_of_work import work as unit
from tests.api.world import World, a_world
from tests.conftest import SAVE, SaveAggregates
from tests.factories.actors import NOW, an_admin
from tests.factories.graph import Json, a_caller
from tests.factories.tenants import a_registered_tenant

pytestmark = pytest.mark.anyio

KEYED = """
mutation($key: String!, $input: GoalCreateInput!) {
  goalCreate(input: $input) @idempotent(key: $key) { goal { id title version } errors { code } }
}"""
KEYLESS = """
mutation($input: GoalCreateInput!) { goalCreate(input: $input) { goal { id } errors { code } } }
"""
EDIT = """
mutation($key: String!, $input: GoalEditInput!) {
  goalEdit(input: $input) @idempotent(key: $key) { goal { version title } errors { code } }
}"""
GOAL = {"title": "Fewer late parcels", "dueOn": "2031-01-31"}


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def execute(
    world: World, who: str, query: str, header: str | None = None, **given: Any
) -> Json:
    request = Request(query, given, idempotency_key=header)
    caller = a_caller(world.graph.tenant_id, who)
    answer = await world.graph.engine.execute(request, caller, request_id="request-1")
    return cast("Json", orjson.loads(answer.body))


async def count_goals(world: World, who: str = "mara") -> int:
    found = await world.graph.query(who, "{ goals { totalCount } }")
    return int(found["goals"]["totalCount"])


async def test_fifty_at_once_with_one_key_make_one_goal(world: World) -> None:
    before = await count_goals(world)
    answers = await asyncio.gather(
        *(execute(world, "mara", KEYED, key="k", input=GOAL) for _ in range(50))
    )
    assert len({orjson.dumps(each["data"]) for each in answers}) == 1
    assert answers[0]["data"]["goalCreate"]["errors"] == []
    replays = [each["extensions"].get("idempotency") for each in answers]
    assert replays.count(None) == 1
    assert replays.count({"replayed": True, "fields": ["goalCreate"]}) == 49
    assert await count_goals(world) == before + 1


async def test_without_a_key_each_makes_its_own(world: World) -> None:
    before = await count_goals(world)
    await asyncio.gather(*(execute(world, "mara", KEYLESS, input=GOAL) for _ in range(5)))
    assert await count_goals(world) == before + 5


async def test_the_key_may_come_in_the_header(world: World) -> None:
    before = await count_goals(world)
    for _ in range(2):
        answer = await execute(world, "mara", KEYLESS, header="in-the-header", input=GOAL)
    assert answer["extensions"]["idempotency"]["replayed"] is True
    both = await execute(world, "mara", KEYED, header="in-the-header", key="another", input=GOAL)
    assert both["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await count_goals(world) == before + 1
    assert parse_key_header({"idempotency-key": '"quoted"'}) == "quoted"


async def test_the_same_key_for_something_else_is_refused(world: World) -> None:
    first = await execute(world, "mara", KEYED, key="k", input=GOAL)
    other = await execute(world, "mara", KEYED, key="k", input={**GOAL, "title": "Another"})
    id_ = first["data"]["goalCreate"]["goal"]["id"]
    verb = await execute(world, "mara", EDIT, key="k", input={"id": id_, "title": "Another"})
    refused = {"goal": None, "errors": [{"code": "IDEMPOTENCY_KEY_REUSED"}]}
    assert other["data"] == {"goalCreate": refused}
    assert verb["data"] == {"goalEdit": refused}


async def test_another_members_and_another_tenants_same_key_is_another_key(
    world: World, pool: Any, writing: Any, owner: asyncpg.Connection
) -> None:
    elsewhere = await a_registered_tenant(owner)

    async def keep(*aggregates: Aggregate) -> None:
        async with unit.work(writing, an_admin(elsewhere), now=NOW) as begun:
            for each in aggregates:
                await begun.add(each, to=SAVE)

    other = await a_world(pool, writing, keep, elsewhere)
    made = [
        await execute(world, "mara", KEYED, key="k", input=GOAL),
        await execute(world, "ben", KEYED, key="k", input=GOAL),
        await execute(other, "mara", KEYED, key="k", input=GOAL),
    ]
    assert len({each["data"]["goalCreate"]["goal"]["id"] for each in made}) == 3
    assert all("idempotency" not in each["extensions"] for each in made)


async def test_a_refusal_leaves_nothing_and_may_be_tried_again(world: World) -> None:
    stale = {"id": world.goal_id, "title": "New", "expectedVersion": 7}
    refused = await execute(world, "admin", EDIT, key="k", input=stale)
    assert refused["data"]["goalEdit"]["errors"] == [{"code": "VERSION_CONFLICT"}]
    again = await execute(world, "admin", EDIT, key="k", input={**stale, "expectedVersion": 1})
    assert again["data"]["goalEdit"] == {"goal": {"version": 2, "title": "New"}, "errors": []}
    replay = await execute(world, "admin", EDIT, key="k", input={**stale, "expectedVersion": 1})
    assert replay["data"] == again["data"]
    assert replay["extensions"]["idempotency"]["replayed"] is True


async def test_a_replay_shows_what_the_member_may_see_by_then(world: World) -> None:
    about_ben = {
        **GOAL,
        "owner": {"personId": world.encode_person_id("ben")},
        "visibility": "REPORTING_CHAIN",
    }
    first = await execute(world, "manager", KEYED, key="k", input=about_ben)
    id_ = first["data"]["goalCreate"]["goal"]["id"]
    line = """mutation($input: PersonAssignManagerInput!) {
        personAssignManager(input: $input) { errors { code message field } } }"""
    moved = await world.graph.mutate(
        "admin", line, id=world.encode_person_id("ben"), managerId=world.encode_person_id("admin")
    )
    assert moved["errors"] == []
    unseen = await world.graph.query(
        "manager", "query($id: ID!) { goal(by: {id: $id}) { id } }", id=id_
    )
    replay = await execute(world, "manager", KEYED, key="k", input=about_ben)
    assert unseen == {"goal": None}
    assert replay["data"] == {"goalCreate": {"goal": None, "errors": []}}
    assert replay["extensions"]["idempotency"]["replayed"] is True


async def test_several_mutations_have_keys_of_their_own(world: World) -> None:
    two = """mutation($input: GoalCreateInput!) {
        a: goalCreate(input: $input) @idempotent(key: "a") { goal { id } }
        b: goalCreate(input: $input) @idempotent(key: "b") { goal { id } }
    }"""
    first = await execute(world, "mara", two, input=GOAL)
    second = await execute(world, "mara", two, input=GOAL)
    assert first["data"] == second["data"]
    assert first["data"]["a"] != first["data"]["b"]
    assert second["extensions"]["idempotency"]["fields"] == ["a", "b"]
    headed = await execute(world, "mara", two, header="for-which?", input=GOAL)
    assert headed["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\t", "é", "null\0"])
async def test_a_key_that_cannot_be_kept_is_refused(world: World, key: str) -> None:
    before = await count_goals(world)
    answer = await execute(world, "mara", KEYED, key=key, input=GOAL)
    assert answer["errors"][0]["extensions"]["code"] in ("BAD_USER_INPUT", "BAD_REQUEST")
    assert await count_goals(world) == before


@pytest.mark.parametrize(
    "query",
    [
        '{ goals @idempotent(key: "k") { totalCount } }',
        """mutation($input: GoalCreateInput!) {
            goalCreate(input: $input) { goal @idempotent(key: "k") { id } } }""",
    ],
)
async def test_a_key_protects_mutations_only(world: World, query: str) -> None:
    answer = await execute(world, "mara", query, input=GOAL)
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_key_is_forgotten_after_a_week(world: World, pool: asyncpg.Pool) -> None:
    first = await execute(world, "mara", KEYED, key="old", input=GOAL)
    await execute(world, "mara", KEYED, key="older", input=GOAL)
    async with pool.acquire() as lent, lent.transaction():
        await lent.execute(f"SET LOCAL app.tenant_id = '{world.graph.tenant_id}'")
        await lent.execute(
            "UPDATE idempotency_keys SET used_at = $1",
            NOW - idempotency_keys.RETENTION - timedelta(seconds=1),
        )
    again = await execute(world, "mara", KEYED, key="old", input=GOAL)
    assert again["data"] != first["data"]
    async with pool.acquire() as lent, lent.transaction():
        await lent.execute(f"SET LOCAL app.tenant_id = '{world.graph.tenant_id}'")
        kept = await lent.fetch("SELECT key FROM idempotency_keys")
    assert [row["key"] for row in kept] == ["old"]
