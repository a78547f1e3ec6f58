"""A turnstile before the wire: while every place is taken, what is being worked on goes first.

A loop that first reads all that has arrived would come back to its own work only after thousands
of refusals, and answer nobody in time. So only a few new requests are looked at between two rounds
of work; the rest stay where they are, in the order in which they came.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from api.http.overload.concurrency_limiter import ConcurrencyLimiter

BATCH_SIZE = 4
"""New requests between two rounds of the loop, while every place is taken."""

EXEMPT_REQUESTS = (b"GET /livez", b"GET /readyz", b"GET /metrics")
"""Whoever asks after the process's health is never kept waiting."""


class AcceptThrottle:
    """Lets requests in: at once while there are places, otherwise a few at a time."""

    def __init__(self, limiter: ConcurrencyLimiter) -> None:
        self._limiter = limiter
        self._queue: deque[Callable[[], None]] = deque()
        self._admitted = 0
        self._is_scheduled = False

    @property
    def queue_length(self) -> int:
        """How many wait here."""
        return len(self._queue)

    def admits(self, data: bytes) -> bool:
        """Whether a request that begins like this may come in now."""
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
        """Let it in when it is its turn."""
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
