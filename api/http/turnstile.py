"""A turnstile before the wire: while every place is taken, what is being worked on goes first.

A loop that first reads all that has arrived would come back to its own work only after thousands
of refusals, and answer nobody in time. So only a few new requests are looked at between two rounds
of work; the rest stay where they are, in the order in which they came.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from api.http.admission import Admission

AT_ONCE = 4
"""New requests between two rounds of the loop, while every place is taken."""

EXEMPT = (b"GET /livez", b"GET /readyz", b"GET /metrics")
"""Whoever asks after the process's health is never kept waiting."""


class Turnstile:
    """Lets requests in: at once while there are places, otherwise a few at a time."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._waiting: deque[Callable[[], None]] = deque()
        self._passed = 0
        self._is_turning = False

    @property
    def waiting(self) -> int:
        """How many wait here."""
        return len(self._waiting)

    def lets_pass(self, data: bytes) -> bool:
        """Whether a request that begins like this may come in now."""
        if data.startswith(EXEMPT):
            return True
        if self._waiting:
            return False
        if self._admission.working < self._admission.places:
            return True
        self._turn_soon()
        self._passed += 1
        return self._passed <= AT_ONCE

    def wait(self, come_in: Callable[[], None]) -> None:
        """Let it in when it is its turn."""
        self._waiting.append(come_in)
        self._turn_soon()

    def _turn_soon(self) -> None:
        if not self._is_turning:
            self._is_turning = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._is_turning = False
        self._passed = 0
        for _ in range(min(AT_ONCE, len(self._waiting))):
            self._waiting.popleft()()
        if self._waiting:
            self._turn_soon()
