"""No request leaves reference cycles, so that memory stays flat without the garbage collector."""

import gc
from typing import Any

import pytest

from domain.kernel.identity import TenantId
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates

pytestmark = pytest.mark.anyio

REPETITIONS = 20
MAX_UNREACHABLE_OBJECTS = 20
"""Objects for each answer: SQLAlchemy leaves some of its own when a statement fails."""

DOCUMENTS = {
    "what is read": "{ viewer { person { name } } goals(first: 3) { totalCount nodes { title } } }",
    "what the schema tells": "{ __schema { queryType { name } } goals { totalCount } }",
    "a change": """mutation { goalCreate(input: { title: "Ship", dueOn: "2031-01-31" })
        { goal { title } errors { code } } }""",
    "a change that is refused": """mutation { goalCreate(input: { title: "", dueOn: "2031-01-31" })
        { goal { title } errors { code } } }""",
    "changes that are refused": """mutation { goalCreateBatch(inputs: [
        { title: "Ship", dueOn: "2031-01-31" }, { title: "", dueOn: "2031-01-31" }])
        { goals { title } errors { code index } } }""",
    "an id that is none": '{ node(id: "nobody") { id } }',
    "too many rows": "{ goals(first: 1000) { totalCount } }",
    "a variable that does not fit": "query($first: Int!) { goals(first: $first) { totalCount } }",
    "what fits no schema": "{ nothing }",
    "what is no document": "{",
}


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_an_answer_leaves_nothing_to_the_collector(world: World, document: str) -> None:
    async def answered() -> int:
        for _ in range(REPETITIONS):
            await world.graph.execute("mara", document)
        return gc.collect()

    await answered()
    gc.freeze()  # so that the collector looks at what the answers leave, and at nothing older
    gc.disable()
    try:
        assert await answered() < REPETITIONS * MAX_UNREACHABLE_OBJECTS
    finally:
        gc.enable()
        gc.unfreeze()
