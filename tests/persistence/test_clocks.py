"""The clocks of a tenant: gapless numbers in the order of commits, and no deadlocks."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any

import pytest

from domain.goals import Goal
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Refusal
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.people import Person
from domain.roles import Role
from persistence.change_feed import ChangeFeed, FeedEntry
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.kernel.clocks import Clock
from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.kernel.mapping import write_batch
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.pools import connect
from persistence.reading.reader import Reader
from persistence.registry import metadata
from tests.conftest import SAVE, OpenWork, SaveAggregates
from tests.factories.actors import an_admin
from tests.factories.goals import a_goal
from tests.factories.journal_entries import an_entry
from tests.factories.members import a_member, a_role
from tests.factories.people import a_person
from tests.factories.tenants import a_registered_tenant

pytestmark = pytest.mark.anyio

READ_ORDER = """
SELECT (SELECT number FROM tenant_clocks WHERE tenant_id = $1 AND clock = 'journal') AS number,
       ARRAY(SELECT number FROM journal WHERE tenant_id = $1 ORDER BY number) AS numbers
"""
READ_UNITS = """
SELECT number - seq AS base, array_agg(seq ORDER BY number) AS positions
FROM journal WHERE tenant_id = $1 GROUP BY 1 ORDER BY 1
"""
READ_CLOCKS = "SELECT clock, number FROM tenant_clocks WHERE tenant_id = $1"
PATIENCE = 10
"""Seconds until a test gives up waiting."""


@asynccontextmanager
async def inside(pool: Any, tenant_id: TenantId) -> AsyncIterator[Any]:
    """Open a transaction inside the tenant."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        yield connection


async def read_clocks(pool: Any, tenant_id: TenantId) -> dict[str, int]:
    async with inside(pool, tenant_id) as connection:
        return dict(await connection.fetch(READ_CLOCKS, tenant_id))


async def assert_no_gap(pool: Any, tenant_id: TenantId) -> int:
    """Assert that one snapshot has every number up to that of the clock; return it."""
    async with inside(pool, tenant_id) as connection:
        number, numbers = await connection.fetchrow(READ_ORDER, tenant_id)
    assert numbers == [*range(1, (number or 0) + 1)]
    return number or 0


@pytest.fixture
async def superuser(addresses: DatabaseUrls) -> AsyncIterator[Any]:
    url = get_superuser_url(addresses.owner) or os.environ.get("CLUSTER_SUPERUSER_URL")
    if url is None:
        pytest.skip("Needs CLUSTER_SUPERUSER_URL: only a superuser may end connections of others.")
    connection = await connect(url)
    yield connection
    await connection.close()


@pytest.fixture
def feed(pool: Any) -> ChangeFeed:
    return ChangeFeed(Reader(pool), poll_interval=0.005)


async def test_a_change_is_numbered_after_the_last_and_rights_only_where_they_may_change(
    keep: SaveAggregates, pool: Any, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    assert await read_clocks(pool, tenant_id) == {}
    await keep(mara, a_person(tenant_id, "Ben"))
    assert await read_clocks(pool, tenant_id) == {Clock.RIGHTS: 1, Clock.JOURNAL: 2}
    await keep(a_goal(mara), a_goal(mara), a_goal(mara))
    assert await read_clocks(pool, tenant_id) == {Clock.RIGHTS: 1, Clock.JOURNAL: 5}
    await keep(a_goal(mara), a_person(tenant_id, "Eva"))
    assert await read_clocks(pool, tenant_id) == {Clock.RIGHTS: 2, Clock.JOURNAL: 7}
    assert await assert_no_gap(pool, tenant_id) == 7


async def test_what_is_undone_takes_no_number(
    keep: SaveAggregates, work: OpenWork, pool: Any, tenant_id: TenantId
) -> None:
    await keep(a_person(tenant_id, work_email="same@x.example"))
    with pytest.raises(Refusal):
        await keep(a_person(tenant_id, work_email="same@x.example"))
    with pytest.raises(ZeroDivisionError):
        async with work(an_admin(tenant_id)) as open:
            await open.add(a_person(tenant_id), to=SAVE)
            await open.flush()
            raise ZeroDivisionError
    await keep(a_person(tenant_id))
    assert await assert_no_gap(pool, tenant_id) == 2


async def test_a_long_unit_of_work_takes_its_numbers_last(
    keep: SaveAggregates, work: OpenWork, pool: Any, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)
    async with work(an_admin(tenant_id)) as open:
        await open.add(a_goal(mara, "First"), to=SAVE)
        await open.flush()
        await asyncio.wait_for(keep(a_goal(mara)), PATIENCE)
        await open.add(a_goal(mara, "Last"), to=SAVE)
    async with inside(pool, tenant_id) as connection:
        units = await connection.fetch(READ_UNITS, tenant_id)
    assert [tuple(each) for each in units] == [(0, [1]), (1, [1]), (2, [1, 2])]


async def test_a_batch_has_the_objects_of_its_own_unit_of_work(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)
    batches = [[a_goal(mara)], [a_goal(mara), a_goal(mara), a_goal(mara)], [a_goal(mara)]]
    for batch in batches:
        await keep(*batch)
    async with work(an_admin(tenant_id)) as open:
        for batch in batches:
            for each in batch:
                assert await open.batch_of("goal", each.id) == [goal.id for goal in batch]


class Writers:
    """Concurrent units of work, of which some are long, undone, or lose their connection."""

    def __init__(self, work: OpenWork, superuser: Any, mara: Person, seed: int) -> None:
        self.work, self.superuser, self.mara = work, superuser, mara
        self.random = Random(seed)
        self.killed_count = 0
        self._kills = asyncio.Lock()

    async def run(self, count: int) -> None:
        for _ in range(count):
            with suppress(DatabaseUnavailable, ZeroDivisionError):
                await self.change()

    async def change(self) -> None:
        choice = self.random.random()
        async with self.work(an_admin(self.mara.tenant_id)) as open:
            for _ in range(self.random.randrange(1, 4)):
                await open.add(a_goal(self.mara), to=SAVE)
            if choice < 0.2:
                await open.flush()
                await asyncio.sleep(0.02)
            if choice < 0.05:
                raise ZeroDivisionError
            if choice > 0.9:
                pid = open._transaction.autocommit.get_server_pid()
                asyncio.get_running_loop().call_later(
                    self.random.random() / 200, lambda: asyncio.ensure_future(self.kill(pid))
                )

    async def kill(self, pid: int) -> None:
        async with self._kills:
            await self.superuser.execute("SELECT pg_terminate_backend($1::int)", pid)
            self.killed_count += 1


@pytest.fixture
async def mara(keep: SaveAggregates, tenant_id: TenantId) -> Person:
    mara = a_person(tenant_id)
    await keep(mara)
    return mara


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_entry_is_delivered_once_in_the_order_of_its_number(
    mara: Person, work: OpenWork, pool: Any, superuser: Any, feed: ChangeFeed, seed: int
) -> None:
    """Backends are killed, and transactions are long or undone."""
    subscription = await feed.subscribe(mara.tenant_id)
    writers = Writers(work, superuser, mara, seed)
    writing = asyncio.gather(*(writers.run(25) for _ in range(8)))
    while not writing.done():
        await assert_no_gap(pool, mara.tenant_id)
        await asyncio.sleep(0.01)
    await writing
    last, taken = await assert_no_gap(pool, mara.tenant_id), list[FeedEntry]()
    async with asyncio.timeout(PATIENCE):
        while len(taken) < last - 1:
            taken += await subscription.next_entries()
    assert [each.position for each in taken] == [*range(2, last + 1)]
    assert writers.killed_count > 0
    subscription.unsubscribe(subscription)


async def test_a_long_transaction_of_another_tenant_delays_nothing(
    keep: SaveAggregates, pool: Any, owner: Any, feed: ChangeFeed, tenant_id: TenantId
) -> None:
    other = await a_registered_tenant(owner)
    async with inside(pool, other) as long:
        await an_entry(long, other, "goal")
        subscription = await feed.subscribe(tenant_id)
        await keep(a_person(tenant_id))
        (entry,) = await asyncio.wait_for(subscription.next_entries(), PATIENCE)
    assert (entry.entity, entry.position) == ("person", 1)
    subscription.unsubscribe(subscription)


async def test_after_a_failover_that_lost_entries_new_ones_are_delivered(
    keep: SaveAggregates, pool: Any, owner: Any, feed: ChangeFeed, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara, a_goal(mara), a_goal(mara))
    subscription = await feed.subscribe(tenant_id)
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute("DELETE FROM journal WHERE tenant_id = $1 AND number > 1", tenant_id)
        await owner.execute(
            "UPDATE tenant_clocks SET number = 1 WHERE tenant_id = $1 AND clock = 'journal'",
            tenant_id,
        )
    await asyncio.sleep(0.05)  # a poll has seen it
    await keep(a_goal(mara))
    (entry,) = await asyncio.wait_for(subscription.next_entries(), PATIENCE)
    assert (entry.entity, entry.position) == ("goal", 2)
    subscription.unsubscribe(subscription)


async def test_who_waits_for_a_unique_value_lets_others_write(
    work: OpenWork, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    async with work(an_admin(tenant_id)) as first:
        await first.add(a_person(tenant_id, work_email="same@x.example"), to=SAVE)
        await first.flush()
        second = asyncio.create_task(keep(a_person(tenant_id, work_email="same@x.example")))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(keep(a_person(tenant_id)), PATIENCE)
        assert not second.done()
    with pytest.raises(Refusal) as refused:
        await second
    assert refused.value.code is Code.NOT_UNIQUE


async def test_who_waits_for_a_reference_lets_others_write(
    work: OpenWork, keep: SaveAggregates, tenant_id: TenantId
) -> None:
    """The foreign key would wait at the end of the statement, with the clock locked."""
    mara, role = a_person(tenant_id), a_role(tenant_id, "r", Grant(Permission.GOALS_READ))
    await keep(mara, role)
    async with work(an_admin(tenant_id)) as deleting:
        await deleting.remove(await deleting.get(Role, role.id, to=Role.DELETE))
        await deleting.flush()
        assigning = asyncio.create_task(keep(a_member(mara, "mara", role.id)))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(keep(a_person(tenant_id)), PATIENCE)
        assert not assigning.done()
    with pytest.raises(Refusal) as refused:
        await assigning
    assert refused.value.code is Code.REFERENCE_NOT_FOUND


async def test_two_that_lock_rows_and_write_the_journal_in_opposite_order_both_end(
    keep: SaveAggregates, work: OpenWork, pool: Any, tenant_id: TenantId
) -> None:
    """The first locks a goal for long. The second writes, and then waits for that goal."""
    mara = a_person(tenant_id)
    first_goal, second_goal = a_goal(mara, "A"), a_goal(mara, "B")
    await keep(mara, first_goal, second_goal)

    async def rename(*goals: Goal) -> None:
        async with work(an_admin(tenant_id)) as open:
            for each in goals:
                (await open.get(Goal, each.id, to=Goal.EDIT)).title = f"{len(goals)} at once"
                await open.flush()
                await asyncio.sleep(0.05)

    await asyncio.wait_for(
        asyncio.gather(
            rename(first_goal, second_goal),
            rename(first_goal),
            rename(second_goal),
            return_exceptions=True,
        ),
        PATIENCE,
    )
    await assert_no_gap(pool, tenant_id)


def test_what_a_foreign_key_would_lock_late_is_locked_early_or_apart() -> None:
    """Otherwise a writer would wait for a deletion while others wait for its clock."""
    deletable = {
        mapping.table
        for kind, mapping in MAPPINGS.items()
        if issubclass(kind, Aggregate) and kind.can_be_deleted()
    }
    for table in (each for each in metadata.sorted_tables if each.schema is None):
        referring = {
            column
            for constraint in table.foreign_key_constraints
            if constraint.referred_table in deletable and constraint.ondelete != "CASCADE"
            for column in constraint.column_keys
        } - {"tenant_id"}
        insert = write_batch._build_insert(table)
        assert {each.column for each in insert.references} == referring
    names = {
        *("alert_rules", "annotations", "competency_frameworks", "feedbacks", "goals", "members"),
        *("people", "rating_scales", "review_templates", "roles", "score_rules", "webhooks"),
        *("issuers", "staged_uploads"),
    }
    assert {each.name for each in deletable} == names
    locking = {each.name for each in deletable if write_batch._build_delete(each).locks_at_end}
    unreferenced = {"alert_rules", "annotations", "feedbacks", "issuers", "staged_uploads"}
    assert locking == names - unreferenced
