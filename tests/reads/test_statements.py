"""How many statements an answer takes: one, however wide and deep it goes."""

from collections.abc import AsyncIterator

import pytest

from api.schema import get_schema
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import connect
from tests.reads.dataset import World
from tests.reads.engine_fixture import ask
from tests.reads.statement_recorder import Watched
from tests.reads.test_differential import promising

DEEP = """
{
  organizations(first: 5) { totalCount nodes { teams(first: 5) { totalCount nodes {
    members(first: 5) { nodes { manager { reports(first: 5, depth: 2) { nodes {
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


@pytest.fixture
async def watched(addresses: DatabaseUrls) -> AsyncIterator[Watched]:
    connection = await connect(addresses.serving)
    yield Watched(connection)
    await connection.close()


@pytest.mark.anyio
async def test_an_operation_is_one_statement_however_wide_and_deep_it_goes(
    watched: Watched, tenants: dict[str, World]
) -> None:
    answer = await ask(watched.engine(), tenants["northwind"], "hr", DEEP)
    assert "errors" not in answer
    assert len(await watched.reads()) == 1


@pytest.mark.anyio
async def test_whoever_is_known_is_answered_in_one_trip_that_leaves_no_tenant_behind(
    watched: Watched, tenants: dict[str, World]
) -> None:
    engine, document = watched.engine(), "{ tenant { name } goals { totalCount } }"
    for slug in ("northwind", "lagoon"):
        await ask(engine, tenants[slug], "hr", document)
    await watched.settled()
    watched.statements.clear()

    for slug, name in (("northwind", "Northwind"), ("lagoon", "Lagoon")):
        answer = await ask(engine, tenants[slug], "hr", document)
        assert answer["data"]["tenant"] == {"name": name}
        entered = await watched.connection.fetchval("SELECT current_setting('app.tenant_id', true)")
        assert not entered

    await watched.settled()
    first, _, second, _ = watched.statements
    assert first == second
    assert "set_config('app.tenant_id'" in first


@pytest.mark.anyio
async def test_plans_are_made_once_and_for_all_values(
    watched: Watched, tenants: dict[str, World]
) -> None:
    engine = watched.engine()
    for first in range(1, 13):
        document = "query($first: Int) { goals(first: $first) { totalCount nodes { title } } }"
        await ask(engine, tenants["northwind"], "hr", document, {"first": first})
    made = "SELECT sum(generic_plans)::int, sum(custom_plans)::int FROM pg_prepared_statements"
    generic, custom = await watched.connection.fetchrow(made)
    assert generic >= 12
    assert custom == 0


@pytest.mark.anyio
async def test_a_document_of_introspection_and_one_field_reads_once(
    watched: Watched, tenants: dict[str, World]
) -> None:
    document = "{ __schema { queryType { name } } tenant { name } }"
    answer = await ask(watched.engine(), tenants["northwind"], "nobody", document)
    assert answer["data"] == {
        "__schema": {"queryType": {"name": "Query"}},
        "tenant": {"name": "Northwind"},
    }
    assert await watched.kinds() == ["BEGIN", "SELECT", "SELECT", "COMMIT"]


@pytest.mark.anyio
async def test_a_broken_promise_is_read_once_more_with_care(
    watched: Watched, tenants: dict[str, World]
) -> None:
    document = "{ tenant { name } goals(first: 50) { nodes { parent { title } } } }"
    with promising(get_schema()._schema):
        answer = await ask(watched.engine(), tenants["northwind"], "hr", document)
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"INTERNAL_SERVER_ERROR"}
    attempt, with_care = ["SELECT", "SELECT"], ["BEGIN", "SELECT", "SELECT", "SELECT", "COMMIT"]
    assert await watched.kinds() == [*attempt, "ROLLBACK", *with_care]


@pytest.mark.anyio
async def test_a_refused_argument_leaves_the_other_fields_and_the_transaction_whole(
    watched: Watched, tenants: dict[str, World]
) -> None:
    document = """
        { goal(id: "person_1") { id } person(by: { id: "goal_1" }) { id } tenant { name } }
    """
    answer = await ask(watched.engine(), tenants["northwind"], "employee", document)
    assert answer["data"] == {"goal": None, "person": None, "tenant": {"name": "Northwind"}}
    assert [each["path"] for each in answer["errors"]] == [["goal"], ["person"]]
    who, one_by_one = ["SELECT"], ["BEGIN", "SELECT", "SELECT", "COMMIT"]
    assert await watched.kinds() == [*who, *one_by_one]
