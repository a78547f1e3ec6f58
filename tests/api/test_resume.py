"""A subscription goes on after a cursor: each change once, with the rights of now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import orjson
import pytest

from api.kernel.execution.engine import Response
from api.kernel.subscriptions import group
from domain.kernel.identity import TenantId, generate_id
from persistence import change_cursors
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.journal_entries import an_entry
from tests.factories.tenants import a_registered_tenant

pytestmark = pytest.mark.anyio

CHANGED = """subscription($after: String, $id: ID) {
  goalChanged(after: $after, id: $id) { cursor goal { id } hiddenGoalId } }"""
LOG = """subscription($after: String) {
  auditLog(entity: GOAL, after: $after) { cursor action } }"""
CURSOR = "{ tenant { changeCursor } }"
CHECK_IN = "mutation($input: GoalCheckInInput!) { goalCheckIn(input: $input) { errors { code } } }"
EDIT = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"
ENTRIES = "SELECT id FROM journal WHERE tenant_id = $1 AND entity = 'goal' ORDER BY number"


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    world = await a_world(pool, writing, keep, tenant_id)
    world.graph.engine.subscription_hub._feed._poll_interval = 0.01
    return world


async def check_in(world: World) -> None:
    told = await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK")
    assert told == {"errors": []}


async def read_cursor(world: World) -> str:
    cursor: str = (await world.graph.query("mara", CURSOR))["tenant"]["changeCursor"]
    return cursor


async def next_event(events: Any) -> Any:
    """Return the payload of the next event."""
    (payload,) = orjson.loads(await asyncio.wait_for(anext(events), 10))["data"].values()
    return payload


async def list_cursors(world: World, owner: Any) -> list[str]:
    """List the cursors of all changes of goals, in their order."""
    async with owner.transaction(readonly=True):
        await owner.execute(f"SET LOCAL app.tenant_id = '{world.graph.tenant_id}'")
        rows = await owner.fetch(ENTRIES, world.graph.tenant_id)
    return [f"cursor_{row['id']}" for row in rows]


@asynccontextmanager
async def open_long_transaction(world: World, writing: Any) -> AsyncIterator[None]:
    """Open a transaction that begins with a change, and ends after the block with its entry."""
    tenant_id = world.graph.tenant_id
    async with writing.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await connection.execute("UPDATE tenants SET name = name WHERE tenant_id = $1", tenant_id)
        yield
        await an_entry(connection, tenant_id, "goal", world.goal.id)


async def make_changes(world: World, writing: Any, random: Random, count: int) -> None:
    """Make changes, some of which commit after others that began later."""
    while count > 0:
        if count > 1 and random.random() < 0.4:
            async with open_long_transaction(world, writing):
                await check_in(world)
            count -= 2
        else:
            await check_in(world)
            count -= 1


@pytest.mark.parametrize(("seed", "company"), [(1, ()), (2, ("ben",)), (3, ("ben",))])
async def test_a_client_that_reconnects_gets_every_change_once(
    world: World,
    writing: Any,
    owner: Any,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    company: tuple[str, ...],
) -> None:
    random, total, seen = Random(seed), 24, list[str]()
    if seed == 3:  # pages of one change each
        monkeypatch.setattr(group, "MAX_BATCH_COST", 1)
    cursor = await read_cursor(world)
    before = len(await list_cursors(world, owner))
    others = [await world.graph.subscribe(each, CHANGED) for each in company]
    changes = asyncio.create_task(make_changes(world, writing, random, total))
    while len(seen) < total:
        events = await world.graph.subscribe("mara", CHANGED, after=cursor)
        for _ in range(min(random.randrange(4), total - len(seen))):
            cursor = (await next_event(events))["cursor"]
            seen.append(cursor)
        await events.aclose()
        await asyncio.sleep(0)
    await changes
    assert seen == (await list_cursors(world, owner))[before:]
    for each in others:
        assert [(await next_event(each))["cursor"] for _ in range(total)] == seen
        await each.aclose()


async def test_what_was_missed_comes_before_what_is_new(world: World, owner: Any) -> None:
    first = await world.graph.subscribe("mara", LOG)
    await check_in(world)
    cursor = (await next_event(first))["cursor"]
    await first.aclose()
    for _ in range(3):
        await check_in(world)
    resumed = await world.graph.subscribe("mara", LOG, after=cursor)
    await check_in(world)
    found = [await next_event(resumed) for _ in range(4)]
    assert [each["cursor"] for each in found] == (await list_cursors(world, owner))[-4:]
    assert {each["action"] for each in found} == {"CHECKED_IN"}
    await resumed.aclose()


async def test_missed_changes_are_judged_by_the_rights_of_now(world: World, owner: Any) -> None:
    cursor = await read_cursor(world)
    await check_in(world)
    await world.graph.mutate("mara", EDIT, id=world.goal_id, visibility="PRIVATE")
    await world.graph.mutate("mara", EDIT, id=world.goal_id, title="Mine")
    events = await world.graph.subscribe("ben", CHANGED, after=cursor)
    hidden = {"goal": None, "hiddenGoalId": world.goal_id}
    assert await next_event(events) == {
        **hidden,
        "cursor": (await list_cursors(world, owner))[-2],
    }
    await world.graph.mutate("mara", EDIT, id=world.goal_id, visibility="PUBLIC")
    assert (await next_event(events))["goal"] == {"id": world.goal_id}
    await events.aclose()


async def test_a_cursor_that_the_group_has_not_reached_skips_what_comes_before(
    world: World,
) -> None:
    hub = world.graph.engine.subscription_hub
    hub._feed._poll_interval = 0.3
    slow = await world.graph.subscribe("ben", CHANGED)
    await asyncio.sleep(0.05)  # the first poll has found nothing
    await check_in(world)
    cursor = await read_cursor(world)
    ahead = await world.graph.subscribe("mara", CHANGED, after=cursor)
    (shared,) = hub._groups.values()
    assert [after is not None for _, after in shared._subscribers] == [False, True]
    await check_in(world)
    assert (await next_event(slow))["cursor"] == cursor
    newest = await next_event(slow)
    assert await next_event(ahead) == newest
    await ahead.aclose()
    await slow.aclose()


async def read_code(world: World, after: str) -> Any:
    """Read the error of a subscription that is refused."""
    refused = await world.graph.subscribe("mara", CHANGED, after=after)
    assert isinstance(refused, Response)
    (error,) = orjson.loads(refused.body)["errors"]
    return error["extensions"]["code"], error["message"]


async def create_foreign_cursor(owner: Any, writing: Any) -> str:
    """Create the cursor of a change in another tenant."""
    tenant_id = await a_registered_tenant(owner)
    async with writing.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await an_entry(connection, tenant_id, "goal")
        id = await connection.fetchval("SELECT id FROM journal WHERE tenant_id = $1", tenant_id)
    return f"cursor_{id}"


async def test_a_cursor_that_leads_nowhere_is_an_error(
    world: World, owner: Any, writing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = (await list_cursors(world, owner))[0]
    unknown = (
        "CURSOR_INVALID",
        "This cursor is not known here. Read the data again, then subscribe.",
    )
    foreign = await create_foreign_cursor(owner, writing)
    for nonsense in (foreign, f"cursor_{generate_id()}", "", "x", world.goal_id, known.upper()):
        assert await read_code(world, nonsense) == unknown
    monkeypatch.setattr(change_cursors, "MAX_MISSED_ENTRIES", 0)
    await check_in(world)
    code, message = await read_code(world, known)
    assert code == "CURSOR_EXPIRED"
    assert message.endswith("Read the data again, then subscribe after the new `changeCursor`.")
    assert world.graph.engine.subscription_hub._groups == {}
