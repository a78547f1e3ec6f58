"""Turns on the event loop, so that no tenant holds it while other tenants send requests.

In one iteration of the loop, a tenant runs for 2 ms at most. The rest waits for the next iteration,
after the work that is ready for others. A step that runs is not interrupted. A tenant that is the
only one to send requests never waits.
"""

import asyncio
from collections.abc import Callable, Hashable
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")

TURN_SECONDS = 0.002
"""The time that a tenant may use in one iteration; a cheap request needs less."""

PRESENCE_SECONDS = 1.0
"""The time after its last request for which a tenant counts as present, as sharing the loop."""


class LoopTurns:
    """The turns of all tenants on one event loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, clock: Callable[[], float] = perf_counter
    ) -> None:
        self.loop = loop
        self.call_soon = loop.call_soon
        self.spent: dict[Hashable, float] = {}
        """The seconds that each tenant has used in this iteration."""
        self.last_requests: dict[Hashable, float] = {}
        """When each tenant that is present sent its last request."""
        self._clock = clock

    def begin(self, tenant_id: Hashable) -> "LoopTurn":
        """Return the turn for a request of a tenant, which now counts as present."""
        now = self._clock()
        requests = self.last_requests
        requests.pop(tenant_id, None)
        requests[tenant_id] = now
        while requests[oldest := next(iter(requests))] < now - PRESENCE_SECONDS:
            del requests[oldest]
        return LoopTurn(self, tenant_id)


class LoopTurn:
    """The turn of one request. All requests of a tenant share its time."""

    # Every step of every request calls `is_over` and `spend`, so they call nothing further.
    __slots__ = ("_spent", "_tenant_id", "_turns")

    def __init__(self, turns: LoopTurns, tenant_id: Hashable) -> None:
        self._turns = turns
        self._spent = turns.spent
        self._tenant_id = tenant_id

    def is_over(self) -> bool:
        """Return whether the request has to wait for the next iteration of the loop."""
        return self._spent.get(self._tenant_id, 0.0) >= TURN_SECONDS

    def spend(self, seconds: float) -> None:
        """Count time that the request has run in this iteration, if tenants share the loop."""
        if len(self._turns.last_requests) <= 1:
            return
        if not self._spent:
            # The next iteration calls this before all that is made ready from now on.
            self._turns.call_soon(self._spent.clear)
        self._spent[self._tenant_id] = self._spent.get(self._tenant_id, 0.0) + seconds

    async def run(self, task: Callable[[], Result]) -> Result:
        """Run a task that does not wait for anything, when it is the tenant's turn."""
        while self.is_over():  # noqa: ASYNC110 - each iteration of the loop is a new chance
            await asyncio.sleep(0)
        started_at = perf_counter()
        try:
            return task()
        finally:
            self.spend(perf_counter() - started_at)


_turns: LoopTurns | None = None
"""The turns of the loop that ran last; a process has one loop, and its tests one after another."""


def begin_turn(tenant_id: Hashable) -> LoopTurn:
    """Return the turn for a request of a tenant on the running loop."""
    global _turns  # noqa: PLW0603 - found with less than a look-up by the loop
    loop = asyncio.get_running_loop()
    if _turns is None or _turns.loop is not loop:
        _turns = LoopTurns(loop)
    return _turns.begin(tenant_id)
