"""The start of a unit of work: the actor and the referenced aggregates in one statement."""

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pytest

from domain.goals import Confidence, Goal, KeyResult
from domain.kernel.access import Actor
from domain.kernel.errors import NotFound, VersionConflict
from domain.kernel.identity import PersonId, TenantId, generate_id
from domain.kernel.wanted import want
from domain.people import Person
from persistence.access.actor_cache import ActorCache
from persistence.access.actor_resolver import ActorResolver
from persistence.kernel.transaction import SqlBuilder
from persistence.unit_of_work.prefetch import Named
from persistence.unit_of_work.work import Work, work_with_resolver
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import NOW, an_admin
from tests.factories.goals import a_goal, add_key_result
from tests.factories.people import a_person

pytestmark = pytest.mark.anyio

TITLES = "SELECT title FROM goals WHERE tenant_id = $1 ORDER BY title"


class StaticActorResolver(ActorResolver):
    """A resolver with a known answer, which comes after some queries without one."""

    def __init__(self, resolved_actor: Actor, remaining_retries: int = 0) -> None:
        super().__init__(ActorCache(), resolved_actor.tenant_id, "mara", NOW)
        self.resolved_actor = resolved_actor
        self.remaining_retries = remaining_retries

    def build_query(self) -> tuple[SqlBuilder, tuple[Any, ...]]:
        return (lambda place: f"SELECT to_json(${place}::uuid)"), (self.resolved_actor.tenant_id,)

    def accept(self, told: Any) -> Actor | None:
        assert told == f'"{self.resolved_actor.tenant_id}"'.encode()
        self.remaining_retries -= 1
        return self.resolved_actor if self.remaining_retries < 0 else None


class StatementRecorder:
    """The statements sent inside the block, by their first word."""

    def __init__(self, open: Work) -> None:
        self._connection: Any = open._transaction.autocommit
        self.commands: list[str] = []

    async def __aenter__(self) -> list[str]:
        self._connection.add_query_logger(self._record)
        return self.commands

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)  # asyncpg logs in the next iteration of the loop
        self._connection.remove_query_logger(self._record)

    def _record(self, sent: Any) -> None:
        self.commands.append(sent.query.split()[0].strip(";"))


def open_work(writing: asyncpg.Pool, tenant_id: TenantId, ids: Named) -> Any:
    return work_with_resolver(writing, StaticActorResolver(an_admin(tenant_id)), ids, now=NOW)


async def test_prefetched_aggregates_need_no_further_query(
    writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    goal, nobody = a_goal(mara), generate_id()
    await keep(mara, ben, goal)
    ids = [("person", ben.id), ("person", nobody), ("goal", goal.id), ("keyres", nobody)]

    async with open_work(writing, tenant_id, ids) as open:
        async with StatementRecorder(open) as words:
            found = await open.get(Person, ben.id, to=Person.EDIT)
            assert (found.name, found.version) == (ben.name, 1)
            assert (await open.get(Goal, goal.id, to=Goal.EDIT)).title == goal.title
            with pytest.raises(NotFound):
                await open.get(Person, nobody, to=Person.EDIT)
        assert words == []
        assert await open.get(Person, ben.id, to=Person.EDIT) is found


async def test_what_else_an_input_names_is_read_with_it_and_again_after_a_change(
    writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal, other = a_goal(mara), a_goal(mara, "Other")
    for each, title in ((goal, "Ships"), (other, "Rests")):
        add_key_result(each, title)
    await keep(mara, goal, other)
    named = want(Goal, id=goal.id, title=goal.title)
    wanted = named, want(KeyResult, goal_id=named.take("id")), want(Goal, title="None")

    async with open_work(writing, tenant_id, wanted) as open:
        async with StatementRecorder(open) as words:
            goals, results, nothing = await open.read(*wanted)
        assert (words, nothing) == ([], [])
        assert ([each.id for each in goals], [each.title for each in results]) == (
            [goal.id],
            ["Ships"],
        )
        async with StatementRecorder(open) as words:
            assert len((await open.read(*wanted))[1]) == 1
        assert words == ["SELECT"]
        add_key_result(await open.get(Goal, goal.id, to=Goal.EDIT), "Sails")
        titles = {each.title for each in (await open.read(*wanted))[1]}
        assert titles == {"Ships", "Sails"}
    with pytest.raises(ValueError, match="guarded"):
        async with open_work(writing, tenant_id, [want(Person, hired_on=NOW.date())]):
            pass
    elsewhere = TenantId(generate_id())
    async with open_work(writing, elsewhere, wanted) as open:
        assert await open.read(*wanted) == [[], [], []]


@pytest.mark.plain_postgresql("On Citus each part of a write is a statement.")
async def test_what_reads_and_writes_once_begins_no_transaction(
    writing: asyncpg.Pool, keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    async with open_work(writing, tenant_id, [("goal", goal.id)]) as open:
        kept = await open.get(Goal, goal.id, to=Goal.CHECK_IN)
        kept.check_in(PersonId(mara.id), confidence=Confidence.ON_TRACK, values={}, at=NOW)
        async with StatementRecorder(open) as words:
            await open.commit()
    assert words == ["WITH"]

    async with work(an_admin(tenant_id)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)
        assert (kept.version, kept.check_ins[0].confidence) == (2, Confidence.ON_TRACK)


async def test_of_two_that_are_written_at_once_a_stale_one_undoes_both(
    writing: asyncpg.Pool, keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    first, second = a_goal(mara, "One"), a_goal(mara, "Two")
    await keep(mara, first, second)
    ids = [("goal", first.id), ("goal", second.id)]

    with pytest.raises(VersionConflict):
        async with open_work(writing, tenant_id, ids) as open:
            for each in (first, second):
                (await open.get(Goal, each.id, to=Goal.EDIT)).title = "Both"
            async with work(an_admin(tenant_id)) as other:
                (await other.get(Goal, second.id, to=Goal.EDIT)).title = "Earlier"

    async with work(an_admin(tenant_id)) as open:
        rows = await (await open.get_connection()).fetch(TITLES, tenant_id)
    assert [row["title"] for row in rows] == ["Earlier", "One"]


async def test_what_waited_for_a_lock_is_read_after_it(
    writing: asyncpg.Pool, keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    async with open_work(writing, tenant_id, [("person", mara.id)]) as open:
        async with work(an_admin(tenant_id)) as other:
            (await other.get(Person, mara.id, to=Person.EDIT)).given_name = "Captain"
        await open.lock_tree("person")
        kept = await open.get(Person, mara.id, to=Person.EDIT)
        assert (kept.given_name, kept.version) == ("Captain", 2)


async def test_an_unverified_actor_is_resolved_again_until_confirmed(
    writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)
    doubtful = StaticActorResolver(an_admin(tenant_id), remaining_retries=2)

    async with work_with_resolver(writing, doubtful, [("person", mara.id)], now=NOW) as open:
        assert open.actor is doubtful.resolved_actor
        assert (await open.get(Person, mara.id, to=Person.EDIT)).name == mara.name
    assert doubtful.remaining_retries == -1


async def test_a_prefetch_finds_nothing_of_another_tenant(
    writing: asyncpg.Pool, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)
    elsewhere = StaticActorResolver(an_admin(TenantId(generate_id())))

    async with work_with_resolver(writing, elsewhere, [("person", mara.id)], now=NOW) as open:
        with pytest.raises(NotFound):
            await open.get(Person, mara.id, to=Person.EDIT)
        assert open.actor.today == elsewhere.resolved_actor.today > date.min
