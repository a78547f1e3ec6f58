"""An operation costs what it may read, and one over the limit is refused."""

import pytest

from api.kernel.documents.cost import price_filter
from api.kernel.documents.limits import Limits
from tests.factories.graph import DictGraph, a_page

pytestmark = pytest.mark.anyio


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
