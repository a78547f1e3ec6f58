"""The audit log shows an entry only if the rule holds today and held at the time of the change."""

from typing import Any

import pytest

from api.kernel.schema.global_ids import encode_id
from domain.goals import GoalStatus, Visibility
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.goals import a_goal
from tests.factories.members import a_member, a_role
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio

AUDITOR_PERMISSIONS = (
    Permission.AUDIT_READ,
    Permission.DIRECTORY_READ,
    Permission.GOALS_READ,
    Permission.MEMBERS_READ,
)
LOG = """query($where: JournalEntryWhere) { auditLog(where: $where) {
  totalCount nodes { id action subjectId subject { ... on Node { id } } changes { field } } } }"""
NODE = "query($id: ID!) { node(id: $id) { id } }"
HISTORY = "query($id: ID!) { goal(by: { id: $id }) { history { totalCount nodes { action } } } }"


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    """Build the small tenant, with an auditor who may not read employment facts."""
    built = await a_world(pool, writing, keep, tenant_id)
    auditor = a_person(tenant_id, "Auditor")
    role = a_role(tenant_id, "auditor", *(Grant(each) for each in AUDITOR_PERMISSIONS))
    await keep(auditor, role, a_member(auditor, "auditor", role.id))
    built.people["auditor"] = auditor
    return built


async def mutate(world: World, who: str, verb: str, selection: str, **input: Any) -> Any:
    """Execute a mutation that must succeed; return its payload."""
    camel = f"{verb[0].upper()}{verb[1:]}Input"
    selection += " errors { code }"
    document = f"mutation($input: {camel}!) {{ {verb}(input: $input) {{ {selection} }} }}"
    payload = await world.graph.mutate(who, document, **input)
    assert payload.pop("errors") == []
    return payload


async def list_actions(world: World, who: str, subject_id: str) -> list[str]:
    """Return the actions that somebody reads about a subject in the audit log, newest first."""
    where = {"subjectId": {"eq": subject_id}}
    log = (await world.graph.query(who, LOG, where=where))["auditLog"]
    assert {each["subjectId"] for each in log["nodes"]} <= {subject_id}
    assert log["totalCount"] == len(log["nodes"])
    return [each["action"] for each in log["nodes"]]


async def list_history(world: World, who: str, goal_id: str) -> list[str] | None:
    """Return the actions in the history of a goal; None where it is hidden."""
    goal = (await world.graph.query(who, HISTORY, id=goal_id))["goal"]
    if goal is None or goal["history"] is None:
        return None
    assert goal["history"]["totalCount"] == len(goal["history"]["nodes"])
    return [each["action"] for each in goal["history"]["nodes"]]


async def test_a_role_that_was_used_and_deleted_leaves_a_readable_trace(world: World) -> None:
    grants = [{"permission": "SETTINGS_MANAGE"}]
    role = (await mutate(world, "admin", "roleCreate", "role { id }", key="ghost", name="Ghost"))[
        "role"
    ]["id"]
    await mutate(world, "admin", "roleSetGrants", "role { id }", id=role, grants=grants)
    members = '{ members(where: {subject: {eq: "admin"}}) { nodes { id } } }'
    (member,) = (await world.graph.query("admin", members))["members"]["nodes"]
    assigned = await mutate(
        world,
        "admin",
        "memberAssignRole",
        "member { assignments { id role { key } } }",
        id=member["id"],
        roleId=role,
    )
    (assignment,) = [
        each["id"] for each in assigned["member"]["assignments"] if each["role"]["key"] == "ghost"
    ]
    revoked = {"id": member["id"], "assignmentId": assignment}
    await mutate(world, "admin", "memberRevokeRole", "member { id }", **revoked)
    deleted = await mutate(world, "admin", "roleDelete", "role { id } deletedRoleId", id=role)

    assert deleted == {"role": None, "deletedRoleId": role}
    assert await list_actions(world, "auditor", role) == ["DELETED", "GRANTS_SET", "CREATED"]
    assert await list_actions(world, "ben", role) == []
    told = await list_actions(world, "auditor", member["id"])
    assert told == ["ROLE_REVOKED", "ROLE_ASSIGNED", "CREATED"]
    log = await world.graph.query("auditor", LOG, where={"action": {"eq": "DELETED"}})
    (entry,) = log["auditLog"]["nodes"]
    assert entry["subject"] is None
    assert {each["field"] for each in entry["changes"]} == {"key", "name", "isBuiltIn", "grants"}


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        (Visibility.PUBLIC, {"mara", "manager", "admin"}),
        (Visibility.REPORTING_CHAIN, {"mara", "manager", "admin"}),
        (Visibility.PRIVATE, {"mara"}),
    ],
)
async def test_a_discarded_goal_is_read_by_those_who_could_read_it_before(
    world: World, keep: SaveAggregates, visibility: Visibility, readers: set[str]
) -> None:
    goal = a_goal(world.people["mara"], "A draft", visibility, status=GoalStatus.DRAFT)
    await keep(goal)
    id = encode_id("goal", goal.id)
    everybody = ("mara", "manager", "admin", "auditor", "ben")
    before = {each for each in everybody if await list_actions(world, each, id)}
    payload = await mutate(world, "mara", "goalDiscard", "goal { id } gone: deletedGoalId", id=id)

    assert payload == {"goal": None, "gone": id}
    after = {each: await list_actions(world, each, id) for each in everybody}
    assert after == {
        each: ["DISCARDED", "CREATED"] if each in readers else [] for each in everybody
    }
    assert before == readers


async def test_the_private_past_of_a_goal_stays_private(world: World) -> None:
    edit = ("goalEdit", "goal { id }")
    for change in (
        {"visibility": "PRIVATE"},
        {"title": "Between us"},
        {"visibility": "REPORTING_CHAIN"},
        {"title": "For the chain"},
        {"visibility": "PRIVATE", "title": "Between us again"},
        {"visibility": "PUBLIC"},
        {"title": "For everybody"},
    ):
        await mutate(world, "mara", *edit, id=world.goal_id, **change)

    own = await list_history(world, "mara", world.goal_id)
    assert own == ["EDITED"] * 7 + ["CREATED"]
    titles = """query($id: ID!) { goal(by: { id: $id }) {
      history { nodes { changes { field after } } } } }"""
    told = await world.graph.query("manager", titles, id=world.goal_id)
    assert [entry["changes"][0]["after"] for entry in told["goal"]["history"]["nodes"][:2]] == [
        "For everybody",
        "For the chain",
    ]
    for who in ("manager", "auditor"):
        number = {"manager": 3, "auditor": 2}[who]  # The auditor never saw what the chain saw.
        assert await list_history(world, who, world.goal_id) == ["EDITED"] * (number - 1) + [
            "CREATED"
        ]
        assert len(await list_actions(world, who, world.goal_id)) == number


async def test_the_end_of_being_named_hides_what_was_read_as_a_viewer(
    world: World, keep: SaveAggregates
) -> None:
    """Viewers see a goal; its history takes more, so they never read it, then or afterwards."""
    edit = ("goalEdit", "goal { id }")
    ben = world.encode_person_id("ben")
    await mutate(world, "mara", *edit, id=world.goal_id, visibility="PRIVATE", viewerIds=[ben])
    assert (await world.graph.query("ben", NODE, id=world.goal_id))["node"] is not None
    assert await list_history(world, "ben", world.goal_id) is None
    await mutate(world, "mara", *edit, id=world.goal_id, viewerIds=[])
    assert (await world.graph.query("ben", NODE, id=world.goal_id))["node"] is None
    assert await list_actions(world, "ben", world.goal_id) == []


async def test_an_event_that_stands_for_a_guarded_fact_needs_the_right_to_that_fact(
    world: World,
) -> None:
    ben = world.encode_person_id("ben")
    await mutate(world, "admin", "personDepart", "person { id }", id=ben, lastDay="2026-12-31")
    await mutate(world, "admin", "personEdit", "person { id }", id=ben, familyName="Planner")
    departures = {"action": {"eq": "DEPARTED"}}

    log = (await world.graph.query("admin", LOG, where=departures))["auditLog"]
    assert (log["totalCount"], log["nodes"][0]["subjectId"]) == (1, ben)
    entry_id = {"id": log["nodes"][0]["id"]}
    hidden = (await world.graph.query("auditor", LOG, where=departures))["auditLog"]
    assert hidden == {"totalCount": 0, "nodes": []}
    assert await list_actions(world, "auditor", ben) == ["EDITED", "CREATED"]
    history = "query($id: ID!) { person(by: { id: $id }) { history { nodes { action } } } }"
    told = await world.graph.query("auditor", history, id=ben)
    assert [each["action"] for each in told["person"]["history"]["nodes"]] == ["EDITED", "CREATED"]
    assert (await world.graph.query("auditor", NODE, **entry_id))["node"] is None
    assert (await world.graph.query("admin", NODE, **entry_id))["node"] == entry_id
