"""A bounded number of slots, a short queue before them, and a share for each tenant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from api.http.errors import OverloadError
from api.http.overload.concurrency_limiter import MAX_REQUESTS_PER_SLOT, ConcurrencyLimiter

pytestmark = pytest.mark.anyio

NOISY, QUIET, THIRD = uuid4(), uuid4(), uuid4()


class RequestSimulator:
    """Simulated requests that run until they are released, and record their results."""

    def __init__(self, places: int) -> None:
        self.limiter = ConcurrencyLimiter(places)
        self.served_order: list[str] = []
        self._release_events: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[str]] = {}

    async def start_request(self, name: str, tenant_id: UUID, *, is_mutation: bool = False) -> None:
        self._release_events[name] = asyncio.Event()
        stay = self._hold_slot(name, tenant_id, is_mutation=is_mutation)
        self.tasks[name] = asyncio.create_task(stay)
        await run_pending_tasks()

    async def finish_request(self, name: str) -> None:
        self._release_events[name].set()
        await run_pending_tasks()

    async def _hold_slot(self, name: str, tenant_id: UUID, *, is_mutation: bool) -> str:
        try:
            async with self.limiter.acquire(tenant_id, is_mutation=is_mutation):
                self.served_order.append(name)
                await self._release_events[name].wait()
        except OverloadError:
            return "busy"
        return "served"


async def run_pending_tasks() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


@asynccontextmanager
async def simulate_requests(places: int) -> AsyncIterator[RequestSimulator]:
    found = RequestSimulator(places)
    yield found
    for task in found.tasks.values():
        task.cancel()
    await asyncio.gather(*found.tasks.values(), return_exceptions=True)
    assert (found.limiter.active, found.limiter.queue_length) == (0, 0)
    assert not found.limiter.slots.active_by_tenant
    assert not found.limiter.slots.waiting_by_tenant
    assert not found.limiter.slots._served_at


async def test_one_tenant_alone_gets_three_quarters_and_another_gets_a_slot_at_once() -> None:
    async with simulate_requests(8) as them:
        for n in range(8):
            await them.start_request(f"noisy{n}", NOISY)
        assert (them.limiter.active, them.limiter.queue_length) == (6, 2)

        await them.start_request("quiet0", QUIET)
        await them.start_request("quiet1", QUIET)

        assert them.served_order[-2:] == ["quiet0", "quiet1"]
        assert (them.limiter.active, them.limiter.queue_length) == (8, 2)


async def test_two_active_tenants_get_half_each() -> None:
    async with simulate_requests(8) as them:
        for n in range(10):
            await them.start_request(f"noisy{n}", NOISY)
        for n in range(4):
            await them.start_request(f"quiet{n}", QUIET)
        for n in range(6):
            await them.finish_request(f"noisy{n}")

        assert them.limiter.slots.active_by_tenant == {NOISY: 4, QUIET: 4}


async def test_changes_go_before_reads_and_then_tenants_with_the_fewest_slots() -> None:
    async with simulate_requests(4) as them:
        await them.start_request("a", NOISY)
        await them.start_request("b", NOISY)
        await them.start_request("c", QUIET)
        await them.start_request("d", THIRD)
        await them.start_request("noisy read", NOISY)
        await them.start_request("third read", THIRD)
        await them.start_request("change", NOISY, is_mutation=True)
        assert them.limiter.queue_length == 3

        await them.finish_request("a")
        await them.finish_request("d")
        await them.finish_request("b")

        assert them.served_order[4:] == ["change", "third read", "noisy read"]


async def test_an_overfull_queue_drops_the_last_read_of_the_tenant_that_fills_it() -> None:
    async with simulate_requests(2) as them:
        await them.start_request("a", THIRD)
        await them.start_request("b", QUIET)
        for name in ("first", "second"):
            await them.start_request(name, NOISY)

        await them.start_request("quiet", QUIET)

        assert them.tasks["second"].result() == "busy"
        assert not them.tasks["first"].done()
        assert not them.tasks["quiet"].done()


async def test_a_full_queue_admits_tenants_with_at_most_half_of_the_largest_share() -> None:
    async with simulate_requests(4) as them:
        for n in range(2):
            await them.start_request(f"a{n}", THIRD)
            await them.start_request(f"b{n}", QUIET)
        for n in range(3):
            await them.start_request(f"noisy{n}", NOISY)
        in_vain = them.limiter.would_time_out
        assert not in_vain(NOISY)
        assert (in_vain(NOISY, queued_ahead=1), in_vain(QUIET, queued_ahead=1)) == (True, False)

        await them.start_request("quiet", QUIET)

        assert them.limiter.queue_length == 4
        assert (in_vain(NOISY), in_vain(QUIET), in_vain(THIRD)) == (True, True, False)


async def test_nobody_waits_longer_than_a_tenth_of_a_second() -> None:
    async with simulate_requests(1) as them:
        loop = asyncio.get_running_loop()
        await them.start_request("first", NOISY)
        began = loop.time()
        await them.start_request("second", QUIET)

        assert await them.tasks["second"] == "busy"

        assert 0.09 <= loop.time() - began < 1
        assert them.limiter.rejected == 1


async def test_a_cancelled_wait_leaves_no_trace() -> None:
    async with simulate_requests(2) as them:
        await them.start_request("other", uuid4())
        await them.start_request("first", NOISY)
        await them.start_request("second", QUIET)
        await them.start_request("third", THIRD)

        them.tasks["second"].cancel()
        await run_pending_tasks()
        await them.finish_request("first")

        assert them.served_order == ["other", "first", "third"]
        assert them.limiter.active == 2


async def test_a_place_given_at_the_moment_of_leaving_goes_to_the_next() -> None:
    async with simulate_requests(2) as them:
        await them.start_request("other", uuid4())
        await them.start_request("first", NOISY)
        await them.start_request("second", QUIET)
        await them.start_request("third", THIRD)

        them._release_events["first"].set()
        await asyncio.sleep(0)  # the place is handed to the second, who has not run yet
        them.tasks["second"].cancel()
        await run_pending_tasks()

        assert them.served_order[2:] == ["third"]
        assert them.limiter.slots.active_by_tenant[THIRD] == 1


async def test_a_request_that_would_time_out_is_rejected_at_once_except_for_new_tenants() -> None:
    async with simulate_requests(2) as them:
        await them.start_request("a", NOISY)
        await them.start_request("b", NOISY)
        await them.start_request("c", NOISY)
        them.limiter._release_interval = 0.2

        with pytest.raises(OverloadError):
            them.limiter.reject_if_overloaded(NOISY)

        them.limiter.reject_if_overloaded(QUIET)


async def test_there_are_only_so_many_requests_in_the_process() -> None:
    admission = ConcurrencyLimiter(1)
    present = [admission.admit_request() for _ in range(MAX_REQUESTS_PER_SLOT)]
    for each in present:
        each.__enter__()

    with pytest.raises(OverloadError), admission.admit_request():
        pass

    present[0].__exit__(None, None, None)
    with admission.admit_request():
        assert admission.admitted == MAX_REQUESTS_PER_SLOT
