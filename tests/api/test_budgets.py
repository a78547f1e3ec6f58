"""Budgets of callers and tenants: what is charged, and what an empty one refuses."""

import orjson
import pytest
from graphql import get_introspection_query
from starlette.types import Scope

from api.errors import RequestError
from api.http.request_parsing import parse_body, parse_get_request
from api.kernel.documents.limits import Limits
from api.kernel.execution.engine import Request
from api.kernel.execution.rate_limits import (
    INCLUDED_TIME_POINTS,
    RateLimit,
    RateLimiter,
    RequestCharge,
    TimePrices,
)
from domain.kernel.identity import TenantId, generate_id
from tests.factories.graph import DictGraph, a_caller, a_page

pytestmark = pytest.mark.anyio


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


async def test_documents_that_are_new_cost_points_before_they_are_read() -> None:
    graph = DictGraph(Limits(caller_rate_limit=RateLimit(100, 10)))
    budgets = graph.engine.rate_limiter
    budgets.clock = lambda: 0.0
    codes = [await graph.get_error_code("{gaol} # " + "x" * 590 + str(n)) for n in range(5)]
    again = await graph.get_error_code("{gaol} # " + "x" * 590 + "0")
    assert codes == ["GRAPHQL_VALIDATION_FAILED"] * 3 + ["THROTTLED"] * 2
    assert again == "GRAPHQL_VALIDATION_FAILED"


async def test_introspection_is_paid_for_by_the_time_that_it_takes() -> None:
    prices = TimePrices(cpu=50_000)
    graph = DictGraph(Limits(time_prices=prices, caller_rate_limit=RateLimit(10**9, 0.001)))
    answer = await graph.execute_json(get_introspection_query())
    cost = answer["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 500
    assert cost["actualQueryCost"] > 50_000
    left = cost["throttleStatus"]["currentlyAvailable"]
    assert left in (10**9 - cost["actualQueryCost"], 10**9 - cost["actualQueryCost"] - 1)
