"""A bounded number of places, a short line before them, and a share for each tenant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from api.http.admission import MAX_REQUESTS_PER_SLOT, ConcurrencyLimiter
from api.http.refusals import OverloadError

pytestmark = pytest.mark.anyio

NOISY, QUIET, THIRD = uuid4(), uuid4(), uuid4()


class Guests:
    """Requests that come, stay until they are told to leave, and note how they fared."""

    def __init__(self, places: int) -> None:
        self.admission = ConcurrencyLimiter(places)
        self.order: list[str] = []
        self._leaving: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[str]] = {}

    async def come(self, name: str, tenant_id: UUID, *, is_change: bool = False) -> None:
        self._leaving[name] = asyncio.Event()
        stay = self._stay(name, tenant_id, is_change=is_change)
        self.tasks[name] = asyncio.create_task(stay)
        await settled()

    async def leave(self, name: str) -> None:
        self._leaving[name].set()
        await settled()

    async def _stay(self, name: str, tenant_id: UUID, *, is_change: bool) -> str:
        try:
            async with self.admission.acquire(tenant_id, is_change=is_change):
                self.order.append(name)
                await self._leaving[name].wait()
        except OverloadError:
            return "busy"
        return "served"


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


@asynccontextmanager
async def guests(places: int) -> AsyncIterator[Guests]:
    found = Guests(places)
    yield found
    for task in found.tasks.values():
        task.cancel()
    await asyncio.gather(*found.tasks.values(), return_exceptions=True)
    assert (found.admission.active, found.admission.queue_length) == (0, 0)
    assert not found.admission._active_by_tenant
    assert not found.admission._queued_by_tenant


async def test_one_tenant_alone_gets_three_quarters_and_another_finds_a_place_at_once() -> None:
    async with guests(8) as them:
        for n in range(8):
            await them.come(f"noisy{n}", NOISY)
        assert (them.admission.active, them.admission.queue_length) == (6, 2)

        await them.come("quiet0", QUIET)
        await them.come("quiet1", QUIET)

        assert them.order[-2:] == ["quiet0", "quiet1"]
        assert (them.admission.active, them.admission.queue_length) == (8, 2)


async def test_with_company_nobody_gets_more_than_half_again() -> None:
    async with guests(8) as them:
        for n in range(10):
            await them.come(f"noisy{n}", NOISY)
        for n in range(4):
            await them.come(f"quiet{n}", QUIET)
        for n in range(6):
            await them.leave(f"noisy{n}")

        assert them.admission._active_by_tenant == {NOISY: 4, QUIET: 4}


async def test_changes_go_before_reads_and_then_whoever_holds_least() -> None:
    async with guests(4) as them:
        await them.come("a", NOISY)
        await them.come("b", NOISY)
        await them.come("c", QUIET)
        await them.come("d", THIRD)
        await them.come("noisy read", NOISY)
        await them.come("third read", THIRD)
        await them.come("change", NOISY, is_change=True)
        assert them.admission.queue_length == 3

        await them.leave("a")
        await them.leave("d")
        await them.leave("b")

        assert them.order[4:] == ["change", "third read", "noisy read"]


async def test_a_line_that_is_too_long_loses_the_last_read_of_whoever_fills_it() -> None:
    async with guests(2) as them:
        await them.come("a", THIRD)
        await them.come("b", QUIET)
        for name in ("first", "second"):
            await them.come(name, NOISY)

        await them.come("quiet", QUIET)

        assert them.tasks["second"].result() == "busy"
        assert not them.tasks["first"].done()
        assert not them.tasks["quiet"].done()


async def test_a_full_line_is_for_whoever_has_at_most_half_of_the_most_in_it() -> None:
    async with guests(4) as them:
        for n in range(2):
            await them.come(f"a{n}", THIRD)
            await them.come(f"b{n}", QUIET)
        for n in range(3):
            await them.come(f"noisy{n}", NOISY)
        in_vain = them.admission.would_time_out
        assert not in_vain(NOISY)
        assert (in_vain(NOISY, queued_ahead=1), in_vain(QUIET, queued_ahead=1)) == (True, False)

        await them.come("quiet", QUIET)

        assert them.admission.queue_length == 4
        assert (in_vain(NOISY), in_vain(QUIET), in_vain(THIRD)) == (True, True, False)


async def test_nobody_waits_longer_than_a_tenth_of_a_second() -> None:
    async with guests(1) as them:
        loop = asyncio.get_running_loop()
        await them.come("first", NOISY)
        began = loop.time()
        await them.come("second", QUIET)

        assert await them.tasks["second"] == "busy"

        assert 0.09 <= loop.time() - began < 1
        assert them.admission.rejected == 1


async def test_whoever_stops_waiting_leaves_no_trace() -> None:
    async with guests(2) as them:
        await them.come("other", uuid4())
        await them.come("first", NOISY)
        await them.come("second", QUIET)
        await them.come("third", THIRD)

        them.tasks["second"].cancel()
        await settled()
        await them.leave("first")

        assert them.order == ["other", "first", "third"]
        assert them.admission.active == 2


async def test_a_place_given_at_the_moment_of_leaving_goes_to_the_next() -> None:
    async with guests(2) as them:
        await them.come("other", uuid4())
        await them.come("first", NOISY)
        await them.come("second", QUIET)
        await them.come("third", THIRD)

        them._leaving["first"].set()
        await asyncio.sleep(0)  # the place is handed to the second, who has not run yet
        them.tasks["second"].cancel()
        await settled()

        assert them.order[2:] == ["third"]
        assert them.admission._active_by_tenant[THIRD] == 1


async def test_where_the_wait_would_be_too_long_it_is_said_at_once_but_not_to_newcomers() -> None:
    async with guests(2) as them:
        await them.come("a", NOISY)
        await them.come("b", NOISY)
        await them.come("c", NOISY)
        them.admission._release_interval = 0.2

        with pytest.raises(OverloadError):
            them.admission.reject_if_overloaded(NOISY)

        them.admission.reject_if_overloaded(QUIET)


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
