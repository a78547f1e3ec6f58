"""Subscriptions: each subscriber gets the events that it may see at that moment."""

import asyncio
from typing import Any

import orjson
import pytest

from domain.kernel.identity import TenantId
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates

pytestmark = pytest.mark.anyio

CHANGED = "subscription($id: ID) { goalChanged(id: $id) { title lastCheckIn { note } } }"
CHECK_IN = "mutation($input: GoalCheckInInput!) { goalCheckIn(input: $input) { errors { code } } }"
EDIT = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def next_event(events: Any, seconds: float = 5) -> Any:
    """Return the next event, or None where none comes in time."""
    try:
        return orjson.loads(await asyncio.wait_for(anext(events), seconds))
    except TimeoutError:
        return None


async def test_a_change_is_heard_as_it_was_asked_for(world: World) -> None:
    events = await world.graph.subscribe("ben", CHANGED, id=world.goal_id)
    await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK", note="Dry.")
    assert await next_event(events) == {
        "data": {"goalChanged": {"title": "Fewer late parcels", "lastCheckIn": {"note": "Dry."}}}
    }
    await events.aclose()


async def test_who_may_not_see_it_hears_nothing(world: World) -> None:
    theirs = await world.graph.subscribe("ben", CHANGED)
    own = await world.graph.subscribe("mara", CHANGED)
    await world.graph.mutate("mara", EDIT, id=world.goal_id, visibility="PRIVATE")
    assert (await next_event(own))["data"]["goalChanged"]["title"] == "Fewer late parcels"
    assert await next_event(theirs, 0.5) is None
    await theirs.aclose()
    await own.aclose()


async def test_the_journal_is_for_those_who_may_read_it(world: World) -> None:
    query = "subscription { entry: auditLog(entity: GOAL) { action actor { name } } }"
    theirs = await world.graph.subscribe("ben", query)
    admins = await world.graph.subscribe("admin", query)
    await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK")
    assert await next_event(admins) == {
        "data": {"entry": {"action": "CHECKED_IN", "actor": {"name": "Mara Okafor"}}}
    }
    assert await next_event(theirs, 0.5) is None
    await theirs.aclose()
    await admins.aclose()


async def test_a_listener_who_is_let_in_no_longer_is_told_and_hears_no_more(
    world: World, owner: Any
) -> None:
    events = await world.graph.subscribe("ben", CHANGED)
    await owner.execute(f"SET app.tenant_id = '{world.graph.tenant_id}'")
    await owner.execute("UPDATE members SET status = 'removed' WHERE subject = 'ben'")
    await owner.execute("RESET app.tenant_id")
    await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK")
    last = await next_event(events)
    assert last["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    with pytest.raises(StopAsyncIteration):
        await anext(events)


async def test_a_stranger_cannot_listen(world: World) -> None:
    answer = await world.graph.subscribe("nobody", CHANGED)
    assert (answer.is_executed, answer.status) == (False, 403)


async def test_a_query_sent_as_a_subscription_is_just_answered(world: World) -> None:
    answer = await world.graph.subscribe("ben", "{viewer{person{name}}}")
    assert orjson.loads(answer.body)["data"] == {"viewer": {"person": {"name": "Ben Okafor"}}}
