"""Subscriptions: each subscriber gets the events that it may see at that moment."""

import asyncio
from typing import Any

import orjson
import pytest

from api.kernel.schema.global_ids import encode_id
from domain.goals import GoalStatus, Visibility
from domain.kernel.identity import TenantId, generate_id
from domain.kernel.permissions import Grant, Permission
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.goals import a_goal
from tests.factories.members import a_member, a_role
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio

CHANGED = "subscription($id: ID) { goalChanged(id: $id) { goal { title lastCheckIn { note } } } }"
CHECK_IN = "mutation($input: GoalCheckInInput!) { goalCheckIn(input: $input) { errors { code } } }"
DISCARD = "mutation($input: GoalDiscardInput!) { goalDiscard(input: $input) { errors { code } } }"
REVOKE = """mutation($input: MemberRevokeRoleInput!) {
  memberRevokeRole(input: $input) { errors { code } } }"""
MEMBERS = "{ members { nodes { id person { id } assignments { id } } } }"
DEPART = "mutation($input: PersonDepartInput!) { personDepart(input: $input) { errors { code } } }"
EDIT_PERSON = "mutation($input: PersonEditInput!) { personEdit(input: $input) { errors { code } } }"
EDIT = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def next_event(events: Any, seconds: float = 5) -> Any:
    """Return the next event, or None where none comes in time."""
    try:
        return orjson.loads(await asyncio.wait_for(anext(events), seconds))
    except TimeoutError:
        return None


async def test_a_change_is_heard_as_it_was_asked_for(world: World) -> None:
    events = await world.graph.subscribe("ben", CHANGED, id=world.goal_id)
    await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK", note="Dry.")
    assert await next_event(events) == {
        "data": {
            "goalChanged": {
                "goal": {"title": "Fewer late parcels", "lastCheckIn": {"note": "Dry."}}
            }
        }
    }
    await events.aclose()


async def test_who_may_not_see_it_hears_nothing(world: World) -> None:
    await world.graph.mutate("mara", EDIT, id=world.goal_id, visibility="PRIVATE")
    own = await world.graph.subscribe("mara", CHANGED)
    theirs = await world.graph.subscribe("ben", CHANGED)
    await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK")
    assert (await next_event(own))["data"]["goalChanged"]["goal"]["title"] == "Fewer late parcels"
    assert await next_event(theirs, 0.5) is None
    await theirs.aclose()
    await own.aclose()


OUTCOME = "subscription($id: ID) { goalChanged(id: $id) { goal { title } %s } }"
IDS = "deletedGoalId hiddenGoalId"


async def find_member(world: World, who: str) -> Any:
    """Find a person's member, with its assignments."""
    found = await world.graph.query("admin", MEMBERS)
    id = world.encode_person_id(who)
    return next(each for each in found["members"]["nodes"] if each["person"]["id"] == id)


async def subscribe_all(world: World, *who: str, **variables: Any) -> dict[str, Any]:
    """Subscribe these members to what becomes of goals."""
    query = OUTCOME % IDS
    return {each: await world.graph.subscribe(each, query, **variables) for each in who}


async def assert_outcomes(listeners: dict[str, Any], expected: dict[str, Any]) -> None:
    """Assert the next event of each listener; None stands for no event."""
    for who in sorted(listeners, key=lambda each: expected[each] is None):
        event = await next_event(listeners[who], 0.3 if expected[who] is None else 20)
        assert (event and event["data"]["goalChanged"]) == expected[who], who


async def test_a_watcher_whose_right_is_taken_is_told_the_id_and_nothing_else(
    world: World,
) -> None:
    listeners = await subscribe_all(world, "mara", "manager", "ben", "admin")
    await world.graph.mutate("mara", EDIT, id=world.goal_id, visibility="REPORTING_CHAIN")
    seen = {"goal": {"title": "Fewer late parcels"}, "deletedGoalId": None, "hiddenGoalId": None}
    hidden = {"goal": None, "deletedGoalId": None, "hiddenGoalId": world.goal_id}
    chain = {"mara": seen, "manager": seen, "ben": hidden, "admin": seen}
    await assert_outcomes(listeners, chain)

    await world.graph.mutate("mara", EDIT, id=world.goal_id, title="Ours", visibility="PRIVATE")
    ours = seen | {"goal": {"title": "Ours"}}
    own = {"mara": ours, "manager": hidden, "ben": None, "admin": hidden}
    await assert_outcomes(listeners, own)

    await world.graph.mutate("mara", EDIT, id=world.goal_id, title="Mine")
    mine = seen | {"goal": {"title": "Mine"}}
    nobody = {"manager": None, "ben": None, "admin": None}
    await assert_outcomes(listeners, {"mara": mine} | nobody)
    for each in listeners.values():
        await each.aclose()


async def test_a_deletion_is_told_to_those_who_could_see_the_object(
    world: World, keep: SaveAggregates
) -> None:
    draft = a_goal(world.people["mara"], "A draft", status=GoalStatus.DRAFT)
    await keep(draft)
    id = encode_id("goal", draft.id)
    listeners = await subscribe_all(world, "mara", "manager", id=id)
    listeners |= await subscribe_all(world, "ben")
    log = "subscription { entry: auditLog(entity: GOAL) { action subjectId } }"
    entries = {who: await world.graph.subscribe(who, log) for who in ("mara", "ben")}
    await world.graph.mutate("mara", DISCARD, id=id)

    gone = {"goal": None, "deletedGoalId": id, "hiddenGoalId": None}
    await assert_outcomes(listeners, {"mara": gone, "manager": gone, "ben": None})
    entry = {"action": "DISCARDED", "subjectId": id}
    assert await next_event(entries["mara"]) == {"data": {"entry": entry}}
    assert await next_event(entries["ben"], 0.5) is None
    for each in (*listeners.values(), *entries.values()):
        await each.aclose()


@pytest.mark.parametrize("selected", [IDS, "", "hiddenGoalId"])
async def test_a_watcher_who_loses_a_role_is_told_once(world: World, selected: str) -> None:
    query = OUTCOME % selected
    watching = await world.graph.subscribe("ben", query, id=world.goal_id)
    other = await world.graph.subscribe("mara", query, id=world.goal_id)
    ben = await find_member(world, "ben")
    for assignment in ben["assignments"]:
        role = {"id": ben["id"], "assignmentId": assignment["id"]}
        await world.graph.mutate("admin", REVOKE, **role)
    await world.graph.mutate(
        "admin", EDIT_PERSON, id=world.encode_person_id("mara"), familyName="L2"
    )

    ids = dict.fromkeys(selected.split())
    hidden = {each: world.goal_id for each in ids if each == "hiddenGoalId"}
    event = {"goal": None, **ids, **hidden}
    assert await next_event(watching, 20) == {"data": {"goalChanged": event}}
    assert await next_event(watching, 0.5) is None
    assert await next_event(other, 0.1) is None
    await watching.aclose()
    await other.aclose()


async def test_who_cannot_watch_an_object_is_told_at_once(
    world: World, keep: SaveAggregates
) -> None:
    hidden = a_goal(world.people["mara"], "Hers", Visibility.PRIVATE)
    await keep(hidden)
    answers = [
        await world.graph.subscribe("ben", CHANGED, id=id)
        for id in (encode_id("goal", hidden.id), encode_id("goal", generate_id()))
    ]
    assert answers[0].body == answers[1].body
    (error,) = orjson.loads(answers[0].body)["errors"]
    assert (error["message"], error["extensions"]["code"]) == (
        "There is no such goal.",
        "NOT_FOUND",
    )
    malformed = await world.graph.subscribe("ben", CHANGED, id=world.encode_person_id("ben"))
    (error,) = orjson.loads(malformed.body)["errors"]
    assert error["extensions"]["code"] == "INVALID_FORMAT"


async def test_an_event_of_a_guarded_fact_is_not_sent_to_those_who_may_not_see_it(
    world: World, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    auditor = a_person(tenant_id, "Auditor")
    grants = [Grant(each) for each in (Permission.AUDIT_READ, Permission.DIRECTORY_READ)]
    role = a_role(tenant_id, "auditor", *grants)
    await keep(auditor, role, a_member(auditor, "auditor", role.id))
    log = "subscription { entry: auditLog(entity: PERSON) { action } }"
    theirs, admins = [await world.graph.subscribe(each, log) for each in ("auditor", "admin")]
    ben = world.encode_person_id("ben")
    await world.graph.mutate("admin", DEPART, id=ben, lastDay="2026-12-31")
    await world.graph.mutate("admin", EDIT_PERSON, id=ben, familyName="Planner")

    assert [(await next_event(admins))["data"]["entry"]["action"] for _ in range(2)] == [
        "DEPARTED",
        "EDITED",
    ]
    assert await next_event(theirs) == {"data": {"entry": {"action": "EDITED"}}}
    await theirs.aclose()
    await admins.aclose()


async def test_the_journal_is_for_those_who_may_read_it(world: World) -> None:
    query = "subscription { entry: auditLog(entity: GOAL) { action actor { name } } }"
    theirs = await world.graph.subscribe("ben", query)
    admins = await world.graph.subscribe("admin", query)
    await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK")
    assert await next_event(admins) == {
        "data": {"entry": {"action": "CHECKED_IN", "actor": {"name": "Mara Okafor"}}}
    }
    assert await next_event(theirs, 0.5) is None
    await theirs.aclose()
    await admins.aclose()


async def test_a_listener_who_is_let_in_no_longer_is_told_and_hears_no_more(
    world: World, owner: Any
) -> None:
    events = await world.graph.subscribe("ben", CHANGED)
    await owner.execute(f"SET app.tenant_id = '{world.graph.tenant_id}'")
    await owner.execute("UPDATE members SET status = 'removed' WHERE subject = 'ben'")
    await owner.execute("RESET app.tenant_id")
    await world.graph.mutate("mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK")
    last = await next_event(events)
    assert last["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    with pytest.raises(StopAsyncIteration):
        await anext(events)


async def test_a_stranger_cannot_listen(world: World) -> None:
    answer = await world.graph.subscribe("nobody", CHANGED)
    assert (answer.is_executed, answer.status) == (False, 403)


async def test_a_query_sent_as_a_subscription_is_just_answered(world: World) -> None:
    answer = await world.graph.subscribe("ben", "{viewer{person{name}}}")
    assert orjson.loads(answer.body)["data"] == {"viewer": {"person": {"name": "Ben Okafor"}}}
