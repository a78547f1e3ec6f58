"""An operation is one statement, however wide and deep it is."""

import pytest

from api.schema import get_schema
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import execute_document
from tests.reads.statement_recorder import StatementRecorder
from tests.reads.test_differential import make_fields_non_null

DEEP_QUERY = """
{
  organizations(first: 5) { totalCount nodes { teams(first: 5) { totalCount nodes {
    people(first: 5) { nodes { manager { reports(first: 5, depth: 2) { nodes {
      goals(first: 5, where: { children: { some: { status: { eq: ACTIVE } } } }) { nodes {
        owner { ... on Person { name } ... on Team { ancestors { name } } }
        history(first: 2) { nodes { changes { field } subject { ... on Goal { viewerCan } } } }
      } }
    } } } } }
  } } } }
  people(search: "a", orderBy: [{ field: LEVEL }]) { totalCount edges { cursor } }
  viewer { permissions roles { grants { permission } } }
  __typename
}
"""


@pytest.mark.anyio
async def test_an_operation_is_one_statement_however_wide_and_deep_it_goes(
    watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    answer = await execute_document(watched.create_engine(), tenants["northwind"], "hr", DEEP_QUERY)
    assert "errors" not in answer
    assert len(await watched.take_reads()) == 1


@pytest.mark.anyio
async def test_a_cached_caller_is_answered_in_one_round_trip_that_leaves_no_tenant_behind(
    watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    engine, document = watched.create_engine(), "{ tenant { name } goals { totalCount } }"
    for slug in ("northwind", "lagoon"):
        await execute_document(engine, tenants[slug], "hr", document)
    await watched.wait_for_query_log()
    watched.statements.clear()

    for slug, name in (("northwind", "Northwind"), ("lagoon", "Lagoon")):
        answer = await execute_document(engine, tenants[slug], "hr", document)
        assert answer["data"]["tenant"] == {"name": name}
        entered = await watched.connection.fetchval("SELECT current_setting('app.tenant_id', true)")
        assert not entered

    await watched.wait_for_query_log()
    first, _, second, _ = watched.statements
    assert first == second
    assert "set_config('app.tenant_id'" in first


@pytest.mark.anyio
async def test_plans_are_prepared_once_and_for_all_values(
    watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    engine = watched.create_engine()
    for first in range(1, 13):
        document = "query($first: Int) { goals(first: $first) { totalCount nodes { title } } }"
        await execute_document(engine, tenants["northwind"], "hr", document, {"first": first})
    made = "SELECT sum(generic_plans)::int, sum(custom_plans)::int FROM pg_prepared_statements"
    generic, custom = await watched.connection.fetchrow(made)
    assert generic >= 12
    assert custom == 0


@pytest.mark.anyio
async def test_a_document_of_introspection_and_one_field_reads_once(
    watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    document = "{ __schema { queryType { name } } tenant { name } }"
    answer = await execute_document(
        watched.create_engine(), tenants["northwind"], "nobody", document
    )
    assert answer["data"] == {
        "__schema": {"queryType": {"name": "Query"}},
        "tenant": {"name": "Northwind"},
    }
    assert await watched.list_statement_kinds() == ["BEGIN", "SELECT", "SELECT", "COMMIT"]


@pytest.mark.anyio
async def test_a_non_null_violation_is_read_again_null_tolerantly(
    watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    document = "{ tenant { name } goals(first: 50) { nodes { parent { title } } } }"
    with make_fields_non_null(get_schema()._schema):
        answer = await execute_document(
            watched.create_engine(), tenants["northwind"], "hr", document
        )
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"INTERNAL_SERVER_ERROR"}
    attempt, with_care = ["SELECT", "SELECT"], ["BEGIN", "SELECT", "SELECT", "SELECT", "COMMIT"]
    assert await watched.list_statement_kinds() == [*attempt, "ROLLBACK", *with_care]


@pytest.mark.anyio
async def test_a_refused_argument_leaves_the_other_fields_and_the_transaction_whole(
    watched: StatementRecorder, tenants: dict[str, TenantDataset]
) -> None:
    document = """
        { goal(by: {id: "person_1"}) { id } person(by: { id: "goal_1" }) { id } tenant { name } }
    """
    answer = await execute_document(
        watched.create_engine(), tenants["northwind"], "employee", document
    )
    assert answer["data"] == {"goal": None, "person": None, "tenant": {"name": "Northwind"}}
    assert [each["path"] for each in answer["errors"]] == [["goal"], ["person"]]
    who, one_by_one = ["SELECT"], ["BEGIN", "SELECT", "SELECT", "COMMIT"]
    assert await watched.list_statement_kinds() == [*who, *one_by_one]
