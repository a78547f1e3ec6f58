"""The feed of changes tells each member what changed of what they see, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest

from domain.goals import Goal, Visibility
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from persistence.kernel.access_facts import select_access_facts
from tests.api.mirror import CHANGES, Mirror, read_page, read_snapshot
from tests.api.test_resume import next_event
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.actors import NOW
from tests.factories.goals import a_goal
from tests.factories.journal_entries import an_entry
from tests.factories.members import a_role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


async def mutate(world: World, who: str, verb: str, selection: str = "", **input: Any) -> Any:
    """Execute a mutation that must succeed; return its payload."""
    camel = f"{verb[0].upper()}{verb[1:]}Input"
    document = f"""mutation($input: {camel}!) {{
      {verb}(input: $input) {{ {selection} errors {{ code message field }} }} }}"""
    async with asyncio.timeout(60):
        while True:
            payload = await world.graph.mutate(who, document, **input)
            if "Another request is changing" not in str(payload["errors"]):
                break
    assert payload.pop("errors") == []
    return payload


def list_kinds(page: Any) -> list[tuple[str, str]]:
    """Return kind and id of each change of a page."""
    return [(each["kind"], each["nodeId"]) for each in page["changes"]]


async def refuse(world: World, after: str, **arguments: Any) -> tuple[str, str]:
    """Return the code and the message of a page that is refused."""
    response = await world.graph.execute("mara", CHANGES, after=after, **arguments)
    (error,) = orjson.loads(response.body)["errors"]
    return error["extensions"]["code"], error["message"]


async def test_each_member_is_told_what_they_see(world: World) -> None:
    goal_id, edit = world.goal_id, "goalEdit"
    mara, ben = Mirror(world.graph, "mara"), Mirror(world.graph, "ben", page_size=1)
    for each in (mara, ben):
        await each.begin()
    created = "goal { id }"
    draft = {"title": "A secret", "startsOn": "2026-06-01", "dueOn": "2026-12-31"}
    draft_id = (await mutate(world, "mara", "goalCreate", created, **draft))["goal"]["id"]
    world.graph.now += timedelta(seconds=1)
    await mutate(world, "mara", edit, id=goal_id, title="Hidden soon", visibility="PRIVATE")
    await mutate(world, "mara", edit, id=goal_id, title="Mine")
    await mutate(world, "mara", "goalDiscard", id=draft_id)
    for each in (mara, ben):
        await each.follow()
        assert await each.list_differences() == []
        assert not any(each.types_to_read)
    assert mara.kinds == [
        ("UPDATED", goal_id),
        ("UPDATED", goal_id),
        ("DELETED", draft_id),
    ]
    assert ben.kinds == [("VISIBILITY_LOST", goal_id)]
    await mutate(world, "mara", edit, id=goal_id, title="Ours", visibility="PUBLIC")
    await mutate(world, "mara", edit, id=goal_id, dueOn="2026-12-01")
    page = await read_page(world.graph, "ben", ben.cursor, ["GOAL", "PERSON"])
    assert list_kinds(page) == [("CREATED", goal_id), ("UPDATED", goal_id)]
    new, changed = page["changes"]
    assert new["node"] == {"id": goal_id, "title": "Ours", "status": "ACTIVE"}
    assert new["fieldsChanged"] == []
    assert changed["fieldsChanged"] == ["dueOn"]
    assert changed["type"] == "GOAL"
    assert changed["recordedAt"] == "2026-06-15T09:30:01+00:00"
    assert (changed["effectiveOn"], changed["isDue"]) == (None, False)
    assert (page["hasMore"], page["typesToRead"]) == (False, [])
    await ben.follow()
    assert await ben.list_differences() == []


async def test_what_stays_hidden_is_not_told_by_anything_but_a_new_cursor(
    world: World, keep: SaveAggregates
) -> None:
    private = a_goal(world.people["mara"], visibility=Visibility.PRIVATE)
    await keep(private)
    cursor = await read_snapshot(world.graph, "ben")
    nothing = await read_page(world.graph, "ben", cursor)
    await mutate(world, "mara", "goalEdit", id=f"goal_{private.id}", title="Nobody sees this")
    await mutate(
        world,
        "admin",
        "personChangeEmployeeNumber",
        id=world.encode_person_id("mara"),
        employeeNumber="M-1",
    )
    found = await read_page(world.graph, "ben", cursor)
    cursors = {cursor, nothing.pop("endCursor"), found.pop("endCursor")}
    assert nothing == found == {"changes": [], "typesToRead": [], "hasMore": False}
    assert len({len(each) for each in cursors}) == 1
    assert len(cursors) == 3
    told = await read_page(world.graph, "admin", await read_snapshot(world.graph, "admin"))
    assert told["changes"] == []


async def test_a_full_page_does_not_tell_that_hidden_changes_follow(
    world: World, keep: SaveAggregates
) -> None:
    """Who reads pages of one change would see when others do what they may not see."""
    private = a_goal(world.people["mara"], visibility=Visibility.PRIVATE)
    await keep(private)
    cursor = await read_snapshot(world.graph, "ben")
    await mutate(world, "mara", "goalEdit", id=world.goal_id, title="Everyone sees this")
    before = await read_page(world.graph, "ben", cursor, first=1)
    await mutate(world, "mara", "goalEdit", id=f"goal_{private.id}", title="Nobody sees this")
    after = await read_page(world.graph, "ben", cursor, first=1)
    assert len(before["changes"]) == 1
    assert before["hasMore"] == after["hasMore"] is True
    last = await read_page(world.graph, "ben", before["endCursor"], first=1)
    assert (last["changes"], last["hasMore"]) == ([], False)


async def test_a_plan_is_told_when_it_is_made_and_when_its_day_comes(world: World) -> None:
    ben_id = world.encode_person_id("ben")
    mirrors = {who: Mirror(world.graph, who) for who in ("admin", "mara")}
    for each in mirrors.values():
        await each.begin()
    plan = {"id": ben_id, "managerId": world.encode_person_id("mara"), "startsOn": "2026-06-20"}
    await mutate(world, "admin", "personAssignManager", **plan)
    page = await read_page(world.graph, "admin", mirrors["admin"].cursor, ["GOAL", "PERSON"])
    assert list_kinds(page) == [("UPDATED", ben_id)]
    assert page["changes"][0]["effectiveOn"] == "2026-06-20"
    for who, told in (("admin", [("UPDATED", ben_id)]), ("mara", [])):
        await mirrors[who].follow()
        assert mirrors[who].kinds == told
    for days, told in ((4, []), (5, [("UPDATED", ben_id)]), (6, [])):
        world.graph.now = NOW + timedelta(days=days)
        for each in mirrors.values():
            each.kinds.clear()
            await each.follow()
            assert each.kinds == told
            assert await each.list_differences() == []
    after = (await read_page(world.graph, "mara", page["endCursor"], ["GOAL", "PERSON"]))["changes"]
    assert [each["isDue"] for each in after] == [True]
    assert after[0]["effectiveOn"] == "2026-06-20"


async def test_what_a_colleague_may_not_know_of_a_person_is_not_told_on_any_day(
    world: World,
) -> None:
    ben_id = world.encode_person_id("ben")
    mirrors = {who: Mirror(world.graph, who) for who in ("admin", "mara")}
    for each in mirrors.values():
        await each.begin()

    async def follow(*told: int) -> None:
        for each, count in zip(mirrors.values(), told, strict=True):
            each.kinds.clear()
            await each.follow()
            assert await each.list_differences() == []
            assert each.kinds == [("UPDATED", ben_id)] * count

    async def change(verb: str, **input: Any) -> None:
        await mutate(world, "admin", verb, id=ben_id, **input)

    await change("personStartLeave", startsOn="2026-06-14", endsOn="2026-06-16")
    await change("personAddExternalReference", reference={"source": "payroll", "id": "P-1"})
    await change("personDepart", lastDay="2026-06-19")
    await follow(3, 0)
    await change("personCancelDeparture")
    await change("personChangeJob", jobTitle="Pilot", effectiveOn="2026-06-18")
    await change("personChangeJob", jobTitle="Captain", effectiveOn="2026-06-21")
    await follow(3, 0)
    world.graph.now = NOW + timedelta(days=3)
    await follow(1, 1)
    assert mirrors["mara"].objects["PERSON"][ben_id]["jobTitle"] == "Pilot"
    jobs = "query($id: ID!) { person(by: { id: $id }) { jobs { id startsOn } } }"
    found = (await world.graph.query("admin", jobs, id=ben_id))["person"]["jobs"]
    (plan,) = [each["id"] for each in found if each["startsOn"] == "2026-06-21"]
    await change("personWithdrawJob", jobId=plan, reason="The plan was given up")
    await follow(1, 0)
    world.graph.now = NOW + timedelta(days=6)
    await follow(0, 0)  # neither the departure nor the job took effect
    await change("personDepart", lastDay="2026-06-23")
    await follow(1, 0)
    world.graph.now = NOW + timedelta(days=9)
    await follow(1, 1)
    assert mirrors["mara"].objects["PERSON"][ben_id]["worksHere"] is False
    await change("personDepart", lastDay="2026-06-30")
    await follow(1, 1)
    assert mirrors["mara"].objects["PERSON"][ben_id]["worksHere"] is True


async def test_pages_of_due_changes_are_read_to_their_end_before_new_ones(world: World) -> None:
    mirror = Mirror(world.graph, "admin", page_size=1)
    await mirror.begin()
    days = {"mara": "2026-06-18", "ben": "2026-06-17", "manager": "2026-06-18"}
    for who, day in days.items():
        person_id, boss_id = world.encode_person_id(who), world.encode_person_id("admin")
        plan = {"id": person_id, "managerId": boss_id, "startsOn": day}
        await mutate(world, "admin", "personAssignManager", **plan)
    await mirror.follow()
    assert [each for _, each in mirror.kinds] == [world.encode_person_id(each) for each in days]
    mirror.kinds.clear()
    world.graph.now = NOW + timedelta(days=10)
    await mutate(world, "mara", "goalEdit", id=world.goal_id, title="Later")
    await mirror.follow()
    due = [world.encode_person_id(each) for each in ("ben", "mara", "manager")]
    assert [each for _, each in mirror.kinds] == [*due, world.goal_id]


async def test_a_change_of_rights_says_which_types_to_read_again(
    world: World, keep: SaveAggregates
) -> None:
    ben_goal = a_goal(world.people["ben"], visibility=Visibility.REPORTING_CHAIN)
    role = a_role(world.graph.tenant_id, "reader", Grant(Permission.EMPLOYMENT_READ))
    await keep(ben_goal, role)
    mirrors = {who: Mirror(world.graph, who) for who in ("manager", "mara")}
    for each in mirrors.values():
        await each.begin()
    assert f"goal_{ben_goal.id}" in mirrors["manager"].objects["GOAL"]
    ben_id, mara_id = world.encode_person_id("ben"), world.encode_person_id("mara")
    await mutate(world, "admin", "personAssignManager", id=ben_id, managerId=mara_id)
    admin_id = world.encode_person_id("admin")
    await mutate(world, "admin", "personEdit", id=admin_id, givenName="Ada")
    for each in mirrors.values():
        await each.follow()
        assert await each.list_differences() == []
    assert mirrors["manager"].types_to_read == [[]]  # Ben is still below the manager
    assert mirrors["mara"].types_to_read == [["GOAL", "PERSON"]]
    await mutate(world, "admin", "personAssignManager", id=ben_id, managerId=admin_id)
    for each in mirrors.values():
        each.types_to_read.clear()
        await each.follow()
        assert await each.list_differences() == []
        assert each.types_to_read == [["GOAL", "PERSON"]]
    members = "query { members { nodes { id person { id } } } }"
    nodes = (await world.graph.query("admin", members))["members"]["nodes"]
    member_id = next(each["id"] for each in nodes if each["person"]["id"] == mara_id)
    await mutate(world, "admin", "memberAssignRole", id=member_id, roleId=f"role_{role.id}")
    for who, told in (("mara", [["GOAL", "PERSON"]]), ("manager", [[]])):
        mirrors[who].types_to_read.clear()
        await mirrors[who].follow()
        assert mirrors[who].types_to_read == told


async def test_a_cursor_belongs_to_its_types_and_ends_with_the_retention(world: World) -> None:
    cursor = await read_snapshot(world.graph, "mara", ["GOAL"])
    unknown = "This cursor is not known here. Take a new one from `changesSnapshot`."
    for nonsense in ("", "x", cursor[:-1], cursor[:-1] + "g", cursor.upper(), "é"):
        assert await refuse(world, nonsense, types=["GOAL"]) == ("CURSOR_INVALID", unknown)
    code, message = await refuse(world, cursor)
    assert (code, message[:37]) == ("CURSOR_INVALID", "This cursor belongs to other `types`.")
    for first in (0, 1001):
        code, _ = await refuse(world, cursor, types=["GOAL"], first=first)
        assert code == "OUT_OF_RANGE"
    world.graph.now = NOW + timedelta(days=91)
    quiet = await read_page(world.graph, "mara", cursor, ["GOAL"])
    assert quiet["changes"] == []
    world.graph.now = NOW
    await mutate(world, "mara", "goalEdit", id=world.goal_id, title="Long ago")
    world.graph.now = NOW + timedelta(days=90)
    assert len((await read_page(world.graph, "mara", cursor, ["GOAL"]))["changes"]) == 1
    world.graph.now = NOW + timedelta(days=90, seconds=1)
    code, message = await refuse(world, cursor, types=["GOAL"])
    assert code == "CURSOR_EXPIRED"
    assert message.endswith("a new cursor from `changesSnapshot`, then read all objects again.")
    await mutate(world, "admin", "tenantEdit", changesRetentionDays=100)
    assert len((await read_page(world.graph, "mara", cursor, ["GOAL"]))["changes"]) == 1


async def test_a_subscription_goes_on_after_a_cursor_of_the_feed(world: World) -> None:
    cursor = await read_snapshot(world.graph, "mara", ["PERSON"])
    await mutate(world, "mara", "goalEdit", id=world.goal_id, title="While away")
    document = "subscription($after: String) { goalChanged(after: $after) { goal { title } } }"
    events = await world.graph.subscribe("mara", document, after=cursor)
    assert (await next_event(events))["goal"] == {"title": "While away"}
    await events.aclose()


@asynccontextmanager
async def open_long_transaction(world: World, writing: Any, goal_id: UUID) -> AsyncIterator[None]:
    """Open a transaction that renames a goal at once, and ends after the block with its entry."""
    tenant_id = world.graph.tenant_id
    async with writing.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        rename = "UPDATE goals SET title = 'Late' WHERE tenant_id = $1 AND id = $2"
        await connection.execute(rename, tenant_id, goal_id)
        yield
        ((_, facts),) = await connection.fetch(select_access_facts(Goal), tenant_id, [goal_id])
        await an_entry(connection, tenant_id, "goal", goal_id, orjson.loads(facts))


async def make_changes(world: World, seed: int) -> None:
    """Make random changes of visibility, titles, goals and reporting lines."""
    random = Random(seed)
    people = {who: world.encode_person_id(who) for who in world.people}
    goal = {"title": f"Goal {seed}", "startsOn": "2026-06-01", "dueOn": "2026-12-31"}
    made = await mutate(world, "mara", "goalCreate", "goal { id }", **goal)
    goal_id = made["goal"]["id"]
    await mutate(world, "mara", "goalActivate", id=goal_id)
    for n in range(6):
        visibility = random.choice(["PUBLIC", "PRIVATE", "REPORTING_CHAIN"])
        await mutate(world, "mara", "goalEdit", id=goal_id, title=f"{n}", visibility=visibility)
        if random.random() < 0.4:
            boss = people[random.choice(["manager", "admin"])]
            await mutate(world, "admin", "personAssignManager", id=people["mara"], managerId=boss)
        if random.random() < 0.3:
            await mutate(world, "admin", "personEdit", id=people["ben"], givenName=f"B{n}")


async def test_a_copy_equals_the_queries_after_changes_by_many_and_a_long_transaction(
    world: World, writing: Any, keep: SaveAggregates
) -> None:
    other = a_goal(world.people["ben"])
    await keep(other)
    mirrors = [Mirror(world.graph, who, size) for who, size in (("manager", 3), ("ben", 100))]
    for each in mirrors:
        await each.begin()

    async def follow_all() -> None:
        while True:
            for each in mirrors:
                await each.read_page()
            await asyncio.sleep(0.005)

    following = asyncio.create_task(follow_all())
    async with open_long_transaction(world, writing, other.id):
        for seed in range(3):
            await make_changes(world, seed)
        await asyncio.gather(*(edit_often(world, n) for n in range(8)))
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    for each in mirrors:
        await each.follow()
        assert await each.list_differences() == []
        assert len(each.kinds) > 20


async def edit_often(world: World, n: int) -> None:
    """Edit the goal of the world, at the same time as others do."""
    for round_ in range(3):
        await mutate(world, "mara", "goalEdit", id=world.goal_id, title=f"{n} {round_}")
