"""Slots that tenants share fairly, and what is shared with them."""

import asyncio
from contextlib import AsyncExitStack
from threading import Event
from typing import Any

import pytest

from domain.kernel.identity import generate_id
from persistence.embedded import DatabaseUrls
from persistence.kernel.fair_slots import FairSlots
from persistence.kernel.pools import borrow, create_read_pool, create_write_pool
from persistence.reading.cpu_worker import run_in_worker

pytestmark = pytest.mark.anyio

NOISY, QUIET, THIRD = generate_id(), generate_id(), generate_id()


class SlotHolders:
    """Tasks that hold slots until they are released, and the order in which they got them."""

    def __init__(self, capacity: int, *, reserve: int | None = None) -> None:
        self.slots = FairSlots(capacity, reserve=reserve)
        self.order: list[str] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ends: dict[str, asyncio.Event] = {}

    async def start(self, tenant_id: Any, *names: str) -> None:
        for name in names:
            self._ends[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._hold(tenant_id, name))
        await asyncio.sleep(0)

    async def finish(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
            await self._tasks[name]
        await asyncio.sleep(0)

    async def cancel(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)

    async def _hold(self, tenant_id: Any, name: str) -> None:
        async with self.slots.hold(tenant_id):
            self.order.append(name)
            await self._ends[name].wait()


async def test_with_one_slot_tenants_take_turns() -> None:
    them = SlotHolders(1)
    await them.start(NOISY, "noisy0", "noisy1", "noisy2")
    await them.start(QUIET, "quiet0", "quiet1")
    await them.start(THIRD, "third0")
    await them.finish("noisy0", "quiet0", "third0", "noisy1", "quiet1", "noisy2")
    assert them.order == ["noisy0", "quiet0", "third0", "noisy1", "quiet1", "noisy2"]
    assert (them.slots.active, them.slots.waiters) == (0, [])
    assert not them.slots.active_by_tenant
    assert not them.slots.waiting_by_tenant
    assert not them.slots._served_at


async def test_a_reserve_of_half_of_the_slots_leaves_them_to_other_tenants() -> None:
    them = SlotHolders(4, reserve=2)
    await them.start(NOISY, "noisy0", "noisy1", "noisy2")
    assert them.order == ["noisy0", "noisy1"]
    await them.start(QUIET, "quiet0")
    await them.start(THIRD, "third0")
    assert them.order == ["noisy0", "noisy1", "quiet0", "third0"]
    await them.finish("noisy0")
    assert them.order[4:] == ["noisy2"]
    await them.finish("noisy1", "noisy2", "quiet0", "third0")
    assert (them.slots.active, them.slots.waiters) == (0, [])


async def test_who_was_cancelled_while_waiting_takes_no_slot() -> None:
    them = SlotHolders(1)
    await them.start(NOISY, "noisy0")
    await them.start(QUIET, "quiet0", "quiet1")
    await them.cancel("quiet0")
    await them.finish("noisy0", "quiet1")
    assert them.order == ["noisy0", "quiet1"]
    assert (them.slots.active, them.slots._served_at) == (0, {})


@pytest.mark.parametrize("create_pool", [create_read_pool, create_write_pool])
async def test_one_tenant_takes_three_quarters_of_a_pool_and_another_finds_a_connection(
    create_pool: Any, addresses: DatabaseUrls
) -> None:
    async with await create_pool(addresses.serving, max_size=4) as pool, AsyncExitStack() as held:
        for _ in range(3):
            await held.enter_async_context(borrow(pool, NOISY))
        with pytest.raises(TimeoutError):
            await held.enter_async_context(borrow(pool, NOISY, 0.01))
        await held.enter_async_context(borrow(pool, QUIET, 5))
        with pytest.raises(TimeoutError):
            await held.enter_async_context(borrow(pool, THIRD, 0.01))
        assert pool.slots.active_by_tenant == {NOISY: 3, QUIET: 1}
    assert (pool.slots.active, pool.slots.waiters) == (0, [])


async def test_tenants_take_turns_on_the_worker_thread() -> None:
    may_end, order = Event(), list[str]()
    first = asyncio.create_task(run_in_worker(NOISY, may_end.wait))
    await asyncio.sleep(0)
    names = [(NOISY, "noisy1"), (NOISY, "noisy2"), (QUIET, "quiet0")]
    waiting = [
        asyncio.create_task(run_in_worker(tenant_id, lambda name=name: order.append(name)))
        for tenant_id, name in names
    ]
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(first, *waiting)
    assert order == ["quiet0", "noisy1", "noisy2"]
