"""Of many concurrent edits of one version, exactly one succeeds."""

import asyncio
from collections import Counter
from typing import Any

import orjson
import pytest

from domain.kernel.identity import TenantId
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.resilience.scale import print_result, select_scale

pytestmark = pytest.mark.anyio

EDITORS = 100
EDIT_MUTATION = """
mutation($input: GoalEditInput!) {
  goalEdit(input: $input) { goal { version title } errors { code } }
}"""
STATE_QUERY = "query($id: ID!) { goal(by: {id: $id}) { version title history { totalCount } } }"


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def test_exactly_one_of_a_hundred_editors_wins_each_round(world: World) -> None:
    rounds = select_scale(3, 100)
    for version in range(1, rounds + 1):
        titles = [f"Round {version}, editor {number}" for number in range(EDITORS)]
        payloads = await asyncio.gather(*(edit_title(world, each, version) for each in titles))
        won = [title for title, each in zip(titles, payloads, strict=True) if each["errors"] == []]
        codes = Counter(each["errors"][0]["code"] for each in payloads if each["errors"])
        assert len(won) == 1
        assert codes == {"VERSION_CONFLICT": EDITORS - 1}
        state = await world.graph.query("admin", STATE_QUERY, id=world.goal_id)
        assert state["goal"] == {
            "version": version + 1,
            "title": won[0],
            "history": {"totalCount": version + 1},
        }
    print_result(f"{rounds} rounds of {EDITORS} editors: one winner each.")


async def test_an_edit_without_a_version_overwrites(world: World) -> None:
    """Without `expectedVersion` both edits of version 1 succeed, and the first is lost."""
    first, second = await edit_title(world, "First", None), await edit_title(world, "Second", None)
    assert first["errors"] == second["errors"] == []
    state = await world.graph.query("admin", STATE_QUERY, id=world.goal_id)
    assert state["goal"]["title"] == "Second"


async def edit_title(world: World, title: str, version: int | None) -> Any:
    """Return the payload; retry where no connection was free in time, as nothing was done."""
    told = {"id": world.goal_id, "title": title, "expectedVersion": version}
    while (answer := await world.graph.execute("mara", EDIT_MUTATION, input=told)).status == 503:
        assert b'"code":"UNAVAILABLE"' in answer.body, answer.body
    return orjson.loads(answer.body)["data"]["goalEdit"]
