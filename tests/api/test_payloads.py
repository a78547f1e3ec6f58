"""Payloads: results of mutations under the keys and fields that the document selects."""

from typing import Any

import asyncpg
import orjson
import pytest

from domain.kernel.identity import TenantId, generate_id
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates

pytestmark = pytest.mark.anyio

TYPES = {"input": "GoalCreateInput!", "more": "Boolean!", "edit": "TeamEditInput!"}
GOAL = {"title": "Late parcels", "dueOn": "2031-01-31"}


@pytest.fixture
async def world(
    pool: asyncpg.Pool, writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def execute_mutation(world: World, what: str, **given: Any) -> Any:
    """Execute a mutation as Mara; return the whole response."""
    variables = {"input": GOAL, **given}
    declared = " ".join(f"${name}: {TYPES[name]}" for name in variables)
    found = await world.graph.execute("mara", f"mutation({declared}) {{ {what} }}", **variables)
    return orjson.loads(found.body)


async def list_titles(world: World) -> list[str]:
    found = await world.graph.query("mara", "{ goals { nodes { title } } }")
    return sorted(each["title"] for each in found["goals"]["nodes"])


async def test_a_payload_has_the_keys_that_were_asked_for_in_their_order(world: World) -> None:
    asked = """
      kind: __typename
      made: goalCreate(input: $input) {
        __typename
        again: goal { ...Named }
        errors { code }
        goal { status }
        ... on GoalCreatePayload @include(if: $more) { goal { version } }
      }
    } fragment Named on Goal { __typename title"""
    data = (await execute_mutation(world, asked, more=True))["data"]
    assert data == {
        "kind": "Mutation",
        "made": {
            "__typename": "GoalCreatePayload",
            "again": {"__typename": "Goal", "title": "Late parcels"},
            "errors": [],
            "goal": {"status": "DRAFT", "version": 1},
        },
    }
    assert list(data["made"]) == ["__typename", "again", "errors", "goal"]
    less = (await execute_mutation(world, asked, more=False))["data"]
    assert less["made"]["goal"] == {"status": "DRAFT"}


async def test_errors_have_the_keys_that_were_asked_for(world: World) -> None:
    before = await list_titles(world)
    asked = """goalCreate(input: $input) {
      goal { id @include(if: $more) }
      why: errors { __typename is: code ... on UserError { field index } }
      errors { message @skip(if: $more) code }
    }"""
    payload = (await execute_mutation(world, asked, input={**GOAL, "title": ""}, more=True))[
        "data"
    ]["goalCreate"]
    why = {"__typename": "UserError", "is": "REQUIRED", "field": ["title"], "index": None}
    assert payload == {"goal": None, "why": [why], "errors": [{"code": "REQUIRED"}]}
    assert await list_titles(world) == before


async def test_any_payload_is_read_by_its_interface(world: World) -> None:
    asked = """goalCreate(input: $input) { ...Outcome goal @include(if: $more) { title } }
    } fragment Outcome on MutationPayload { __typename errors { code field }"""
    before = await list_titles(world)
    refused = await execute_mutation(world, asked, input={**GOAL, "title": ""}, more=False)
    assert refused["data"]["goalCreate"] == {
        "__typename": "GoalCreatePayload",
        "errors": [{"code": "REQUIRED", "field": ["title"]}],
    }
    assert await list_titles(world) == before
    made = await execute_mutation(world, asked, more=True)
    assert made["data"]["goalCreate"] == {
        "__typename": "GoalCreatePayload",
        "errors": [],
        "goal": {"title": "Late parcels"},
    }


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ('keyResults(after: "bm9uc2Vuc2U") { nodes { id } }', "CURSOR_INVALID"),
        ("keyResults(first: 101) { nodes { id } }", "OUT_OF_RANGE"),
    ],
)
async def test_what_cannot_be_read_back_is_refused_before_anything_is_done(
    world: World, asked: str, code: str
) -> None:
    before = await list_titles(world)
    found = await execute_mutation(
        world, f"goalCreate(input: $input) {{ goal {{ {asked} }} errors {{ code }} }}"
    )
    assert found["data"]["goalCreate"] == {"goal": None, "errors": [{"code": code}]}
    assert await list_titles(world) == before


async def test_mutations_are_done_in_order_and_end_with_the_first_that_breaks(
    world: World,
) -> None:
    before = await list_titles(world)
    create = "goalCreate(input: $input) { goal { title } }"
    edit = 'teamEdit(input: $edit) @idempotent(key: "") { errors { code } }'
    nameless = {"id": f"team_{generate_id()}"}
    asked = f"first: {create} second: {edit} third: {create}"
    found = await execute_mutation(world, asked, edit=nameless)
    assert found["data"] is None
    (error,) = found["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["second"], "BAD_USER_INPUT")
    assert await list_titles(world) == sorted([*before, "Late parcels"])


@pytest.mark.parametrize("form", ["literal", "variable"])
async def test_a_null_where_none_is_allowed_is_an_error_of_its_field(
    world: World, form: str
) -> None:
    before = await list_titles(world)
    given = f'id: "{world.goal_id}"'
    if form == "literal":
        asked = f"goalEdit(input: {{{given}, title: null}}) {{ errors {{ code message field }} }}"
        found = await world.graph.execute("mara", f"mutation {{ {asked} }}")
    else:
        asked = "goalEdit(input: $input) { errors { code message field } }"
        found = await world.graph.execute(
            "mara",
            f"mutation($input: GoalEditInput!) {{ {asked} }}",
            input={"id": world.goal_id, "title": None},
        )
    assert orjson.loads(found.body)["data"]["goalEdit"]["errors"] == [
        {
            "code": "REQUIRED",
            "message": "This field cannot be null. Leave it out to keep its value.",
            "field": ["title"],
        }
    ]
    assert await list_titles(world) == before
