"""Mutations: one transaction each; read back as selected, or refused with nothing changed."""

import asyncio
from typing import Any

import pytest

from api.kernel.schema.global_ids import encode_id
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId, generate_id
from persistence.unit_of_work import work as unit
from tests.api.world import World, a_world
from tests.conftest import SAVE, SaveAggregates
from tests.factories.actors import NOW, an_admin
from tests.factories.tenants import a_registered_tenant

pytestmark = pytest.mark.anyio

CHECK_IN = """
mutation($input: GoalCheckInInput!) {
  goalCheckIn(input: $input) {
    now: goal { version progress keyResults { nodes { currentValue } } }
    goal { lastCheckIn { note confidence author { name } values { value keyResult { title } } } }
    errors { code field }
  }
}"""
EDIT = """
mutation($input: PersonEditInput!) {
  personEdit(input: $input) { person { version workEmail timeZone } errors { code message field } }
}"""
HISTORY = "query($id: ID!) { goal(by: {id: $id}) { version history { totalCount } } }"


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def test_the_object_is_read_back_as_the_client_asked(world: World) -> None:
    payload = await world.graph.mutate(
        "mara",
        CHECK_IN,
        id=world.goal_id,
        confidence="AT_RISK",
        note="Rain all week.",
        values=[{"keyResultId": world.key_result_id, "value": "2.50"}],
    )
    assert payload == {
        "now": {
            "version": 2,
            "progress": 0.25,
            "keyResults": {"nodes": [{"currentValue": "2.50"}]},
        },
        "goal": {
            "lastCheckIn": {
                "note": "Rain all week.",
                "confidence": "AT_RISK",
                "author": {"name": "Mara Okafor"},
                "values": [{"value": "2.50", "keyResult": {"title": "Late parcels"}}],
            }
        },
        "errors": [],
    }


@pytest.mark.parametrize(
    ("who", "code"),
    [("mara", None), ("manager", None), ("admin", None), ("ben", "NOT_PERMITTED")],
)
async def test_who_may_check_in(world: World, who: str, code: str | None) -> None:
    before = await world.graph.query("admin", HISTORY, id=world.goal_id)
    payload = await world.graph.mutate(who, CHECK_IN, id=world.goal_id, confidence="ON_TRACK")
    after = await world.graph.query("admin", HISTORY, id=world.goal_id)
    assert [each["code"] for each in payload["errors"]] == ([code] if code else [])
    assert (payload["goal"] is None) == (code is not None)
    assert (before == after) == (code is not None)


async def test_a_foreign_id_and_a_random_one_get_the_same_answer(
    world: World, pool: Any, writing: Any, owner: Any
) -> None:
    other = await a_registered_tenant(owner)

    async def keep(*aggregates: Aggregate) -> None:
        async with unit.work(writing, an_admin(other), now=NOW) as begun:
            for each in aggregates:
                await begun.add(each, to=SAVE)

    foreign = await a_world(pool, writing, keep, other)
    bodies = []
    for id_ in (foreign.goal_id, encode_id("goal", generate_id())):
        check_in = {"id": id_, "confidence": "ON_TRACK"}
        told = await world.graph.execute("mara", CHECK_IN, input=check_in)
        read = await world.graph.execute("mara", HISTORY, id=id_)
        bodies.append([each.body.partition(b'"actualQueryCost"')[0] for each in (told, read)])
    assert bodies[0] == bodies[1]
    assert b'"errors":[{"code":"NOT_FOUND","field":["id"]}]' in bodies[0][0]
    assert b'{"data":{"goal":null}' in bodies[0][1]


async def test_a_stale_version_gets_the_current_state(world: World) -> None:
    first = await world.graph.mutate(
        "mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK", expectedVersion=1
    )
    second = await world.graph.mutate(
        "mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK", expectedVersion=1
    )
    assert first["errors"] == []
    assert second["errors"] == [{"code": "VERSION_CONFLICT", "field": ["expectedVersion"]}]
    assert second["now"]["version"] == 2


async def test_of_twenty_clients_at_once_one_wins(world: World) -> None:
    def check_in() -> Any:
        return world.graph.mutate(
            "mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK", expectedVersion=1
        )

    payloads = await asyncio.gather(*(check_in() for _ in range(20)))
    codes = sorted(each["errors"][0]["code"] if each["errors"] else "" for each in payloads)
    assert codes == [""] + ["VERSION_CONFLICT"] * 19
    after = await world.graph.query("mara", HISTORY, id=world.goal_id)
    assert after["goal"]["version"] == 2


async def test_absent_stays_and_null_clears(world: World) -> None:
    id_ = world.encode_person_id("ben")
    values = {"workEmail": "new@meridian.example", "timeZone": "Europe/Oslo"}
    first = await world.graph.mutate("admin", EDIT, id=id_, **values)
    assert first["person"] == {"version": 2} | values
    second = await world.graph.mutate("admin", EDIT, id=id_, timeZone=None)
    assert second["person"] == {"version": 3} | values | {"timeZone": None}


@pytest.mark.parametrize(
    ("input_", "field", "code"),
    [
        ({"id": "nonsense"}, ["id"], "INVALID_FORMAT"),
        ({"name": None}, ["name"], "REQUIRED"),
        ({"familyName": "x" * 5_000}, ["familyName"], "TOO_LONG"),
        ({"workEmail": "no address"}, ["workEmail"], "INVALID_FORMAT"),
        ({"workEmail": "MARA@meridian.example"}, ["workEmail"], "NOT_UNIQUE"),
        ({"timeZone": "Mars/Olympus"}, ["timeZone"], "INVALID_FORMAT"),
    ],
)
async def test_bad_input_is_told_with_its_place(
    world: World, input_: dict[str, Any], field: list[str], code: str
) -> None:
    payload = await world.graph.mutate(
        "admin", EDIT, **{"id": world.encode_person_id("ben")} | input_
    )
    assert payload["person"] is None
    (error,) = payload["errors"]
    assert (error["code"], error["field"]) == (code, field)


async def test_nobody_comes_to_stand_above_themselves(world: World) -> None:
    query = """mutation($input: PersonAssignManagerInput!) {
      personAssignManager(input: $input) { person { manager { name } } errors { code field } } }"""
    payload = await world.graph.mutate(
        "admin",
        query,
        id=world.encode_person_id("manager"),
        managerId=world.encode_person_id("mara"),
    )
    assert payload["errors"] == [{"code": "REFERENCE_CYCLE", "field": ["managerId"]}]


async def test_mutations_of_one_document_run_one_after_the_other(world: World) -> None:
    query = """mutation($a: GoalCheckInInput!, $b: GoalAchieveInput!) {
      first: goalCheckIn(input: $a) { goal { status version } errors { code } }
      second: goalAchieve(input: $b) { goal { status version } errors { code } }
      third: goalCheckIn(input: $a) { goal { status } errors { code } } }"""
    a = {"id": world.goal_id, "confidence": "ON_TRACK"}
    data = await world.graph.query("mara", query, a=a, b={"id": world.goal_id})
    assert data["first"]["goal"] == {"status": "ACTIVE", "version": 2}
    assert data["second"]["goal"] == {"status": "ACHIEVED", "version": 3}
    assert data["third"] == {"goal": None, "errors": [{"code": "STATE_CONFLICT"}]}


async def test_emoji_and_right_to_left_text_stay_intact(world: World) -> None:
    query = """mutation($input: GoalEditInput!) {
      goalEdit(input: $input) { goal { title } errors { code } } }"""
    title = "מטרה 🎯 — e\u0301lan"
    payload = await world.graph.mutate("mara", query, id=world.goal_id, title=title)
    assert payload["errors"] == []
    assert payload["goal"]["title"] in (title, "מטרה 🎯 — \u00e9lan")


async def test_a_removed_member_is_turned_away_at_the_next_request(world: World) -> None:
    query = '{members(where:{subject:{eq:"ben"}}){nodes{id}}}'
    found = await world.graph.query("admin", query)
    assert (await world.graph.execute("ben", "{viewer{person{name}}}")).status == 200
    remove = "mutation($input:MemberRemoveInput!){memberRemove(input:$input){errors{code}}}"
    payload = await world.graph.mutate("admin", remove, id=found["members"]["nodes"][0]["id"])
    assert payload == {"errors": []}
    for query in ("{viewer{person{name}}}", 'mutation{goalDiscard(input:{id:"x"}){goal{id}}}'):
        answer = await world.graph.execute("ben", query)
        assert (answer.is_executed, answer.status) == (False, 403)
