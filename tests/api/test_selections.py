"""The selection that the reader gets: merged, renamed, coerced, per type."""

from datetime import date
from typing import Any

import pytest

from tests.factories.graph import DictGraph, a_page

pytestmark = pytest.mark.anyio

MARA = {"__typename": "Person", "id": "person_1", "name": "Mara Okafor", "job_title": None}
LINE = {"__typename": "Team", "id": "team_1", "name": "Night line"}
GOAL = {
    "__typename": "Goal",
    "id": "goal_1",
    "title": "Fewer late parcels",
    "status": "ACTIVE",
    "owner": MARA,
    "parent": None,
}


def build_graph(**more: Any) -> DictGraph:
    return DictGraph(goals=a_page(GOAL), goal=GOAL, **more)


async def test_fields_come_in_the_order_in_which_they_were_asked_for() -> None:
    answer = await build_graph().execute('{goal(by:{id:"goal_1"}){title id status}}')
    wanted = b'{"data":{"goal":{"title":"Fewer late parcels","id":"goal_1","status":"ACTIVE"}},'
    assert answer.body.startswith(wanted)


async def test_aliases_and_fragments_are_merged_into_one_selection() -> None:
    query = """
      query { goal(by: {id: "goal_1"}) { ...Head ...Head t: title ...Id ...Tail } }
      fragment Id on Goal { owner { ... on Person { id } } }
      fragment Head on Goal { title owner { ... on Person { name } } }
      fragment Tail on Goal { owner { __typename } }
    """
    data = (await build_graph().execute_json(query))["data"]
    assert data == {
        "goal": {
            "title": "Fewer late parcels",
            "owner": {"name": "Mara Okafor", "id": "person_1", "__typename": "Person"},
            "t": "Fewer late parcels",
        }
    }


async def test_a_union_is_asked_for_each_of_its_types() -> None:
    query = '{goal(by:{id:"goal_1"}){owner{__typename ...on Person{name} ...on Team{id}}}}'
    theirs = build_graph()
    assert (await theirs.execute_json(query))["data"]["goal"]["owner"] == {
        "__typename": "Person",
        "name": "Mara Okafor",
    }
    teams = DictGraph(goal=GOAL | {"owner": LINE})
    assert (await teams.execute_json(query))["data"]["goal"]["owner"] == {
        "__typename": "Team",
        "id": "team_1",
    }


@pytest.mark.parametrize("owner", [MARA, LINE], ids=lambda each: each["__typename"])
async def test_the_name_of_an_owner_is_read_whatever_its_type(owner: dict[str, Any]) -> None:
    graph = DictGraph(goal=GOAL | {"owner": owner})
    query = '{goal(by:{id:"goal_1"}){owner{...on Named{name}}}}'
    data = (await graph.execute_json(query))["data"]
    assert data == {"goal": {"owner": {"name": owner["name"]}}}


async def test_include_and_skip_follow_the_variables_of_each_request() -> None:
    graph = build_graph()
    query = """query($with: Boolean!) {
      goal(by: {id: "goal_1"}) { id title @include(if: $with) status @skip(if: $with) } }"""
    assert (await graph.execute_json(query, {"with": True}))["data"]["goal"] == {
        "id": "goal_1",
        "title": "Fewer late parcels",
    }
    assert (await graph.execute_json(query, {"with": False}))["data"]["goal"] == {
        "id": "goal_1",
        "status": "ACTIVE",
    }


async def test_arguments_arrive_coerced_under_their_python_names() -> None:
    graph = build_graph()
    query = """query($n: Int, $status: GoalStatus!, $by: [GoalOrder!]) {
      goals(
        first: $n, orderBy: $by, search: null,
        where: {
          status: {in: [$status]}, dueOn: {lte: "2026-12-31"},
          or: [{title: {startsWith: "Few"}}, {owner: {person: {workEmail: {eq: "m@x.example"}}}}]
        }
      ) { totalCount } }"""
    order = [{"field": "DUE_ON", "direction": "DESC"}]
    await graph.execute_json(query, {"n": 5, "status": "ACTIVE", "by": order})
    ((name, arguments),) = graph.reader.reads
    assert name == "goals"
    assert arguments == {
        "first": 5,
        "order_by": [{"field": "due_on", "direction": "desc", "nulls": "last"}],
        "where": {
            "status": {"in_": ["active"]},
            "due_on": {"lte": date(2026, 12, 31)},
            "or_": [
                {"title": {"starts_with": "Few"}},
                {"owner": {"person": {"work_email": {"eq": "m@x.example"}}}},
            ],
        },
    }


async def test_absent_and_null_arguments_are_left_out() -> None:
    graph = build_graph()
    await graph.execute_json("query($n:Int){goals(first:$n,after:null){totalCount}}")
    assert graph.reader.reads == [("goals", {})]


async def test_the_fields_of_a_one_of_input_are_arguments_themselves() -> None:
    graph = DictGraph(person=MARA)
    await graph.execute_json('{person(by:{external:{source:"workday",id:"W1"}}){id}}')
    assert graph.reader.reads == [("person", {"external": {"source": "workday", "id": "W1"}})]


async def test_one_of_takes_exactly_one() -> None:
    graph = DictGraph(person=MARA)
    both = '{person(by:{id:"person_1",workEmail:"m@x.example"}){id}}'
    assert await graph.get_error_code(both) == "GRAPHQL_VALIDATION_FAILED"
    assert graph.reader.reads == []


async def test_a_document_is_prepared_once_for_all_its_variables() -> None:
    graph = build_graph()
    query = "query($n:Int){goals(first:$n){totalCount}}"
    await graph.execute_json(query, {"n": 1})
    operation = graph.engine.document_cache.get(query).get_operation(None)
    before = operation._prepared_operations.copy()
    await graph.execute_json(query, {"n": 2})
    assert operation._prepared_operations == before
    assert [arguments["first"] for _, arguments in graph.reader.reads] == [1, 2]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("Date", "2026-2-1"),
        ("Date", "2026-02-30"),
        ("Date", "0001-01-01"),
        ("Date", 20260101),
        ("DateTime", "2026-02-01"),
        ("DateTime", "2026-02-01T10:00:00"),
        ("DateTime", "2026-02-01T25:00:00Z"),
        ("Decimal", "NaN"),
        ("Decimal", "1e5"),
        ("Decimal", 1.5),
        ("Decimal", "1" * 19),
        ("Decimal", True),
    ],
)
async def test_a_malformed_scalar_is_told_as_such(type_: str, value: object) -> None:
    field = {"Date": "dueOn", "DateTime": "createdAt", "Decimal": ""}[type_]
    where = f"{{{field}:{{eq:$v}}}}" if field else "{keyResults:{some:{targetValue:{eq:$v}}}}"
    graph = build_graph()
    code = await graph.get_error_code(
        f"query($v:{type_}){{goals(where:{where}){{totalCount}}}}", {"v": value}
    )
    assert code == "BAD_USER_INPUT"
    assert graph.reader.reads == []
