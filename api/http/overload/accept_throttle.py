"""A throttle for new requests while all slots are taken, so that running requests proceed.

Without it, the event loop would first read and reject thousands of new requests, and all running
ones would time out. So only a few new requests are read per iteration of the loop; the others wait
unread, in their order of arrival.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from api.http.overload.concurrency_limiter import ConcurrencyLimiter

BATCH_SIZE = 4
"""New requests per iteration of the event loop while all slots are taken."""

EXEMPT_REQUESTS = (b"GET /livez", b"GET /readyz", b"GET /metrics")
"""Requests of orchestrators and monitoring never wait."""


class AcceptThrottle:
    """A throttle that admits requests at once while slots are free, otherwise a few at a time."""

    def __init__(self, limiter: ConcurrencyLimiter) -> None:
        self._limiter = limiter
        self._queue: deque[Callable[[], None]] = deque()
        self._admitted = 0
        self._is_scheduled = False

    @property
    def queue_length(self) -> int:
        """Return the number of waiting requests."""
        return len(self._queue)

    @property
    def is_idle(self) -> bool:
        """Return whether nothing waits and a slot is free, so that every request is admitted."""
        slots = self._limiter.slots
        return not self._queue and not slots.waiters and slots.active < slots.capacity

    def admits(self, data: bytes) -> bool:
        """Return whether a request that begins with this data may be read now."""
        if data.startswith(EXEMPT_REQUESTS):
            return True
        if self._queue:
            return False
        if self._limiter.active < self._limiter.capacity:
            return True
        self._schedule_batch()
        self._admitted += 1
        return self._admitted <= BATCH_SIZE

    def enqueue(self, resume: Callable[[], None]) -> None:
        """Call `resume` when the request may be read."""
        self._queue.append(resume)
        self._schedule_batch()

    def _schedule_batch(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._resume_batch)

    def _resume_batch(self) -> None:
        self._is_scheduled = False
        self._admitted = 0
        for _ in range(min(BATCH_SIZE, len(self._queue))):
            self._queue.popleft()()
        if self._queue:
            self._schedule_batch()
