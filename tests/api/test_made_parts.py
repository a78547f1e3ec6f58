"""Mutations that make a part of an object answer with the part beside the whole."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLObjectType, get_named_type

from api.kernel.schema.mutations import MUTATIONS, Mutation
from api.schema import get_schema
from persistence.concept import CONCEPTS
from tests.api.company import Company
from tests.api.mutation_inputs import build_input
from tests.api.permission_matrix import SharedCompany
from tests.api.rehearsals import open_rehearsal
from tests.factories.graph import DatabaseGraph

pytestmark = pytest.mark.anyio

SCHEMA = get_schema()._schema
assert SCHEMA.mutation_type is not None
VERBS = {
    verb: mutation
    for verb, field in SCHEMA.mutation_type.fields.items()
    if (mutation := MUTATIONS[field.extensions["strawberry-definition"].python_name]).returns_part
}
"""The mutations that make a part, by their names in the graph."""


@pytest.fixture
async def graph(shared: SharedCompany, writing: asyncpg.Pool) -> AsyncIterator[DatabaseGraph]:
    """Open a graph of the company whose changes are undone."""
    async with open_rehearsal(writing) as pool, pool.rehearse():
        yield DatabaseGraph(pool, pool, shared.company.tenant_id)


@pytest.fixture
def company(shared: SharedCompany) -> Company:
    return shared.company


CHANGING_PARTS = {"reviewCycleExtendParticipant"}
"""Verbs that answer with a part that exists."""


def build_document(verb: str, mutation: Mutation) -> str:
    """Build a document that selects the made part, and the same parts in the whole."""
    whole = SCHEMA.type_map[mutation.node_type.__name__]
    assert isinstance(whole, GraphQLObjectType)
    assert mutation.returns_part is not None
    names = list(_select_parts(whole, mutation.returns_part.__name__))
    assert names, f"{whole.name} has no list of {mutation.returns_part.__name__}."
    subject = whole.name[0].lower() + whole.name[1:]
    return f"""mutation($input: {verb[0].upper()}{verb[1:]}Input!, $key: String!) {{
      found: {verb}(input: $input) @idempotent(key: $key) {{
        made: {mutation.part_field} {{ __typename id }}
        whole: {subject} {{ id version {" ".join(names)} }}
        errors {{ code }} }} }}"""


def _select_parts(whole: GraphQLObjectType, part: str) -> Iterator[str]:
    for name, field in whole.fields.items():
        kind = get_named_type(field.type).name
        if kind == f"{part}Connection":
            yield f"{name}(first: 100) {{ nodes {{ id }} }}"
        elif kind == part:
            yield f"{name} {{ id }}"


def list_part_ids(whole: Any) -> set[str]:
    """List the ids of the parts in a whole, whatever the form of its fields."""
    found: set[str] = set()
    for value in (value for value in whole.values() if isinstance(value, dict | list)):
        rows = value.get("nodes", [value]) if isinstance(value, dict) else value
        found |= {each["id"] for each in rows}
    return found


@pytest.mark.parametrize("verb", VERBS)
async def test_the_part_that_was_made_is_one_of_the_whole(
    company: Company, graph: DatabaseGraph, verb: str
) -> None:
    mutation = VERBS[verb]
    document = build_document(verb, mutation)
    input = build_input(company, verb)
    stale = {**input, "expectedVersion": 99}
    refused = (await graph.query("ruler", document, input=stale, key="stale"))["found"]
    assert (refused["made"], refused["whole"]["id"]) == (None, input["id"])
    assert refused["errors"] == [{"code": "VERSION_CONFLICT"}]

    found = (await graph.query("ruler", document, input=input, key="k"))["found"]
    assert found["errors"] == []
    made, whole = found["made"], found["whole"]
    assert made["__typename"] == mutation.returns_part.__name__  # type: ignore[union-attr]
    assert whole["id"] == input["id"]
    known = set() if verb in CHANGING_PARTS else list_part_ids(refused["whole"])
    assert made["id"] in list_part_ids(whole) - known
    node = "query($id: ID!) { node(id: $id) { id } }"
    assert (await graph.query("ruler", node, id=made["id"]))["node"] == {"id": made["id"]}
    again = (await graph.query("ruler", document, input=input, key="k"))["found"]
    assert again == found


async def test_a_role_that_is_held_already_answers_with_its_assignment(
    company: Company, graph: DatabaseGraph
) -> None:
    input = build_input(company, "memberAssignRole")
    document = build_document("memberAssignRole", VERBS["memberAssignRole"])
    first = (await graph.query("ruler", document, input=input, key="1"))["found"]
    assert (await graph.query("ruler", document, input=input, key="2"))["found"] == first


def test_every_verb_that_begins_something_with_an_id_makes_it() -> None:
    """The words that begin an event's name tell that a part was made."""
    begun = {
        f"{concept.aggregate.NAME}_{action.name}"
        for concept in CONCEPTS.values()
        for action in concept.aggregate.ACTIONS
        if action.name.partition("_")[0] in ("add", "assign", "start", "check", "rehire")
    }
    making = {each.name for each in MUTATIONS.values() if each.returns_part}
    changed = {"person_change_job", "person_correct_job", "team_change_membership"}
    changed |= {"review_cycle_extend_participant"}
    begun -= {"alert_assign", "review_appeal_assign"}  # which hand over what exists
    begun -= {"service_client_add_key"}  # whose client picks no id: the key is shown once
    assert begun | {"goal_add_key_result"} | changed == making
