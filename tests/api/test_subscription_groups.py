"""Subscription groups: a batched read gives each subscriber what it would read alone."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import asyncpg
import orjson
import pytest

from api.kernel.execution.rate_limits import RateLimit, TimePrices
from api.kernel.schema.global_ids import encode_id
from api.kernel.subscriptions import group, subscriber
from domain.goals import Visibility
from domain.kernel.errors import Invalid
from domain.kernel.identity import TenantId
from domain.teams import TeamRole
from domain.tenants import TenantStatus
from persistence import change_feed
from persistence.reading.batched_reads import BatchEntry, read_batch
from persistence.reading.reader import Reader
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.goals import a_goal
from tests.factories.journal_entries import an_entry
from tests.factories.organizations import an_organization
from tests.factories.teams import a_team, add_membership

pytestmark = pytest.mark.anyio

SELECTION = "id title viewerCan owner { ... on Person { name hiredOn } } lastCheckIn { note }"
CHANGED = f"subscription($id: ID) {{ goalChanged(id: $id) {{ goal {{ {SELECTION} }} }} }}"
LOOKS_FOR_ENTRIES = re.compile(r"FROM journal\n|^SELECT number FROM tenant_clocks")
SHORT = "subscription { goalChanged { goal { note: title } } }"
READ = f"query($id: ID!) {{ goal(by: {{id: $id}}) {{ {SELECTION} }} }}"
CHECK_IN = "mutation($input: GoalCheckInInput!) { goalCheckIn(input: $input) { errors { code } } }"
EDIT = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"
REMOVE = "mutation($input: MemberRemoveInput!) { memberRemove(input: $input) { errors { code } } }"
REVOKE = """mutation($input: MemberRevokeRoleInput!) {
  memberRevokeRole(input: $input) { errors { code } } }"""
END = """mutation($input: TeamEndMembershipInput!) {
  teamEndMembership(input: $input) { errors { code } } }"""
LEAVE = "mutation($input: PersonDepartInput!) { personDepart(input: $input) { errors { code } } }"
MEMBERS = "{ members { nodes { id person { id } assignments { id } } } }"
FILTERED = """subscription($more: Decimal) { goalChanged { goal {
  title keyResults(where: { targetValue: { gt: $more } }) { totalCount } } } }"""


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


class EventReader:
    """A reader of a subscriber's events."""

    def __init__(self, events: Any) -> None:
        self.events = events

    async def next_bytes(self) -> bytes:
        """Return the next event as bytes."""
        event: bytes = await asyncio.wait_for(anext(self.events), 5)
        return event

    async def next_event(self) -> Any:
        """Return the next event."""
        return orjson.loads(await self.next_bytes())

    async def next_goal(self) -> Any:
        """Return the goal of the next event."""
        return (await self.next_event())["data"]["goalChanged"]["goal"]

    async def next_error_code(self) -> str:
        """Return the code of the error that ends the subscription."""
        code: str = (await self.next_event())["errors"][0]["extensions"]["code"]
        with pytest.raises(StopAsyncIteration):
            await anext(self.events)
        return code

    async def is_silent(self) -> bool:
        """Return whether no event comes."""
        try:
            await asyncio.wait_for(anext(self.events), 0.4)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def subscribe_members(
    world: World, *who: str, query: str = CHANGED
) -> AsyncIterator[list[EventReader]]:
    """Subscribe these members until the block ends."""
    ears = [EventReader(await world.graph.subscribe(each, query)) for each in who]
    try:
        yield ears
    finally:
        for each in ears:
            await each.events.aclose()


async def check_in(world: World, note: str = "Dry.") -> None:
    told = await world.graph.mutate(
        "mara", CHECK_IN, id=world.goal_id, confidence="ON_TRACK", note=note
    )
    assert told == {"errors": []}


async def find_member(world: World, who: str) -> Any:
    """Find a person's member."""
    found = await world.graph.query("admin", MEMBERS)
    (one,) = [
        each
        for each in found["members"]["nodes"]
        if each["person"]["id"] == world.encode_person_id(who)
    ]
    return one


@contextmanager
def override_clock(world: World, moment: datetime) -> Iterator[None]:
    """Set the clock of the process to a fixed time."""
    stores = world.graph.engine.stores
    before = stores.clock
    object.__setattr__(stores, "clock", lambda: moment)
    yield
    object.__setattr__(stores, "clock", before)


async def test_each_subscriber_gets_byte_for_byte_what_it_would_read_alone(world: World) -> None:
    everybody = ("mara", "ben", "manager", "admin", "ben")
    async with subscribe_members(world, *everybody) as ears:
        await check_in(world)
        events = [await each.next_bytes() for each in ears]
    alone = [await world.graph.execute(each, READ, id=world.goal_id) for each in everybody]

    for event, answer in zip(events, alone, strict=True):
        read = answer.body.partition(b',"extensions"')[0].removeprefix(b'{"data":')
        assert event == b'{"data":{"goalChanged":%b}}' % read
    assert len(set(events)) == 3  # what they may do to it differs


async def test_documents_differ_and_everybody_hears_their_own(world: World) -> None:
    async with (
        subscribe_members(world, "mara", "ben") as long,
        subscribe_members(world, "ben", query=SHORT) as short,
    ):
        await check_in(world)
        assert [(await each.next_goal())["lastCheckIn"]["note"] for each in long] == [
            "Dry.",
            "Dry.",
        ]
        assert await short[0].next_event() == {
            "data": {"goalChanged": {"goal": {"note": "Fewer late parcels"}}}
        }


async def test_a_subscriber_of_one_goal_gets_events_of_that_one(
    world: World, keep: SaveAggregates
) -> None:
    other = a_goal(world.people["mara"], "Another")
    await keep(other)
    async with subscribe_members(world, "ben") as (every,):
        one = EventReader(
            await world.graph.subscribe("ben", CHANGED, id=encode_id("goal", other.id))
        )
        await check_in(world)
        await world.graph.mutate("mara", EDIT, id=encode_id("goal", other.id), title="Changed")
        assert [(await every.next_goal())["title"] for _ in range(2)] == [
            "Fewer late parcels",
            "Changed",
        ]
        assert (await one.next_goal())["title"] == "Changed"
        await one.events.aclose()


async def test_a_member_who_is_removed_hears_why_and_no_more(world: World) -> None:
    async with subscribe_members(world, "ben", "mara") as (ben, mara):
        await check_in(world, "Before.")
        assert (await ben.next_goal())["lastCheckIn"] == {"note": "Before."}
        await world.graph.mutate("admin", REMOVE, id=(await find_member(world, "ben"))["id"])
        await check_in(world, "After.")
        assert await ben.next_error_code() == "FORBIDDEN"
        notes = [(await mara.next_goal())["lastCheckIn"]["note"] for _ in range(2)]
        assert notes == ["Before.", "After."]


async def test_who_loses_a_role_hears_nothing_that_only_the_role_let_them_see(
    world: World,
) -> None:
    async with subscribe_members(world, "ben", "mara") as (ben, mara):
        await check_in(world, "Before.")
        assert (await ben.next_goal())["lastCheckIn"] == {"note": "Before."}
        member = await find_member(world, "ben")
        assignment = member["assignments"][0]["id"]
        await world.graph.mutate("admin", REVOKE, id=member["id"], assignmentId=assignment)
        await check_in(world, "After.")
        assert [(await mara.next_goal())["lastCheckIn"]["note"] for _ in range(2)][1] == "After."
        assert await ben.is_silent()


async def test_who_leads_a_team_no_longer_hears_no_more_of_its_private_goals(
    world: World, keep: SaveAggregates
) -> None:
    tenant_id = world.graph.tenant_id
    unit = an_organization(tenant_id)
    team = a_team(unit)
    lead = add_membership(world.people["ben"], team, TeamRole.LEAD)
    add_membership(world.people["mara"], team, TeamRole.LEAD)
    goal = a_goal(team, "Ours", Visibility.PRIVATE)
    await keep(unit, team, goal)
    edited = {"id": encode_id("goal", goal.id)}
    async with subscribe_members(world, "ben", "mara", "manager") as (ben, mara, manager):
        await world.graph.mutate("mara", EDIT, **edited, title="Still ours")
        assert (await ben.next_goal())["title"] == "Still ours"
        ended = {"id": encode_id("team", team.id), "membershipId": encode_id("membership", lead.id)}
        told = await world.graph.mutate("admin", END, **ended)
        assert told == {"errors": []}
        await world.graph.mutate("mara", EDIT, **edited, title="Not Ben's")
        assert [(await mara.next_goal())["title"] for _ in range(2)] == ["Still ours", "Not Ben's"]
        assert await ben.is_silent()
        assert await manager.is_silent()


async def test_who_listens_in_a_tenant_that_is_suspended_hears_why_and_no_more(
    world: World, owner: Any
) -> None:
    tenant_id = world.graph.tenant_id
    async with subscribe_members(world, "ben", "admin") as ears:
        await check_in(world)
        assert [(await each.next_goal())["lastCheckIn"] for each in ears] == [{"note": "Dry."}] * 2
        suspend = "UPDATE directory.tenants SET status = $2 WHERE id = $1"
        await owner.execute(suspend, tenant_id, TenantStatus.SUSPENDED)
        async with owner.transaction():
            await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
            await an_entry(owner, tenant_id, "goal", world.goal.id)
        assert [await each.next_error_code() for each in ears] == [
            "TENANT_SUSPENDED",
            "TENANT_SUSPENDED",
        ]


async def test_who_leaves_today_hears_nothing_from_midnight_on(world: World) -> None:
    last_day = date(2026, 6, 15)
    told = await world.graph.mutate(
        "admin", LEAVE, id=world.encode_person_id("ben"), lastDay=last_day.isoformat()
    )
    assert told == {"errors": []}
    async with subscribe_members(world, "ben") as (ben,):
        await check_in(world, "The last day.")
        assert (await ben.next_goal())["lastCheckIn"] == {"note": "The last day."}
        with override_clock(world, datetime(2026, 6, 16, 0, 0, 1, tzinfo=UTC)):
            await check_in(world, "The day after.")
            assert await ben.next_error_code() == "FORBIDDEN"


async def test_a_slow_subscriber_is_ended_and_delays_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "MAX_QUEUE_LENGTH", 2)
    async with subscribe_members(world, "ben", "mara") as (slow, quick):
        for number in range(4):
            await check_in(world, str(number))
            assert (await quick.next_goal())["lastCheckIn"] == {"note": str(number)}
        assert await slow.next_error_code() == "UNAVAILABLE"
        await check_in(world, "More.")
        assert (await quick.next_goal())["lastCheckIn"] == {"note": "More."}


async def test_a_group_that_falls_behind_is_told_to_subscribe_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with subscribe_members(world, "ben", "mara") as ears:
        with monkeypatch.context() as narrow:
            narrow.setattr(change_feed, "MAX_QUEUED_ENTRIES", 0)
            await check_in(world)
            assert [await each.next_error_code() for each in ears] == ["UNAVAILABLE", "UNAVAILABLE"]
    async with subscribe_members(world, "ben") as (again,):
        await check_in(world, "Again.")
        assert (await again.next_goal())["lastCheckIn"] == {"note": "Again."}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("Somebody's argument is out of range."), "INVALID"),
        (asyncpg.QueryCanceledError("Somebody's argument is too costly."), "TIMEOUT"),
    ],
)
async def test_an_argument_that_postgresql_refuses_ends_only_its_subscriber(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    async def refusing(connection: Any, parts: Iterable[BatchEntry], *ids: Any) -> Any:
        if any(b'"9.5"' in part.row for part in parts):
            raise error
        return await read_batch(connection, parts, *ids)

    monkeypatch.setattr(group, "read_batch", refusing)
    async with subscribe_members(world, "mara", query=FILTERED) as (mara,):
        usual = EventReader(await world.graph.subscribe("ben", FILTERED, more="5"))
        absurd = EventReader(await world.graph.subscribe("ben", FILTERED, more="9.5"))
        await check_in(world)
        counts = [(await each.next_goal())["keyResults"]["totalCount"] for each in (mara, usual)]
        assert counts == [1, 1]
        assert await absurd.next_error_code() == code
        await usual.events.aclose()


async def test_events_are_charged_to_the_tenant_and_wait_for_its_budget(world: World) -> None:
    engine, tenant_id, asked = world.graph.engine, world.graph.tenant_id, list[TenantId]()
    limiter = engine.rate_limiter
    limiter.tenant_rate_limit = limiter.caller_rate_limit = RateLimit(10**9, 0.001)
    engine.subscription_hub.time_prices = TimePrices(database=1_000)

    def get_delay(tenant_id: TenantId) -> float:
        asked.append(tenant_id)
        return 0.0

    limiter.get_tenant_delay = get_delay  # type: ignore[method-assign]
    async with subscribe_members(world, "ben") as (ben,):
        assert asked == []
        await check_in(world)
        await ben.next_goal()
    tenant, ben_alone = (
        limiter._buckets.get((tenant_id, None)),
        limiter._buckets.get((tenant_id, "ben", "")),
    )
    assert asked == [tenant_id]
    assert tenant is not None
    assert ben_alone is not None
    assert 10**9 - tenant.available > 1_000  # a millisecond of the database, at least
    assert 10**9 - ben_alone.available < 100  # the subscription itself


def test_an_expensive_subscriber_shares_no_statement_with_cheap_ones() -> None:
    def a_subscriber(cost: int) -> Any:
        return SimpleNamespace(context=SimpleNamespace(charge=SimpleNamespace(requested=cost)))

    costs = [10, 900, 1, 2, 4_000, 3, 11]
    batches = group._batches([a_subscriber(each) for each in costs], 2)
    assert [[each.context.charge.requested for each in batch] for batch in batches] == [
        [1, 2, 3],
        [10, 11],
        [900],
        [4_000],
    ]
    many = group._batches([a_subscriber(1_000)] * 11, 1)
    assert [len(batch) for batch in many] == [10, 1]


async def test_an_outage_is_reported_and_a_new_subscription_gets_events(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: Any) -> Any:
        raise ConnectionRefusedError

    async with subscribe_members(world, "ben", "mara") as ears:
        with monkeypatch.context() as broken:
            broken.setattr(group, "read_batch", refused)
            await check_in(world)
            assert [await each.next_error_code() for each in ears] == ["UNAVAILABLE", "UNAVAILABLE"]
    async with subscribe_members(world, "ben") as (again,):
        await check_in(world, "Again.")
        assert (await again.next_goal())["lastCheckIn"] == {"note": "Again."}


async def test_a_group_takes_the_same_statements_for_few_and_for_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cached actors are not loaded again, and actors with equal kinds of grants share a plan."""
    statements: list[str] = []
    whole = Reader.open_snapshot

    @asynccontextmanager
    async def snapshot(self: Reader, tenant_id: TenantId) -> AsyncIterator[Any]:
        async with whole(self, tenant_id) as found:
            with found.connection.query_logger(lambda sent: statements.append(sent.query)):
                yield found
                await asyncio.sleep(0)  # the query log comes in the next iteration

    async def asked(*who: str) -> list[str]:
        async with subscribe_members(world, *who) as ears:
            for _ in range(2):
                statements.clear()
                await check_in(world)
                for each in ears:
                    await each.next_goal()
            # How often the feed looks for entries depends on the time.
            return [each for each in statements if not LOOKS_FOR_ENTRIES.search(each)]

    monkeypatch.setattr(Reader, "open_snapshot", snapshot)
    few = await asked("ben")
    many = await asked("ben", "mara", "ben", "mara", "ben")

    assert sum("~asked" in each for each in few) == 1
    assert many == few
