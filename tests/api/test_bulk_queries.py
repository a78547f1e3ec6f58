"""Queries of bulk operations: all pages as lines, with the rights that count when they are read."""

from typing import Any

import asyncpg
import pytest

from api.bulk_processing import exporting
from api.kernel.schema.global_ids import decode_id
from domain.bulk_operations import TASK_HANDLERS
from domain.kernel.background_tasks import build_system_actor
from persistence.unit_of_work.work import work
from tests.api.bulk_story import OPERATION, BulkStory, Crash
from tests.api.company import Company

pytestmark = pytest.mark.anyio

PAGE = "pageInfo { hasNextPage endCursor }"
GOALS = f"query($after: String) {{ goals(first: 2, after: $after) {{ nodes {{ title }} {PAGE} }} }}"


@pytest.fixture
def story(company: Company, writing: asyncpg.Pool) -> BulkStory:
    return BulkStory(company, writing)


async def start(story: BulkStory, query: str, who: str = "mara") -> Any:
    input = {"kind": "QUERY", "query": query}
    return (await story.mutate(who, "bulkOperationRun", OPERATION, **input))["bulkOperation"]


async def read_titles(story: BulkStory, who: str) -> list[str]:
    query = "{ goals(first: 100) { nodes { title } } }"
    found = await story.company.query(who, query)
    return [each["title"] for each in found["goals"]["nodes"]]


async def test_a_query_is_read_to_its_last_page_as_its_account_sees_it(story: BulkStory) -> None:
    seen = {who: await read_titles(story, who) for who in ("mara", "nobody")}
    assert len(seen["mara"]) > len(seen["nobody"])
    for who, titles in seen.items():
        operation = await start(story, GOALS, who)
        await story.work(operation)
        done = await story.read(operation, who)
        assert (done["status"], done["rowCount"]) == ("DONE", len(titles))
        assert [each["title"] for each in await story.download(operation, who)] == titles


async def test_after_a_crash_no_page_is_lost_and_none_is_doubled(
    story: BulkStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles, stored, left = await read_titles(story, "mara"), exporting.advance, [1, 0]

    async def crash(*arguments: Any) -> bool:
        if left and left.pop():
            raise Crash
        return await stored(*arguments)

    left.reverse()
    monkeypatch.setattr(exporting, "advance", crash)
    monkeypatch.setattr(exporting, "SLICE", 0.0)
    operation = await start(story, GOALS)
    for n in range(len(titles)):
        await story.work(operation, crashes=n == 1)
    done = await story.read(operation, "mara")
    assert (done["status"], done["rowCount"]) == ("DONE", len(titles))
    assert [each["title"] for each in await story.download(operation, "mara")] == titles


async def test_the_last_place_is_forgotten_with_the_results(
    story: BulkStory, owner: asyncpg.Connection
) -> None:
    """A cursor holds the values by which a list is ordered, such as the name of a person."""
    operation, graph = await start(story, GOALS), story.company.graph
    await story.work(operation)
    id = decode_id(operation["id"], "bulk")
    select, places = "SELECT cursor FROM bulk_operations WHERE id = $1", []
    handler = TASK_HANDLERS["bulk_operation.forget"]
    for _ in range(2):
        async with owner.transaction():
            await owner.execute(f"SET LOCAL app.tenant_id = '{graph.tenant_id}'")
            places.append(await owner.fetchval(select, id))
        actor = build_system_actor(graph.tenant_id, graph.now.date(), handler)
        async with work(story.writing, actor, now=graph.now) as task:
            await handler.run(task, operation_id=str(id))
    assert places[0]
    assert places[1] is None


async def test_rights_that_are_gone_when_a_query_is_read_show_nothing(story: BulkStory) -> None:
    operation = await start(story, GOALS)
    member = {"id": story.company.encode_id("member", "mara")}
    await story.mutate("ruler", "memberSuspend", "member { id }", **member)
    await story.work(operation)
    await story.mutate("ruler", "memberActivate", "member { id }", **member)
    found = await story.read(operation, "mara")
    assert (found["status"], found["failure"]) == ("FAILED", "OWNER_WITHOUT_ACCESS")
    assert await story.download(operation, "mara") == []


async def test_a_query_whose_page_is_refused_fails(story: BulkStory) -> None:
    operation = await start(story, GOALS.replace("first: 2", "first: 101"))
    await story.work(operation)
    assert (await story.read(operation, "mara"))["failure"] == "QUERY_REFUSED"


async def test_a_query_that_stays_at_a_page_fails(story: BulkStory) -> None:
    operation = await start(story, GOALS.replace("first: 2", "first: 0"))
    await story.work(operation)
    found = await story.read(operation, "mara")
    assert (found["status"], found["failure"]) == ("FAILED", "QUERY_REFUSED")


async def test_only_a_query_of_one_connection_is_taken(story: BulkStory) -> None:
    connection = f"(first: 5, after: $after) {{ nodes {{ id }} {PAGE} }}"
    for query in (
        "{ viewer { permissions } }",
        "query($after: String) {",
        "query($after: String) { goals(first: 5, after: $after) { nodes { salary } } }",
        "query($after: String) { goals(first: 5, after: $after) { nodes { id } } }",
        f"query($after: String) {{ goals(first: 5) {{ nodes {{ id }} {PAGE} }} }}",
        f"query($after: String) {{ a: goals {connection} }}",
        f"query($after: String!) {{ goals {connection} }}",
        f"query($after: String) {{ goals {connection} teams {connection} }}",
        "mutation($after: String) { goalAchieve(input: { id: $after }) { goal { id } } }",
    ):
        given = {"kind": "QUERY", "query": query}
        made = await story.company.mutate("mara", "bulkOperationRun", OPERATION, **given)
        (error,) = made["errors"]
        assert (error["code"], error["field"]) == ("INVALID_FORMAT", ["query"]), query
        assert made["bulkOperation"] is None
    upload = await story.stage({"givenName": "Ada"}, who="mara")
    for wrong, code, field in [
        ({"kind": "QUERY"}, "REQUIRED", "query"),
        ({"kind": "QUERY", "query": GOALS, "uploadId": upload}, "INCONSISTENT", "uploadId"),
        ({"kind": "UPSERT_TEAMS"}, "REQUIRED", "uploadId"),
        ({"kind": "UPSERT_TEAMS", "uploadId": upload, "query": GOALS}, "INCONSISTENT", "query"),
        ({"kind": "QUERY", "query": GOALS, "mode": "DELTA", "source": "x"}, "INCONSISTENT", "mode"),
    ]:
        made = await story.company.mutate("mara", "bulkOperationRun", OPERATION, **wrong)
        assert [(each["code"], each["field"]) for each in made["errors"]] == [(code, [field])]
