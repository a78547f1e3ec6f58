"""A delay of refusals, so that nobody keeps the process busy with requests that are refused.

A refusal costs its sender nothing, and who sends the next request as soon as it arrives can take
a processor with refusals alone. So a tenant gets a few of them each second at once, as many as
mistakes and a used-up budget cause, and the others late.
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

CROWD, LONGEST_DELAY = 20, 3.0
"""While so many refusals of a tenant wait, the next one waits twice as long, and so on, up to
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
        """Wait before a response with this status is sent, if it is one refusal of too many."""
        if status not in _CLIENT_ERRORS or tenant_id is None or not self._is_enabled:
            return
        if not self._is_late(tenant_id) or self._waiting.total() >= MAX_WAITING:
            return
        delay = random.uniform(MIN_DELAY, MAX_DELAY)  # noqa: S311 - no secret
        delay *= 1 + self._waiting[tenant_id] / CROWD
        self._waiting[tenant_id] += 1
        try:
            await self._sleep(min(delay, LONGEST_DELAY))
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
