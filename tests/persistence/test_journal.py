"""Every change is journaled with its actor, also where the domain records no event."""

import json
from typing import Any

import asyncpg
import pytest

from domain.goals import Goal, Visibility
from domain.kernel.identity import PersonId, TenantId
from domain.people import Person
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import NOW, TODAY, an_actor, an_admin
from tests.factories.goals import a_goal, add_key_result
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio


async def load_entries(work: OpenWork, tenant_id: TenantId, entity: str) -> list[dict[str, Any]]:
    async with work(an_admin(tenant_id)) as open:
        connection: asyncpg.Connection = await open.get_connection()
        rows = await connection.fetch(
            "SELECT *, changes::text AS told FROM journal WHERE entity = $1 ORDER BY number",
            entity,
        )
    return [{**row, "changes": json.loads(row["told"])} for row in rows]


async def test_a_creation_is_recorded_with_all_its_values(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    result = add_key_result(goal, target="2.50")
    await keep(mara, goal)

    (entry,) = await load_entries(work, tenant_id, "goal")
    assert (entry["action"], entry["entity_id"], entry["recorded_at"]) == ("created", goal.id, NOW)
    assert (entry["actor_id"], entry["request_id"]) == (None, "a-test")
    assert entry["changes"] == {
        "owner_kind": [None, "PERSON"],
        "owner_person_id": [None, f"person_{mara.id}"],
        "title": [None, "Fewer late parcels"],
        "visibility": [None, "PUBLIC"],
        "starts_on": [None, "2026-01-01"],
        "due_on": [None, "2026-12-31"],
        "status": [None, "ACTIVE"],
        "key_results": [
            [],
            [
                {
                    "id": f"keyres_{result.id}",
                    "title": "Late parcels",
                    "startValue": "0",
                    "targetValue": "2.50",
                    "currentValue": "0",
                    "direction": "INCREASE",
                    "position": 0,
                }
            ],
        ],
    }


async def test_a_change_records_only_what_differs_in_the_aggregate_and_its_parts(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    goal = a_goal(mara)
    first, second = add_key_result(goal), add_key_result(goal, "Complaints")
    await keep(mara, ben, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)
        kept.title = "No late parcels"
        kept.visibility = Visibility.PUBLIC
        kept.viewer_ids.add(PersonId(ben.id))
        kept.key_results[0].current_value += 3
        kept.key_results.remove(kept.key_results[1])
        kept.record_event("edited", TODAY)
        kept.record_event("aligned")

    _, entry, other = await load_entries(work, tenant_id, "goal")
    assert (entry["action"], entry["effective_on"], entry["actor_id"]) == ("edited", TODAY, mara.id)
    assert entry["changes"] == {
        "title": ["Fewer late parcels", "No late parcels"],
        "viewer_ids": [[], [f"person_{ben.id}"]],
        "key_results": [
            [
                {"id": f"keyres_{first.id}", "currentValue": "0"},
                {
                    "id": f"keyres_{second.id}",
                    "title": "Complaints",
                    "startValue": "0",
                    "targetValue": "10",
                    "currentValue": "0",
                    "direction": "INCREASE",
                    "position": 1,
                },
            ],
            [{"id": f"keyres_{first.id}", "currentValue": "3"}],
        ],
    }
    assert (other["action"], other["changes"]) == ("aligned", {})
    assert (entry["number"] + 1, entry["seq"] + 1) == (other["number"], other["seq"])


async def test_changes_without_a_domain_event_are_recorded_too(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    async with work(an_admin(tenant_id)) as open:
        (await open.get(Person, mara.id, to=Person.EDIT)).employments[0].leaving_reason = "Moved"

    _, entry = await load_entries(work, tenant_id, "person")
    employment = {"id": f"employment_{mara.employments[0].id}"}
    assert entry["action"] == "changed"
    assert entry["changes"] == {
        "employments": [
            [employment | {"leavingReason": None}],
            [employment | {"leavingReason": "Moved"}],
        ]
    }


async def test_a_removal_records_the_last_state(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara, "Nothing", Visibility.PRIVATE)
    goal.viewer_ids.add(PersonId(mara.id))
    await keep(mara, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        await open.remove(await open.get(Goal, goal.id, to=Goal.EDIT))

    _, entry = await load_entries(work, tenant_id, "goal")
    assert entry["action"] == "removed"
    assert entry["changes"]["title"] == ["Nothing", None]
    assert entry["changes"]["viewer_ids"] == [[f"person_{mara.id}"], []]


async def test_reading_writes_nothing(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)
        kept.title = str(kept.title)
        kept.viewer_ids = set()

    assert len(await load_entries(work, tenant_id, "goal")) == 1
    async with work(an_actor(tenant_id, mara)) as open:
        assert (await open.get(Goal, goal.id, to=Goal.EDIT)).version == 1


@pytest.mark.parametrize("verb", ["UPDATE journal SET action = 'x'", "DELETE FROM journal"])
async def test_the_serving_role_cannot_rewrite_the_journal(
    work: OpenWork, tenant_id: TenantId, verb: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with work(an_admin(tenant_id)) as open:
            await (await open.get_connection()).execute(verb)
