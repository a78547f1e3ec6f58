"""A delay of refusals, so that nobody keeps the process busy with requests that are refused.

A refusal costs a client no points. So a client that sends its next request at once could keep a
processor busy with refusals alone. In each second some refusals of a tenant are sent at once,
enough for mistakes and a used-up budget. The others are delayed.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from time import monotonic
from uuid import UUID

PROMPT_REFUSALS = 20
"""Refusals of a tenant that are sent at once, each second."""

MIN_DELAY, MAX_DELAY = 0.5, 1.5
"""Seconds. The delay is random, so that clients do not come back together."""

REFUSALS_PER_STEP, MAX_TOTAL_DELAY = 20, 3.0
"""Each time that so many more refusals of a tenant wait, the delay grows by its random base, up to
this many seconds: less than a body that arrives slowly may take."""

MAX_WAITING = 1_000
"""Refusals that wait at once in a process. Beyond that, they are sent at once: memory is dearer."""

_CLIENT_ERRORS = range(400, 500)


class RefusalDelay:
    """The delay of refusals in one process."""

    def __init__(
        self,
        *,
        is_enabled: bool = True,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._is_enabled = is_enabled
        self._clock = clock
        self._sleep = sleep
        self._second = 0
        self._refusals: Counter[UUID] = Counter()
        self._waiting: Counter[UUID] = Counter()

    async def wait(self, tenant_id: UUID | None, status: int) -> None:
        """Wait before a response with this status is sent, if it is one refusal too many."""
        if status not in _CLIENT_ERRORS or tenant_id is None or not self._is_enabled:
            return
        if not self._is_late(tenant_id) or self._waiting.total() >= MAX_WAITING:
            return
        delay = random.uniform(MIN_DELAY, MAX_DELAY)  # noqa: S311 - no secret
        delay *= 1 + self._waiting[tenant_id] / REFUSALS_PER_STEP
        self._waiting[tenant_id] += 1
        try:
            await self._sleep(min(delay, MAX_TOTAL_DELAY))
        finally:
            self._waiting[tenant_id] -= 1
            if not self._waiting[tenant_id]:
                del self._waiting[tenant_id]

    def _is_late(self, tenant_id: UUID) -> bool:
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._refusals.clear()
        self._refusals[tenant_id] += 1
        return self._refusals[tenant_id] > PROMPT_REFUSALS
