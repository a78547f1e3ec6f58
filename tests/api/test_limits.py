"""Documents over a limit are refused before they cost anything."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from graphql import get_introspection_query
from graphql.validation.rules import overlapping_fields_can_be_merged

from api.app import LIMIT_SETTINGS, build_limits
from api.kernel.documents.cost import Cost
from api.kernel.documents.document_cache import Document, DocumentCache
from api.kernel.documents.limits import MAX_MERGE_COMPLEXITY, Limits
from api.kernel.execution import engine
from api.kernel.execution.engine import HEAVY_SLOTS, Request
from api.settings import Settings
from domain.kernel.identity import TenantId, generate_id
from tests.factories.graph import DictGraph, a_caller, a_page

pytestmark = pytest.mark.anyio


def build_nested_document(levels: int) -> str:
    return '{goal(by:{id:"goal_1"})' + "{parent" * levels + "{id}" + "}" * levels + "}"


def build_paged_document(connections: int, size: int = 1) -> str:
    pages = f"{{edges{{node{{id children(first:{size})" * (connections - 1)
    return f"{{goals(first:{size}){pages}{{nodes{{id}}}}" + "}}}" * (connections - 1) + "}"


ONE_GOAL = '{goal(by:{id:"goal_1"}){id}}'


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (build_nested_document(20), "DEPTH_LIMIT_EXCEEDED"),
        (build_paged_document(13), "DEPTH_LIMIT_EXCEEDED"),
        ("{goals" + "{edges{node" * 20 + "{id}" + "}}" * 20 + "}", "DEPTH_LIMIT_EXCEEDED"),
        ("{a" + "{nodes(first:1)" * 13 + "{id}" + "}" * 13 + "}", "DEPTH_LIMIT_EXCEEDED"),
        ("{" * 500 + "}" * 500, "GRAPHQL_PARSE_FAILED"),
        ("{a" * 600 + "}" * 600, "DEPTH_LIMIT_EXCEEDED"),
        ("{" + " ".join(f"a{n}:__typename" for n in range(40)) + "}", "LIMIT_EXCEEDED"),
        ('{goal(by:{id:"g"}){' + " ".join(f"a{n}:id" for n in range(31)) + "}}", "LIMIT_EXCEEDED"),
        ("{" + "__typename " * 4 + "}", "LIMIT_EXCEEDED"),
        ('{goal(by:{id:"g"}){' + "id " * 500 + "}}", "LIMIT_EXCEEDED"),
        ("{__typename " + "@skip(if:false)" * 60 + "}", "LIMIT_EXCEEDED"),
        (" ".join(f"query Q{n}{{__typename}}" for n in range(61)), "LIMIT_EXCEEDED"),
        (
            "{" + " ".join(f'g{n}:goal(by:{{id:"g"}}){{id}}' for n in range(21)) + "}",
            "LIMIT_EXCEEDED",
        ),
        ("# " + "x" * 20_001 + "\n{__typename}", "LIMIT_EXCEEDED"),
        ("{" + "__typename," * 2_001 + "}", "LIMIT_EXCEEDED"),
        ("{...A} fragment A on Query{...B} fragment B on Query{...A}", "GRAPHQL_VALIDATION_FAILED"),
        ("{...A} fragment A on Query{...A}", "GRAPHQL_VALIDATION_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{goal(id:", "GRAPHQL_PARSE_FAILED"),
        ("{gaol{id}}", "GRAPHQL_VALIDATION_FAILED"),
        ('{goal(by:{id:"\\u0000"}){id}}', "BAD_USER_INPUT"),
        ("query A{__typename} query B{__typename}", "OPERATION_RESOLUTION_FAILURE"),
    ],
)
async def test_a_document_that_asks_too_much_is_refused_unread(document: str, code: str) -> None:
    graph = DictGraph(goal={"id": "goal_1", "parent": None})
    answer = await graph.execute(document)
    assert (answer.is_executed, answer.status) == (False, 400)
    assert await graph.get_error_code(document) == code
    assert graph.reader.reads == []


async def test_a_connection_counts_as_one_level() -> None:
    graph = DictGraph(goals=a_page())
    answer = await graph.execute_json(build_paged_document(11))
    assert answer["data"] == {"goals": {"edges": []}}


async def test_an_application_of_many_fragments_fits() -> None:
    graph, names = DictGraph(goal=None), [f"F{n}" for n in range(24)]
    spreads = " ".join(f"...{each}" for each in names)
    fragments = " ".join(f"fragment {each} on Goal{{id title status dueOn}}" for each in names)
    answer = await graph.execute_json(f'{{goal(by:{{id:"goal_1"}}){{{spreads}}}}}{fragments}')
    assert answer.get("errors") is None
    assert answer["data"] == {"goal": None}


def test_the_limits_of_documents_are_settings() -> None:
    changed = dict.fromkeys(LIMIT_SETTINGS, 1_234) | {"document_depth": 7}
    limits = build_limits(Settings(**changed))
    assert {name: getattr(limits, field) for name, field in LIMIT_SETTINGS.items()} == changed
    defaults = build_limits(Settings(caller_budget=0, tenant_budget=0))
    assert [getattr(defaults, each) for each in LIMIT_SETTINGS.values()] == [
        getattr(Limits(), each) for each in LIMIT_SETTINGS.values()
    ]


async def test_fragments_that_multiply_are_counted_as_what_they_become() -> None:
    # To follow each of the 2 to the power of 40 spreads would never end.
    parts = ["{...F0}", "fragment F40 on Query{__typename}"]
    parts += [f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(40)]
    assert await DictGraph(Limits()).get_error_code(" ".join(parts)) == "LIMIT_EXCEEDED"


async def test_merging_of_fields_has_a_budget() -> None:
    assert overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET == MAX_MERGE_COMPLEXITY
    inner = " ".join(f"...on Goal{{parent{{parent{{t{n}:title id}}}}}}" for n in range(60))
    document = '{goal(by:{id:"goal_1"}){' + inner + "}}"
    wide = Limits(tokens=10_000, fields_per_key=1_000, composite_fields=1_000, aliases=1_000)
    (error,) = (await DictGraph(wide, goal=None).execute_json(document))["errors"]
    assert error["message"] == (
        "The document merges or spreads too many fields to be checked. Select fewer."
    )


async def test_the_query_that_graphiql_introspects_with_passes() -> None:
    query = get_introspection_query(specified_by_url=True, input_value_deprecation=True)
    data = (await DictGraph().execute_json(query))["data"]
    assert data["__schema"]["queryType"]["name"] == "Query"


async def test_variables_with_what_cannot_be_stored_are_refused() -> None:
    graph = DictGraph(goal=None)
    query = "query($id:ID!){goal(by:{id:$id}){id}}"
    assert await graph.get_error_code(query, {"id": "a\x00b"}) == "BAD_USER_INPUT"
    assert await graph.get_error_code(query, {"id": "\ud800"}) == "BAD_USER_INPUT"
    assert (await graph.execute_json(query, {"id": "🙂 שלום"}))["data"] == {"goal": None}


async def test_bad_documents_are_remembered_too() -> None:
    graph = DictGraph()
    first, second = [await graph.execute("{gaol}") for _ in range(2)]
    assert first.body == second.body
    assert len(graph.engine.document_cache._documents) == 1


async def test_the_same_new_document_is_parsed_once_beside_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = DictGraph(goal=None)
    parse, threads, may_end = DocumentCache._parse_and_validate, list[str](), threading.Event()

    def parse_slowly(cache: DocumentCache, text: str) -> Document:
        threads.append(threading.current_thread().name)
        may_end.wait()
        return parse(cache, text)

    assert (await graph.execute(ONE_GOAL)).status == 200
    monkeypatch.setattr(DocumentCache, "_parse_and_validate", parse_slowly)
    new = [asyncio.create_task(graph.execute("{__typename}")) for _ in range(3)]
    assert (await graph.execute(ONE_GOAL)).status == 200  # another request is not delayed
    may_end.set()
    assert {(await each).body for each in new} == {(await new[0]).body}
    assert threads == ["cpu-worker_0"]


@pytest.mark.parametrize(("count", "thread"), [(498, "MainThread"), (499, "cpu-worker_0")])
async def test_many_values_of_variables_are_coerced_and_priced_beside_the_event_loop(
    monkeypatch: pytest.MonkeyPatch, count: int, thread: str
) -> None:
    threads: list[str] = []
    coerce, evaluate = engine.coerce_variables, Cost.evaluate

    def record(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            threads.append(threading.current_thread().name)
            return function(*arguments)

        return run

    monkeypatch.setattr(engine, "coerce_variables", record(coerce))
    monkeypatch.setattr(Cost, "evaluate", record(evaluate))
    query = "query($ids: [String!]) { goals(where: { title: { in: $ids } }) { totalCount } }"
    # The object of the variables and the list count, too.
    code = await DictGraph().get_error_code(query, {"ids": ["a"] * count})
    assert code == "LIMIT_EXCEEDED"
    assert set(threads) == {thread}


async def test_one_tenant_runs_two_heavy_operations_at_once() -> None:
    graph = DictGraph(people=a_page(), goal=None)
    heavy = (
        '{people(first:0 where:{reports:{none:{goals:{some:{title:{contains:"a"}}}}}}){totalCount}}'
    )
    async with AsyncExitStack() as running:
        for _ in range(HEAVY_SLOTS // 2):
            await running.enter_async_context(graph.engine._heavy_slots.hold(graph.tenant_id))
        waiting = asyncio.create_task(graph.execute(heavy))
        assert (await graph.execute(ONE_GOAL)).status == 200
        other = a_caller(TenantId(generate_id()))
        beside = await graph.engine.execute(Request(heavy), other, request_id="request-1")
        assert beside.status == 200
        assert not waiting.done()
    assert (await waiting).status == 200
    assert graph.engine._heavy_slots.active == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (("__schema", "__type"), None),
        (("__type", "__type", "__type"), None),
        (("__schema", "__schema"), "LIMIT_EXCEEDED"),
        (("__schema", "__type", "__type"), "LIMIT_EXCEEDED"),
    ],
)
async def test_a_document_introspects_the_whole_schema_once(
    fields: tuple[str, ...], code: str | None
) -> None:
    asked = {
        "__schema": "__schema{queryType{name}}",
        "__type": '__type(name:"Goal"){name}',
    }
    parts = (f"f{n}:{asked[name]}" for n, name in enumerate(fields))
    answer = await DictGraph().execute_json("{" + " ".join(parts) + "}")
    codes = [each["extensions"]["code"] for each in answer.get("errors", ())]
    assert codes == ([code] if code else [])
