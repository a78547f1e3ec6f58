"""What the journal stores for access rules, and what stays of a deleted aggregate."""

import json
from typing import Any

import asyncpg
import pytest

from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.organizations import Organization
from domain.people import Person
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import NOW, an_actor, an_admin
from tests.factories.goals import a_goal
from tests.factories.organizations import an_organization
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio

FACTS = "SELECT access_facts FROM journal WHERE entity_id = $1 ORDER BY id"
TOMBSTONES = "SELECT id, entity, deleted_at, access_facts FROM tombstones WHERE id = $1"


async def fetch(work: OpenWork, tenant_id: TenantId, statement: str, id: Any) -> list[Any]:
    async with work(an_admin(tenant_id)) as open:
        connection: asyncpg.Connection = await open.get_connection()
        return [dict(row) for row in await connection.fetch(statement, id)]


def read_facts(rows: list[Any]) -> list[Any]:
    return [json.loads(row["access_facts"]) for row in rows]


async def test_an_entry_stores_what_rules_look_at_before_and_after_the_change(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    unit, mara = an_organization(tenant_id), a_person(tenant_id)
    goal = a_goal(mara, "Ours", Visibility.PRIVATE)
    await keep(unit, mara, goal)
    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)
        kept.visibility = Visibility.PUBLIC
        kept.viewer_ids.add(PersonId(mara.id))
        kept.title = "Everybody's"
    async with work(an_admin(tenant_id)) as open:
        (await open.get(Person, mara.id, to=Person.EDIT)).organization_id = OrganizationId(unit.id)

    private = {"owner_person_id": str(mara.id), "status": "active", "visibility": "private"}
    private |= {"viewer_ids": []}
    public = private | {"visibility": "public", "viewer_ids": [str(mara.id)]}
    assert read_facts(await fetch(work, tenant_id, FACTS, goal.id)) == [
        [private],
        [private, public],
    ]
    moved = [{}, {"organization_id": str(unit.id)}]
    assert read_facts(await fetch(work, tenant_id, FACTS, mara.id)) == [[{}], moved]
    assert await fetch(work, tenant_id, TOMBSTONES, goal.id) == []


async def test_what_is_deleted_stays_as_a_tombstone_with_its_last_stored_facts(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara, "Nothing", Visibility.PRIVATE, GoalStatus.DRAFT)
    await keep(mara, goal)
    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.DISCARD)
        kept.visibility = Visibility.PUBLIC  # never stored, so it widens nothing
        await open.remove(kept)

    (tombstone,) = await fetch(work, tenant_id, TOMBSTONES, goal.id)
    assert (tombstone["entity"], tombstone["deleted_at"]) == ("goal", NOW)
    facts = {"owner_person_id": str(mara.id), "status": "draft", "visibility": "private"}
    assert json.loads(tombstone["access_facts"]) == facts | {"viewer_ids": []}


async def test_only_what_has_an_action_that_deletes_can_be_removed(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    unit = an_organization(tenant_id)
    await keep(unit)
    with pytest.raises(AssertionError, match="organization has no action that deletes it"):
        async with work(an_admin(tenant_id)) as open:
            await open.remove(await open.get(Organization, unit.id, to=Organization.EDIT))

    found = await fetch(work, tenant_id, "SELECT id FROM organizations WHERE id = $1", unit.id)
    assert len(found) == 1
    assert await fetch(work, tenant_id, TOMBSTONES, unit.id) == []
