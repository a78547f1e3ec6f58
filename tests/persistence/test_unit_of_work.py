"""Details of the unit of work: what it writes, removes, journals and links."""

from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel.aggregate import DomainEvent
from domain.kernel.errors import Code, Invalid, NotPermitted, VersionConflict
from domain.kernel.identity import MemberId, OrganizationId, PersonId, TenantId, generate_id
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import MemberStatus
from domain.organizations import Organization
from domain.people import Job, JobState, LineKind, Person
from domain.tenants import Tenant
from persistence.unit_of_work.backdated import backdated_work
from persistence.unit_of_work.idempotency_keys import RETENTION, IdempotencyKey, PriorResult
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import NOW, an_actor, an_admin
from tests.factories.goals import a_goal, add_key_result
from tests.factories.members import a_member, a_role
from tests.factories.organizations import an_organization
from tests.factories.people import a_person, add_reporting_line
from tests.factories.tenants import a_tenant

pytestmark = pytest.mark.anyio

COUNT_KEYS = "SELECT count(*) FROM idempotency_keys WHERE tenant_id = $1"
COUNT_GOALS = "SELECT count(*) FROM goals WHERE tenant_id = $1 AND id = $2"
LIST_FACTS = """
SELECT action, entity_id, access_facts, changes, actor_id FROM journal
WHERE tenant_id = $1 AND entity_id = ANY($2)"""
LIST_VERSIONS = "SELECT version FROM goals WHERE tenant_id = $1 AND id = ANY($2)"
LIST_ACTIONS = "SELECT action FROM journal WHERE tenant_id = $1 AND entity_id = $2 ORDER BY number"


async def test_an_event_is_journaled_even_where_nothing_is_different(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        (await open.get(Goal, goal.id, to=Goal.EDIT)).record_event("activated")

    async with work(an_admin(tenant_id)) as open:
        told = await (await open.get_connection()).fetch(LIST_ACTIONS, tenant_id, goal.id)
    assert [row["action"] for row in told] == ["created", "activated"]


async def test_events_of_aggregates_are_journaled_whether_they_are_loaded_or_not(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    loaded, other = a_goal(mara), a_goal(mara)
    await keep(mara, loaded, other)
    event = DomainEvent("edited", keeps_version=True, hides_actor=True, details={"values": 3})

    async with work(an_actor(tenant_id, mara)) as open:
        await open.get(Goal, loaded.id, to=Goal.EDIT)
        await open.record_events(Goal, [(event, [loaded.id, other.id])])
        with pytest.raises(ValueError, match="goal has no event moved"):
            await open.record_events(Goal, [(replace(event, action="moved"), [other.id])])

    async with work(an_admin(tenant_id)) as open:
        connection = await open.get_connection()
        told = await connection.fetch(LIST_FACTS, tenant_id, [loaded.id, other.id])
        versions = await connection.fetch(LIST_VERSIONS, tenant_id, [loaded.id, other.id])
    assert [row["version"] for row in versions] == [1, 1]
    entries = {(row["action"], row["entity_id"]): row for row in told}
    assert len(entries) == len(told) == 4
    for id in (loaded.id, other.id):
        created, edited = entries["created", id], entries["edited", id]
        assert edited["access_facts"] == created["access_facts"] != "[{}]"
        assert (edited["changes"], edited["actor_id"]) == ('{"values": [null, 3]}', None)


async def test_a_removal_is_journaled_once_whatever_else_happened_to_the_aggregate(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)
        await open.remove(kept)
        await open.flush()
        kept.record_event("discarded")

    async with work(an_admin(tenant_id)) as open:
        told = await (await open.get_connection()).fetch(LIST_ACTIONS, tenant_id, goal.id)
        assert await open.count(Goal) == 0
    assert [row["action"] for row in told] == ["created", "removed"]


async def test_a_reference_is_seen_by_the_managers_of_its_owner(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, boss = a_person(tenant_id), a_person(tenant_id, "Boss")
    add_reporting_line(mara, boss)
    goal = a_goal(mara, "Shared upwards", Visibility.REPORTING_CHAIN)
    await keep(boss, mara, goal)

    async with work(an_actor(tenant_id, boss)) as open:
        assert await open.reference(Goal, goal.id, "parentId") is not None
    with pytest.raises(Invalid) as raised:
        async with work(an_actor(tenant_id, a_person(tenant_id))) as open:
            await open.reference(Goal, goal.id, "parentId")
    assert (raised.value.code, raised.value.field) == (Code.REFERENCE_NOT_FOUND, ("parentId",))


async def test_what_was_created_in_one_batch_is_of_one_kind(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    first, second, later = (a_goal(mara, title) for title in ("First", "Second", "Later"))
    await keep(mara, first, second)
    await keep(later)

    async with work(an_admin(tenant_id)) as open:
        assert await open.batch_of("goal", first.id) == [first.id, second.id]
        assert await open.batch_of("person", mara.id) == [mara.id]


async def test_only_those_who_stay_and_hold_a_role_over_everything_hold_it(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    unit, role = an_organization(tenant_id), a_role(tenant_id, "any")
    stays, leaves, narrowed, removed = (a_person(tenant_id, name) for name in "ABCD")
    leaves.left_on = NOW.date() + timedelta(days=9)
    members = [a_member(each, each.name, role.id) for each in (stays, leaves, removed)]
    members[2].status = MemberStatus.REMOVED
    within = a_member(narrowed, "narrowed", role.id, within=unit)
    await keep(a_tenant(tenant_id), unit, role, stays, leaves, narrowed, removed, *members, within)

    async with work(an_admin(tenant_id)) as open:
        assert await open.role_holders(role.id, after=date.max) == [stays.id]


async def test_dotted_and_superseded_lines_further_up_put_nobody_above_anybody(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    names = ("Mara", "Lead", "Boss", "Dotted", "Never")
    mara, lead, boss, dotted, never = (a_person(tenant_id, name) for name in names)
    add_reporting_line(mara, lead)
    add_reporting_line(lead, boss)
    add_reporting_line(lead, dotted, kind=LineKind.DOTTED)
    add_reporting_line(lead, never, date(2021, 1, 1), date(2021, 1, 1))
    await keep(never, dotted, boss, lead, mara)

    async with work(an_admin(tenant_id)) as open:
        above = await open.managers_between(mara.id, date(2020, 6, 1), None)
    assert set(above) == {lead.id, boss.id}


async def test_who_may_not_create_something_there_keeps_nothing(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    await keep(mara, ben)

    with pytest.raises(NotPermitted, match="You may not create a goal here"):
        async with work(an_actor(tenant_id, ben)) as open:
            await open.add(a_goal(mara), to=Goal.CREATE)
    async with work(an_actor(tenant_id, mara)) as open:
        await open.add(a_goal(mara), to=Goal.CREATE)

    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Goal) == 1


async def test_what_comes_below_something_new_is_permitted_where_that_is(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    top = an_organization(tenant_id)
    moving = an_organization(tenant_id, "M", top)
    await keep(top, moving)
    over = Grant(Permission.ORGANIZATIONS_MANAGE, Population.ORGANIZATION, OrganizationId(top.id))
    somebody = replace(an_actor(tenant_id), grants=frozenset({over}))

    async with work(somebody) as open:
        kept = await open.get(Organization, moving.id, to=Organization.EDIT)
        kept.name = "It is different, too"
        below = an_organization(tenant_id, "B", top)
        await open.add(below, to=Organization.CREATE)
        await open.add(an_organization(tenant_id, "C", below), to=Organization.CREATE)

    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Organization, parent_id=below.id) == 1
        assert await open.count(Organization, parent_id=None) == 1


async def test_what_is_new_is_found_and_counted(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    async with work(an_admin(tenant_id)) as open:
        goal = a_goal(mara, "Found")
        await open.add(goal, to=Goal.CREATE)
        assert await open.find(Goal, title="Found") is goal
        await open.add(a_goal(mara, "Counted"), to=Goal.CREATE)
        assert await open.count(Goal, title="Counted") == 1


async def test_a_key_remembers_what_was_made_until_it_is_old(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, key = a_person(tenant_id), IdempotencyKey("key", b"asked")
    goal = a_goal(mara)
    await keep(mara, goal)
    member = replace(an_admin(tenant_id, mara), member_id=MemberId(generate_id()))

    async with work(member) as open:
        assert await open.reserve_key(key) is None
        await open.complete_key(key, goal.id)
    async with work(member) as open:
        assert await open.reserve_key(key) == PriorResult(goal.id)
        open.now += RETENTION + timedelta(seconds=1)
        await open.complete_key(IdempotencyKey("another", b""), None)
        assert await (await open.get_connection()).fetchval(COUNT_KEYS, tenant_id) == 0
        assert await open.reserve_key(key) is None


async def test_a_backdated_removal_removes_the_aggregate(
    keep: SaveAggregates, work: OpenWork, writing: asyncpg.Pool, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with backdated_work(writing, an_admin(tenant_id), now=NOW) as told:
        kept = await told.get(Goal, goal.id, to=Goal.EDIT)
        await told.flush()
        await told.remove(kept)

    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Goal) == 0


async def test_a_line_counts_as_soon_as_it_is_drawn_and_no_longer_than_it_lasts(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, boss = a_person(tenant_id), a_person(tenant_id, "Boss")
    first, second = (a_goal(mara, each, Visibility.REPORTING_CHAIN) for each in ("One", "Two"))
    await keep(boss, mara, first, second)

    async with work(an_actor(tenant_id, boss, Permission.PEOPLE_MANAGE)) as open:
        kept = await open.get(Person, mara.id, to=Person.ASSIGN_MANAGER)
        add_reporting_line(kept, boss)
        assert await open.reference(Goal, first.id, "parentId") is not None
        kept.lines[0].ends_on = NOW.date()
        with pytest.raises(Invalid):
            await open.reference(Goal, second.id, "parentId")


async def test_an_aggregate_added_and_removed_in_one_unit_leaves_no_trace(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    async with work(an_admin(tenant_id)) as open:
        goal = a_goal(mara)
        await open.add(goal, to=Goal.CREATE)
        goal.record_event("drafted")
        await open.remove(goal)
        told = await (await open.get_connection()).fetch(LIST_ACTIONS, tenant_id, goal.id)
    assert told == []


async def test_what_was_done_so_far_can_be_read_on_the_connection(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    async with work(an_admin(tenant_id)) as open:
        goal = a_goal(mara)
        await open.add(goal, to=Goal.CREATE)
        connection = await open.get_connection()
        assert await connection.fetchval(COUNT_GOALS, tenant_id, goal.id) == 1
        assert await connection.fetch(LIST_ACTIONS, tenant_id, goal.id) == []  # the journal is last


async def test_one_of_several_that_goes_takes_no_other_along(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, ben, ada = (a_person(tenant_id, name) for name in ("Mara", "Ben", "Ada"))
    goals = [
        a_goal(mara, title, Visibility.PRIVATE, GoalStatus.ACTIVE, ben, ada)
        for title in ("One", "Two")
    ]
    for goal in goals:
        add_key_result(goal, "Parcels")
        add_key_result(goal, "Complaints")
    await keep(mara, ben, ada, *goals)

    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goals[0].id, to=Goal.EDIT)
        kept.viewer_ids.discard(PersonId(ben.id))
        kept.remove_key_result(kept.key_results[0].id)

    async with work(an_actor(tenant_id, mara)) as open:
        one, two = [await open.get(Goal, goal.id, to=Goal.EDIT) for goal in goals]
        assert one.viewer_ids == {ada.id}
        assert [each.title for each in one.key_results] == ["Complaints"]
        assert two.viewer_ids == {ada.id, ben.id}
        assert [each.title for each in two.key_results] == ["Parcels", "Complaints"]
        await open.remove(one)
    async with work(an_actor(tenant_id, mara)) as open:
        assert await open.count(Goal) == 1


async def test_what_somebody_changed_meanwhile_is_not_removed(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    with pytest.raises(VersionConflict):
        async with work(an_admin(tenant_id)) as open:
            await open.remove(await open.get(Goal, goal.id, to=Goal.EDIT))
            async with work(an_admin(tenant_id)) as other:
                (await other.get(Goal, goal.id, to=Goal.EDIT)).title = "Meanwhile"

    async with work(an_admin(tenant_id)) as open:
        assert (await open.get(Goal, goal.id, to=Goal.EDIT)).title == "Meanwhile"


async def test_a_document_comes_back_as_it_was_written(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    tenant = a_tenant(tenant_id)
    tenant.labels = {"goal": "Aim"}
    await keep(tenant)

    async with work(an_admin(tenant_id)) as open:
        kept = await open.get(Tenant, tenant_id, to=Tenant.EDIT)
        assert kept.labels == {"goal": "Aim"}
        kept.labels = {"goal": "Aim", "team": "Crew"}
    async with work(an_admin(tenant_id)) as open:
        kept = await open.get(Tenant, tenant_id, to=Tenant.EDIT)
        assert (kept.labels, kept.version) == ({"goal": "Aim", "team": "Crew"}, 2)


async def test_an_aggregate_changed_after_a_flush_is_written_again(
    keep: SaveAggregates, work: OpenWork, writing: asyncpg.Pool, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with backdated_work(writing, an_admin(tenant_id), now=NOW) as told:
        (await told.get(Goal, goal.id, to=Goal.EDIT)).title = "Once"
        await told.flush()
        (await told.get(Goal, goal.id, to=Goal.EDIT)).title = "Twice"

    async with work(an_admin(tenant_id)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)
        assert (kept.title, kept.version) == ("Twice", 3)


async def test_only_the_jobs_that_are_known_now_are_loaded_and_the_others_stay_stored(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)
    for number in range(5):
        async with work(an_admin(tenant_id)) as open:
            person = await open.find(Person, id=mara.id)
            facts = {"job_title": f"Title {number}"}
            person.change_job(NOW.date(), facts, today=NOW.date(), at=open.now)

    async with work(an_admin(tenant_id)) as open:
        person = await open.find(Person, id=mara.id)
        stored = await open.list_parts(Job, person_id=mara.id)
    assert [each.job_title for each in person.jobs] == [None, "Title 4"]
    assert [each.job_title for each in stored if each.state is JobState.SUPERSEDED] == [
        f"Title {number}" for number in range(4)
    ]
