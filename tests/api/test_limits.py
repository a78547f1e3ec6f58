"""Documents over a limit are refused before they cost anything."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import orjson
import pytest
from graphql import get_introspection_query
from graphql.validation.rules import overlapping_fields_can_be_merged
from starlette.types import Scope

from api.app import LIMIT_SETTINGS, build_limits
from api.errors import RequestError
from api.http.request_parsing import parse_body, parse_get_request
from api.kernel.documents.cost import Cost, price_filter
from api.kernel.documents.document_cache import Document, DocumentCache
from api.kernel.documents.limits import MAX_MERGE_COMPLEXITY, Limits
from api.kernel.execution import engine
from api.kernel.execution.engine import HEAVY_SLOTS, Request
from api.kernel.execution.rate_limits import (
    INCLUDED_TIME_POINTS,
    RateLimit,
    RateLimiter,
    RequestCharge,
    TimePrices,
)
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


REPORTS = '{reports:{none:{goals:{some:{title:{contains:"a"}}}}}}'


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ("{__typename}", 0),
        ('{goal(by:{id:"goal_1"}){id title}}', 1),
        ('{goal(by:{id:"goal_1"}){parent{id} owner{__typename ...on Person{manager{id}}}}}', 4),
        ("{goals{totalCount}}", 2 + 5),
        ("{goals{nodes{id}}}", 2 + 25),
        ("{goals(first:10){nodes{id}}}", 2 + 10),
        ("{goals(last:10){edges{node{id}}}}", 2 + 10),
        ("{goals(first:50){nodes{id}}}", 2 + 38),
        ("{goals(first:10){nodes{parent{id} keyResults(first:5){nodes{id}}}}}", 2 + 10 * (2 + 7)),
        ('{people(search:"mara"){nodes{id}}}', 2 + 25 + 5),
        ("{goals(where:{status:{eq:ACTIVE}}){nodes{id}}}", 2 + 25 + 1),
        ("{goals(first:0 where:{status:{eq:ACTIVE}}){totalCount}}", 2 + 5 + 2 * 1),
        ('{goals(first:0 where:{owner:{person:{name:{contains:"a"}}}}){nodes{id}}}', 2 + 5),
        ("{goals(first:0 where:{or:[{status:{eq:ACTIVE}},{parent:null}]}){nodes{id}}}", 2 + 1),
        (f"{{people(first:0 where:{REPORTS}){{nodes{{id}}}}}}", 2 + 10 * (1 + 10 * (1 + 5))),
        (f"{{people(first:0 where:{REPORTS}){{totalCount}}}}", 2 + 5 + 2 * 610),
    ],
)
async def test_the_published_costs(document: str, cost: int) -> None:
    graph = DictGraph(goals=a_page(), people=a_page(), goal=None)
    assert (await graph.execute_json(document))["extensions"]["cost"]["requestedQueryCost"] == cost


async def test_the_cost_follows_the_variables() -> None:
    graph = DictGraph(goals=a_page())
    query = "query($n:Int){goals(first:$n){nodes{id}}}"
    for size, cost in ((1, 3), (20, 22), (100, 2 + 63)):
        answer = await graph.execute_json(query, {"n": size})
        assert answer["extensions"]["cost"]["requestedQueryCost"] == cost


async def test_a_filter_costs_the_same_in_a_variable() -> None:
    graph = DictGraph(people=a_page())
    query = "query($where:PersonWhere){people(first:0 where:$where){totalCount}}"
    where = {"reports": {"none": {"goals": {"some": {"title": {"contains": "a"}}}}}}
    answer = await graph.execute_json(query, {"where": where})
    assert answer["extensions"]["cost"]["requestedQueryCost"] == 2 + 5 + 2 * 610


@pytest.mark.parametrize(
    ("arguments", "points"),
    [
        ("", 2 + 25 * (1 + 2 + 8 * (1 + 2 + 12))),
        ("(first: 100)", 2 + 63 * (1 + 2 + 16 * (1 + 2 + 19))),
        ("(first: 3)", 2 + 3 * (1 + 2 + 3 * (1 + 2 + 3))),
    ],
)
async def test_short_lists_cost_what_they_usually_hold(arguments: str, points: int) -> None:
    graph = DictGraph(organizations=a_page())
    inner = f"teams{arguments}{{nodes{{people{arguments}{{nodes{{name}}}}}}}}"
    answer = await graph.execute_json(f"{{organizations{arguments}{{nodes{{{inner}}}}}}}")
    cost = answer.get("extensions", answer["errors"][0]["extensions"] if "errors" in answer else {})
    assert cost["cost"]["requestedQueryCost"] == points


GOALLESS = '{reports:{none:{reports:{some:{goals:{none:{title:{contains:"a"}}}}}}}}'


@pytest.mark.parametrize(
    ("document", "points", "part"),
    [
        (
            f"{{staff:people(first:0 where:{GOALLESS}){{totalCount}}}}",
            "12,227",
            "the filter of `staff` with 12,220 points",
        ),
        (
            "{people(first:100){nodes{reports(first:100){nodes{reports{totalCount}}}}}}",
            "31,943",
            "the total of `people.nodes.reports.nodes.reports` with 19,845 points",
        ),
    ],
)
async def test_a_refusal_names_what_costs_most(document: str, points: str, part: str) -> None:
    graph = DictGraph(goals=a_page(), people=a_page())
    answer = await graph.execute_json(document)
    (error,) = answer["errors"]
    assert error["message"] == (
        f"The operation costs {points} points, but at most 5,000 are allowed. Most expensive is"
        f" {part}. Ask for fewer rows or levels at once."
    )
    assert error["extensions"]["code"] == "COST_LIMIT_EXCEEDED"
    assert graph.reader.reads == []


async def test_a_filter_of_any_depth_has_a_price() -> None:
    where: dict[str, object] = {"title": {"eq": "a"}}
    for _ in range(2_000):
        where = {"children": {"some": where}}
    assert price_filter(where) > 1e9


async def test_an_operation_that_costs_too_much_is_refused_with_its_cost() -> None:
    graph = DictGraph(goals=a_page())
    rows = "(first:100){nodes{children"
    document = "{goals" + rows * 3 + "{totalCount}" + "}}" * 3 + "}"
    answer = await graph.execute_json(document)
    assert answer["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"
    assert answer["errors"][0]["extensions"]["cost"]["requestedQueryCost"] > Limits().cost
    assert "data" not in answer
    assert graph.reader.reads == []


async def test_bad_documents_are_remembered_too() -> None:
    graph = DictGraph()
    first, second = [await graph.execute("{gaol}") for _ in range(2)]
    assert first.body == second.body
    assert len(graph.engine.document_cache._documents) == 1


async def test_a_budget_is_spent_and_refills() -> None:
    graph = DictGraph(Limits(caller_rate_limit=RateLimit(60, 10)), goals=a_page())
    now = 0.0
    graph.engine.rate_limiter.clock = lambda: now
    query = "{goals{nodes{id}}}"
    left = []
    for _ in range(2):
        answer = await graph.execute_json(query)
        left.append(answer["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"])
    assert left == [60 - 1 - 27, 60 - 1 - 54]  # Reading the document cost a point, once.
    refused = await graph.execute(query)
    assert (refused.status, refused.is_executed) == (429, False)
    assert refused.headers == {"Retry-After": "3"}
    told = orjson.loads(refused.body)
    assert told["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert told["extensions"]["cost"] == {
        "requestedQueryCost": 27,
        "actualQueryCost": None,
        "throttleStatus": {
            "maximumAvailable": 60,
            "currentlyAvailable": 5,
            "restoreRate": 10,
            "budget": "caller",
        },
    }
    now = 3.0
    assert (await graph.execute(query)).status == 200


async def test_a_tenant_has_a_budget_of_its_own_that_others_do_not_feel() -> None:
    budgets = RateLimiter(RateLimit(100, 10), RateLimit(150, 10), clock=lambda: 0.0)
    tenant, other = TenantId(generate_id()), TenantId(generate_id())
    budgets.charge(a_caller(tenant, "mara"), 90)
    budgets.charge(a_caller(tenant, "ben"), 60)

    with pytest.raises(RequestError) as refused:
        budgets.charge(a_caller(tenant, "ada"), 1)

    assert (refused.value.code, refused.value.headers) == ("THROTTLED", {"Retry-After": "1"})
    assert budgets.charge(a_caller(other, "mara"), 90) == {
        "maximumAvailable": 100,
        "currentlyAvailable": 10,
        "restoreRate": 10,
        "budget": "caller",
    }


def a_charge(limiter: RateLimiter, prices: TimePrices, tenant_id: TenantId) -> RequestCharge:
    return RequestCharge(limiter, prices, a_caller(tenant_id))


def test_time_that_costs_more_than_the_operation_is_charged_afterwards() -> None:
    limiter = RateLimiter(RateLimit(1_000, 10), RateLimit(5_000, 10), clock=lambda: 0.0)
    charge = a_charge(limiter, TimePrices(database=10, cpu=50), TenantId(generate_id()))
    charge.reserve_document("x" * 100)
    charge.requested = 40
    charge.reserve()
    assert charge.build_report()["throttleStatus"]["currentlyAvailable"] == 1_000 - 5 - 40
    charge.usage.database_seconds, charge.usage.python_seconds = 0.2, 0.002
    for _ in range(2):  # what is charged is charged once
        charge.settle()
    time_points = 200 * 10 + 2 * 50 - INCLUDED_TIME_POINTS
    assert charge.build_report() == {
        "requestedQueryCost": 40,
        "actualQueryCost": 5 + time_points,
        "throttleStatus": {
            "maximumAvailable": 1_000,
            "currentlyAvailable": 0,
            "restoreRate": 10,
            "budget": "caller",
        },
    }


def test_an_operation_pays_for_the_time_that_its_cost_covers() -> None:
    charge = a_charge(RateLimiter(None), TimePrices(database=10), TenantId(generate_id()))
    charge.requested = 40
    charge.reserve()
    charge.usage.database_seconds = (INCLUDED_TIME_POINTS + 40) / 10_000
    charge.settle()
    assert charge.build_report() == {"requestedQueryCost": 40, "actualQueryCost": 40}


def test_a_budget_below_zero_refuses_the_next_request_and_names_its_owner() -> None:
    limiter = RateLimiter(RateLimit(1_000, 10), RateLimit(500, 10), clock=lambda: 0.0)
    tenant = TenantId(generate_id())
    slow = a_charge(limiter, TimePrices(database=10), tenant)
    slow.usage.database_seconds = (INCLUDED_TIME_POINTS + 600) / 10_000
    slow.settle()
    with pytest.raises(RequestError) as refused:
        limiter.charge(a_caller(tenant), 1)
    assert refused.value.headers == {"Retry-After": "11"}  # 100 below zero, and the point
    assert refused.value.extensions["cost"]["throttleStatus"]["budget"] == "tenant"
    assert limiter.get_tenant_delay(tenant) == 10.0
    assert limiter.get_tenant_delay(TenantId(generate_id())) == 0.0


@pytest.mark.parametrize(
    ("size", "value_count", "points"),
    [
        (10_000, 1_000, 0),
        (10_001, 1_000, 1),
        (10_501, 1_000, 2),
        (60_000, 0, 100),
        (1_500_000, 0, 2_980),
        (0, 1_001, 1),
        (0, 9_000, 800),
        (60_000, 9_000, 900),
    ],
)
async def test_a_large_body_costs_points_beside_its_operation(
    size: int, value_count: int, points: int
) -> None:
    graph = DictGraph(Limits(caller_rate_limit=RateLimit(20_000, 1)), goals=a_page())
    graph.engine.rate_limiter.clock = lambda: 0.0
    request = Request("{goals{nodes{id}}}", size=size, value_count=value_count)
    answer = await graph.engine.execute(request, a_caller(graph.tenant_id), request_id="request-1")
    cost = orjson.loads(answer.body)["extensions"]["cost"]
    assert cost["requestedQueryCost"] == points + 27
    assert cost["actualQueryCost"] == points + 27 + 1  # for reading the document
    assert cost["throttleStatus"]["currentlyAvailable"] == 20_000 - points - 28


async def test_a_large_body_is_paid_for_before_anything_else_is_refused() -> None:
    graph = DictGraph(Limits(caller_rate_limit=RateLimit(250, 1)))
    graph.engine.rate_limiter.clock = lambda: 0.0
    request, caller = Request("{gaol}", size=60_000), a_caller(graph.tenant_id)
    codes = []
    for _ in range(3):
        answer = await graph.engine.execute(request, caller, request_id="request-1")
        codes.append(orjson.loads(answer.body)["errors"][0]["extensions"]["code"])
    assert codes == ["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_VALIDATION_FAILED", "THROTTLED"]
    assert orjson.loads(answer.body)["extensions"]["cost"]["requestedQueryCost"] == 100


def test_a_throttled_request_reports_the_points_of_its_body_too() -> None:
    charge = a_charge(RateLimiter(RateLimit(150, 1)), TimePrices(), TenantId(generate_id()))
    charge.reserve_body(60_000, 0)
    charge.requested += 80
    with pytest.raises(RequestError) as refused:
        charge.reserve()
    assert refused.value.extensions["cost"]["requestedQueryCost"] == 180
    assert refused.value.headers == {"Retry-After": "30"}  # until 80 points are there


def test_the_size_of_a_body_is_that_of_its_bytes() -> None:
    body = '{"query": "{ größe }"}'.encode()
    assert parse_body(body, {}).size == len(body) == 24


def test_the_values_of_a_body_are_counted_by_its_commas_and_brackets() -> None:
    body = b'{"query": "query($w: W) { a }", "variables": {"w": {"and": [{}, {}]}}}'
    assert parse_body(body, {}).value_count == 9


def test_the_size_of_a_query_string_is_that_of_its_bytes() -> None:
    scope: Scope = {"type": "http", "query_string": b"query=%7Bid%7D"}
    assert parse_get_request(scope, max_bytes=100).size == 14


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
    heavy = f"{{people(first:0 where:{REPORTS}){{totalCount}}}}"
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


async def test_documents_that_are_new_cost_points_before_they_are_read() -> None:
    graph = DictGraph(Limits(caller_rate_limit=RateLimit(100, 10)))
    budgets = graph.engine.rate_limiter
    budgets.clock = lambda: 0.0
    codes = [await graph.get_error_code("{gaol} # " + "x" * 590 + str(n)) for n in range(5)]
    again = await graph.get_error_code("{gaol} # " + "x" * 590 + "0")
    assert codes == ["GRAPHQL_VALIDATION_FAILED"] * 3 + ["THROTTLED"] * 2
    assert again == "GRAPHQL_VALIDATION_FAILED"


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


async def test_introspection_is_paid_for_by_the_time_that_it_takes() -> None:
    prices = TimePrices(cpu=50_000)
    graph = DictGraph(Limits(time_prices=prices, caller_rate_limit=RateLimit(10**9, 0.001)))
    answer = await graph.execute_json(get_introspection_query())
    cost = answer["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 500
    assert cost["actualQueryCost"] > 50_000
    left = cost["throttleStatus"]["currentlyAvailable"]
    assert left in (10**9 - cost["actualQueryCost"], 10**9 - cost["actualQueryCost"] - 1)
