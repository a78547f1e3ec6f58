"""What a unit of work writes down and takes along, where no other test would miss it."""

import pytest

from domain.goals import Goal, Visibility
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId, new_id
from domain.people import Person
from tests.conftest import Keep, Works
from tests.make.actors import an_actor, an_admin
from tests.make.goals import a_goal
from tests.make.people import a_person, reports

pytestmark = pytest.mark.anyio

ACTIONS = "SELECT action FROM journal WHERE tenant_id = $1 AND entity_id = $2 ORDER BY xid, seq"


async def test_what_happened_is_told_even_where_nothing_is_different(
    keep: Keep, work: Works, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        (await open.get(Goal, goal.id, to=Goal.EDIT)).record("looked_at")

    async with work(an_admin(tenant_id)) as open:
        told = await (await open.connection()).fetch(ACTIONS, tenant_id, goal.id)
    assert [row["action"] for row in told] == ["created", "looked_at"]


async def test_what_is_removed_is_told_once_whatever_else_happened_to_it(
    keep: Keep, work: Works, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)
        await open.remove(kept)
        await open.settle()
        kept.record("too_late")

    async with work(an_admin(tenant_id)) as open:
        told = await (await open.connection()).fetch(ACTIONS, tenant_id, goal.id)
        assert await open.count(Goal) == 0
    assert [row["action"] for row in told] == ["created", "removed"]


async def test_what_is_foreseen_is_what_is_found_one_by_one(
    keep: Keep, work: Works, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    goal = a_goal(mara)
    await keep(mara, ben, goal)

    async with work(an_admin(tenant_id)) as open:
        await open.foresee(
            [("person", mara.id), ("person", ben.id), ("goal", goal.id), ("person", new_id())]
        )
        held = {(kind.__name__, id) for kind, id in open._held}
        assert held == {("Person", mara.id), ("Person", ben.id), ("Goal", goal.id)}
        found = await open.get(Person, ben.id, to=Person.EDIT)
        assert (found.name, found.version) == (ben.name, 1)


async def test_what_is_referred_to_is_seen_by_whoever_stands_above_it(
    keep: Keep, work: Works, tenant_id: TenantId
) -> None:
    mara, boss = a_person(tenant_id), a_person(tenant_id, "Boss")
    reports(mara, boss)
    goal = a_goal(mara, "Shared upwards", Visibility.REPORTING_CHAIN)
    await keep(boss, mara, goal)

    async with work(an_actor(tenant_id, boss)) as open:
        assert await open.see(Goal, goal.id, "parentId") is not None
    with pytest.raises(Invalid) as raised:
        async with work(an_actor(tenant_id, a_person(tenant_id))) as open:
            await open.see(Goal, goal.id, "parentId")
    assert (raised.value.code, raised.value.field) == (Code.REFERENCE_NOT_FOUND, ("parentId",))
