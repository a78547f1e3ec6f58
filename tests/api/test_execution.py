"""Responses: joined from finished JSON where possible, else completed by graphql-core."""

from typing import Any

import pytest
from graphql import get_introspection_query, graphql_sync
from graphql.execution import get_variable_values

from api.kernel.execution import engine
from api.schema import get_schema
from domain.kernel.errors import Code, Invalid
from tests.factories.graph import DictGraph, a_page

pytestmark = pytest.mark.anyio

MARA = {"__typename": "Person", "id": "person_1", "name": "Mara Okafor"}
GOAL = {
    "__typename": "Goal",
    "id": "goal_1",
    "title": "Fewer late parcels",
    "status": "ACTIVE",
    "due_on": "2026-12-31",
    "owner": MARA,
    "parent": None,
}


def raise_refusal(**_: Any) -> None:
    raise Invalid("This cursor is of no use.", "after", code=Code.INVALID_FORMAT)


async def test_the_answer_is_the_json_of_the_root_fields_joined() -> None:
    graph = DictGraph(goal=GOAL, goals=a_page(GOAL))
    answer = await graph.execute('{a:goal(by:{id:"goal_1"}){id} __typename goals{totalCount}}')
    assert (answer.is_executed, answer.status) == (True, 200)
    assert answer.body == (
        b'{"data":{"a":{"id":"goal_1"},"__typename":"Query","goals":{"totalCount":1}},'
        b'"extensions":{"cost":{"requestedQueryCost":8,"actualQueryCost":11}}}'
    )


async def test_introspection_beside_compiled_fields_leaves_their_json_untouched() -> None:
    graph = DictGraph(goal=GOAL)
    query = '{__schema{queryType{name}} g:goal(by:{id:"goal_1"}){dueOn status owner{__typename}}}'
    assert (await graph.execute_json(query))["data"] == {
        "__schema": {"queryType": {"name": "Query"}},
        "g": {"dueOn": "2026-12-31", "status": "ACTIVE", "owner": {"__typename": "Person"}},
    }


STANDARD_INTROSPECTION = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
)
VARIED_INTROSPECTION = """query($all: Boolean! = true, $name: String = "Goal") {
  one: __type(name: $name) { ...Names fields(includeDeprecated: $all) { n: name type { kind } } }
  __schema @include(if: $all) { __typename directives { locations args { defaultValue } } }
} fragment Names on __Type { __typename kind name @skip(if: false) ofType { kind name } }"""


@pytest.mark.parametrize(
    "query",
    [STANDARD_INTROSPECTION, VARIED_INTROSPECTION, '{__type(name:"Gaol"){name}a:__typename}'],
)
async def test_introspection_equals_that_of_graphql_core(query: str) -> None:
    expected = graphql_sync(get_schema()._schema, query)
    assert expected.errors is None
    assert (await DictGraph().execute_json(query))["data"] == expected.data


async def test_introspection_has_a_known_price() -> None:
    graph = DictGraph()
    for query, price in (
        ("{__schema{queryType{name}}}", 500),
        ('{a:__type(name:"Goal"){name} b:__type(name:"Goal"){name}}', 50),
        (STANDARD_INTROSPECTION, 500),
    ):
        for _ in range(2):
            cost = (await graph.execute_json(query))["extensions"]["cost"]
            assert cost["requestedQueryCost"] == price


async def test_introspection_of_a_document_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, told, executed = DictGraph(), list[str | None](), engine._run_graphql_core
    monkeypatch.setattr(
        engine, "_run_graphql_core", lambda *asked: told.append("told") or executed(*asked)
    )
    for _ in range(3):
        answer = await graph.execute_json('{__type(name:"Goal"){name}}')
        assert answer["data"] == {"__type": {"name": "Goal"}}
    assert told == ["told"]


async def test_introspection_follows_the_variables() -> None:
    graph, query = DictGraph(), "query($name:String!){__type(name:$name){name}}"
    for name in ("Goal", "Person", "Goal"):
        assert (await graph.execute_json(query, {"name": name}))["data"] == {
            "__type": {"name": name}
        }


async def test_a_refusal_nulls_its_own_field_and_says_where() -> None:
    graph = DictGraph(goal=raise_refusal, tenant={"name": "Meridian"})
    answer = await graph.execute_json('{bad:goal(by:{id:"x"}){id} tenant{name}}')
    assert answer["data"] == {"bad": None, "tenant": {"name": "Meridian"}}
    assert answer["errors"] == [
        {
            "message": "This cursor is of no use.",
            "locations": [{"line": 1, "column": 2}],
            "path": ["bad"],
            "extensions": {
                "code": "INVALID_FORMAT",
                "requestId": "request-1",
                "field": ["after"],
            },
        }
    ]


async def test_a_list_that_fails_leaves_the_other_root_fields() -> None:
    graph = DictGraph(goals=raise_refusal, tenant={"name": "Meridian"})
    answer = await graph.execute_json("{goals{totalCount} tenant{name}}")
    assert answer["data"] == {"goals": None, "tenant": {"name": "Meridian"}}
    assert answer["errors"][0]["path"] == ["goals"]


async def test_a_refusal_is_told_the_same_way_beside_introspection() -> None:
    graph = DictGraph(goal=raise_refusal)
    answer = await graph.execute_json('{goal(by:{id:"x"}){id} __type(name:"Goal"){name}}')
    assert answer["data"] == {"goal": None, "__type": {"name": "Goal"}}
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_FORMAT"
    assert answer["errors"][0]["path"] == ["goal"]


async def test_a_non_null_violation_is_completed_as_the_specification_says() -> None:
    graph = DictGraph(goals=a_page(GOAL, GOAL | {"id": "goal_2", "title": None}), goal=GOAL)
    graph.reader.violates_non_null = True
    query = """{
      goals { totalCount edges { node { t: title owner { ... on Person { name } } } } }
      goal(by: {id: "goal_1"}) { status dueOn owner { __typename } }
    }"""
    answer = await graph.execute_json(query)
    assert answer["data"] == {
        "goals": None,
        "goal": {"status": "ACTIVE", "dueOn": "2026-12-31", "owner": {"__typename": "Person"}},
    }
    (error,) = answer["errors"]
    assert error["path"] == ["goals", "edges", 1, "node", "t"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "title" not in error["message"]


async def test_null_tolerant_answers_equal_direct_ones() -> None:
    query = """{
      g: goals(first: 1) { totalCount nodes { t: title status due: dueOn
        owner { __typename ... on Person { n: name } } parent { id } } pageInfo { hasNextPage } }
      node(id: "goal_1") { __typename id ... on Goal { title } }
    }"""
    graph = DictGraph(goals=a_page(GOAL), node=GOAL)
    await graph.execute(query)  # later requests do not pay for reading the document
    quick = await graph.execute(query)
    graph.reader.violates_non_null = True
    assert (await graph.execute(query)).body == quick.body


async def test_an_unexpected_error_is_masked() -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("canary: postgres://owner:secret@host")

    answer = await DictGraph(goal=broken).execute('{goal(by:{id:"goal_1"}){id}}')
    assert (answer.is_executed, answer.status) == (False, 500)
    assert b"canary" not in answer.body
    assert b'"code":"INTERNAL_SERVER_ERROR","requestId":"request-1"' in answer.body


async def test_a_caller_without_an_active_member_is_forbidden_everything() -> None:
    graph = DictGraph(goal=GOAL)
    graph.actors.actor = None
    for query in ('{goal(by:{id:"goal_1"}){id}}', "{__schema{queryType{name}}}"):
        answer = await graph.execute(query)
        assert (answer.is_executed, answer.status) == (False, 403)
        assert b'"code":"FORBIDDEN"' in answer.body
    assert graph.reader.reads == []


async def test_a_tenant_that_is_not_served_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def query_suspended(*_: Any) -> bytes:
        return b'{"tenant_status":"suspended","location":null}'

    graph = DictGraph(goal=GOAL)
    graph.actors.actor = None
    monkeypatch.setattr(graph.reader, "query_actor", query_suspended)
    answer = await graph.execute('{goal(by:{id:"goal_1"}){id}}')
    assert (answer.is_executed, answer.status) == (False, 403)
    assert b'"code":"TENANT_SUSPENDED"' in answer.body


async def test_methods_that_must_be_safe_run_no_mutation() -> None:
    answer = await DictGraph().execute(
        'mutation{goalActivate(input:{id:"goal_1"}){errors{code}}}', may_mutate=False
    )
    assert (answer.status, answer.headers) == (405, {"Allow": "POST"})


async def test_a_subscription_needs_a_stream() -> None:
    assert await DictGraph().get_error_code("subscription{goalChanged{goal{id}}}") == "BAD_REQUEST"


async def test_an_operation_is_found_by_its_name() -> None:
    graph = DictGraph()
    two = "query A{a:__typename} query B{b:__typename}"
    answer = await graph.execute(two, operation_name="B")
    assert answer.body.startswith(b'{"data":{"b":"Query"}')
    unknown = await graph.execute(two, operation_name="C")
    assert b"OPERATION_RESOLUTION_FAILURE" in unknown.body


async def test_variables_that_do_not_fit_are_told() -> None:
    answer = await DictGraph().execute_json(
        "query($n:Int!){goals(first:$n){totalCount}}", {"n": "x"}
    )
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "requestId": "request-1"}


async def test_graphql_core_gets_coerced_variables_and_does_not_coerce_them_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[Any] = []

    def get_values(schema: Any, definitions: Any, *arguments: Any, **options: Any) -> Any:
        found.append(definitions)
        return get_variable_values(schema, definitions, *arguments, **options)

    monkeypatch.setattr("graphql.execution.executor.get_variable_values", get_values)
    query = """query($name: String!, $yes: Boolean = true, $no: Boolean!) {
      a: __type(name: $name) { name @include(if: $yes) kind @include(if: $no) }
      b: people(search: $name) { totalCount }
    }"""
    graph = DictGraph(people=a_page())
    answer = await graph.execute_json(query, {"name": "Goal", "no": False})
    assert answer["data"] == {"a": {"name": "Goal"}, "b": {"totalCount": 0}}
    refused = await graph.execute_json(query, {"name": "a" * 1_000, "no": False})
    assert refused["data"] == {"a": None, "b": None}
    assert [each["path"] for each in refused["errors"]] == [["b"]]
    assert found == [(), ()]
