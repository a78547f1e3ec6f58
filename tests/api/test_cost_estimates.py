"""An estimate is what the operation costs, nothing is run for it, and the guide has the formula."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.kernel.documents import cost
from api.kernel.documents.limits import Limits
from api.kernel.execution import rate_limits
from api.kernel.execution.rate_limits import CALLER, RateLimit
from api.settings import Settings
from persistence.reading.parameters import DEFAULT_PAGE_SIZE
from tests.factories.graph import DictGraph, a_caller, a_page

pytestmark = pytest.mark.anyio

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/frontend.md"
ESTIMATE = """query($document: String!, $variables: JSON, $name: String) {
  costEstimate(document: $document, variables: $variables, operationName: $name) {
    requestedQueryCost maximumCost isAllowed newDocumentCost parts { name path points } } }"""
PAGE = "query($n: Int, $where: PersonWhere) { people(first: $n, where: $where) { totalCount } }"
WHERE = {"reports": {"none": {"goals": {"some": {"title": {"contains": "a"}}}}}}
CAPACITY = 100_000


def a_graph(**limits: Any) -> DictGraph:
    """Build a graph whose budget never refills."""
    limits = {"caller_rate_limit": RateLimit(CAPACITY, 1)} | limits
    graph = DictGraph(Limits(**limits), goals=a_page(), people=a_page(), goal=None)
    graph.engine.rate_limiter.clock = lambda: 0.0
    return graph


async def estimate(graph: DictGraph, document: str, **variables: Any) -> Any:
    """Return the answer to an estimate."""
    return await graph.execute_json(ESTIMATE, {"document": document, **variables})


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ __typename }", {}),
        ("{ goals { totalCount nodes { id parent { id } } } }", {}),
        (PAGE, {"n": 0, "where": WHERE}),
        (PAGE, {"n": 100}),
        ("query($all: Boolean!) { goals { nodes { id @include(if: $all) } } }", {"all": True}),
        ("{ __schema { queryType { name } } }", {}),
    ],
)
async def test_an_estimate_is_the_cost_of_the_operation(
    document: str, variables: dict[str, Any]
) -> None:
    graph = a_graph()
    answer = (await estimate(graph, document, variables=variables))["data"]["costEstimate"]
    assert graph.reader.reads == []
    run = await graph.execute_json(document, variables)
    assert answer["requestedQueryCost"] == run["extensions"]["cost"]["requestedQueryCost"]
    assert (answer["maximumCost"], answer["isAllowed"]) == (5_000, True)
    assert answer["newDocumentCost"] == -(-len(document) // 20)


async def test_an_estimate_names_the_most_expensive_parts() -> None:
    answer = await estimate(a_graph(cost=100), PAGE, variables={"n": 0, "where": WHERE})
    found = answer["data"]["costEstimate"]
    assert (found["requestedQueryCost"], found["isAllowed"]) == (2 + 5 + 2 * 610, False)
    assert found["parts"][0]["path"] == ["people"]
    assert found["parts"][0]["points"] >= 610
    assert found["parts"] == sorted(found["parts"], key=lambda each: -each["points"])


async def test_a_mutation_and_one_operation_of_several_are_estimated() -> None:
    document = """mutation Start($id: ID!) { goalActivate(input: { id: $id }) { goal { id } } }
        query Look { goals(first: 3) { nodes { id } } }"""
    graph = a_graph()
    for name, points in (("Start", 10), ("Look", 5)):
        variables = {"id": "goal_1"} if name == "Start" else {}
        answer = await estimate(graph, document, name=name, variables=variables)
        assert answer["data"]["costEstimate"]["requestedQueryCost"] == points


@pytest.mark.parametrize(
    ("document", "variables", "reason"),
    [
        ("{", None, "Expected"),
        ("{ nothing }", None, "Cannot query field 'nothing'"),
        ("{ a: nothing b: never }", None, "Cannot query field 'never'"),
        (PAGE, {"n": "x"}, "A whole number"),
        (PAGE, ["n"], "The variables are an object."),
        ("query A { __typename } query B { __typename }", None, "Name one with operationName."),
        ("{ goals { nodes { id } } }" + " " * 15_000, None, "15,000"),
    ],
)
async def test_a_document_that_would_be_refused_has_the_reason(
    document: str, variables: Any, reason: str
) -> None:
    answer = await estimate(a_graph(), document, variables=variables)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] in ("BAD_USER_INPUT", "LIMIT_EXCEEDED")
    assert reason in error["message"]


async def test_a_text_beyond_its_bound_is_refused_before_it_is_read() -> None:
    answer = await estimate(a_graph(), "x" * 40_001)
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("TOO_LONG", ["document"])


async def test_what_is_reported_is_what_was_charged() -> None:
    graph = a_graph()
    documents = [
        ("{ goals { nodes { id } } }", None),
        ("{ goals { nodes { id } } }", None),
        (PAGE, {"n": 0, "where": WHERE}),
        (ESTIMATE, {"document": PAGE}),
        (ESTIMATE, {"document": "{ goals { totalCount } }"}),
        ('{ goal(by: { id: "goal_1" }) { id } people { totalCount } }', None),
    ]
    left = CAPACITY
    for document, variables in documents:
        report = (await graph.execute_json(document, variables))["extensions"]["cost"]
        charged = report["actualQueryCost"]
        assert report["throttleStatus"]["currentlyAvailable"] == left - charged
        assert report["throttleStatus"]["budget"] == CALLER
        left -= charged
    limiter, caller = graph.engine.rate_limiter, a_caller(graph.tenant_id)
    assert limiter.charge_afterwards(caller, 0)["currentlyAvailable"] == left  # type: ignore[index]


async def test_the_parsing_of_an_estimated_document_is_charged_once() -> None:
    graph = a_graph(caller_rate_limit=RateLimit(60, 1))
    document = "{ goals { nodes { id title } } }" + "\n# a comment" * 100
    refused = await graph.execute(ESTIMATE, {"document": document})
    assert (refused.status, refused.headers) == (429, {"Retry-After": "13"})
    assert orjson.loads(refused.body)["errors"][0]["extensions"]["code"] == "THROTTLED"


def test_the_guide_has_the_formula_of_the_code() -> None:
    settings = Settings()
    rows = {
        "a leaf field": "0",
        "an object": "1",
        "a union or interface": "its most expensive branch",
        "a connection": (
            f"{cost.CONNECTION_COST}, plus its rows: the first {DEFAULT_PAGE_SIZE} in full, further"
            " rows half. If its description states a size, rows up to it in full, further rows a"
            " tenth"
        ),
        "`totalCount`": f"{cost.TOTAL_COST}, plus the filter and the search once more",
        "`search`": f"{cost.TEXT_SCAN_COST}",
        "a comparison in `where`": (
            f"{cost.COMPARISON_COST}; `contains` and `startsWith` {cost.TEXT_SCAN_COST}"
        ),
        "`some`, `every` or `none` in `where`": (
            f"{cost.RELATED_ROWS} times: 1 and what is inside"
        ),
        "a mutation": (f"{Limits().mutation_cost} more; a batch costs the mutation once per row"),
        "introspection": "{__schema} for `__schema`, {__type} for `__type`".format_map(
            cost.INTROSPECTION_COSTS
        ),
        "an estimate": "1, and the points of a new document if the server does not know it yet",
        "a large body": (
            f"1 for every {rate_limits.BYTES_PER_POINT} bytes beyond the first"
            f" {rate_limits.INCLUDED_BODY_SIZE:,}, and 1 for every {rate_limits.VALUES_PER_POINT}"
            f" values beyond the first {rate_limits.INCLUDED_VALUES:,}"
        ),
        "a new document": (
            f"1 for {rate_limits.CHARACTERS_PER_POINT} characters, not in `requestedQueryCost`"
        ),
        "time": (
            f"{settings.database_price:g} for a millisecond of the database,"
            f" {settings.cpu_price:g} for a millisecond of the server's CPU; the first"
            f" {rate_limits.INCLUDED_TIME_POINTS} points are free. Charged afterwards,"
            " only as far as it is more than `requestedQueryCost`"
        ),
    }
    table = GUIDE.read_text().split("| part | points |\n| --- | --- |\n")[1].split("\n\n")[0]
    found = dict(re.findall(r"\| (.+?) \| (.+) \|", table))
    assert found == rows
