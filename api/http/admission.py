"""Admission: how many requests one process works on at once, who waits a moment, who comes later.

A process has so many places, and a line before them as long. A tenant that holds half of the places
gets another only while a quarter of them is free: alone it may have three quarters, and whoever
else comes finds a place at once. In the line changes go before reads, and then whoever's tenant
holds the least; where it is too long, the last read of the tenant with the most in it leaves.
Nobody waits longer than a tenth of a second, and whoever would is told so before the body is read.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from api.http.refusals import Busy

SECONDS_IN_LINE = 0.1
PRESENT = 8
"""How many requests may be in the process for each place: their bodies are being read."""

_HOPE = 0.7 * SECONDS_IN_LINE
_SMOOTHING = 0.05


@dataclass(eq=False)
class _Waiting:
    tenant_id: UUID
    is_change: bool
    number: int
    place: "asyncio.Future[None]" = field(repr=False)


class Admission:
    """The places of one process."""

    def __init__(self, places: int, *, clock: Callable[[], float] = monotonic) -> None:
        self.places = places
        self.working = 0
        self.present = 0
        self.shed = 0
        self._share = max(1, places // 2)
        self._reserve = places // 4
        self._clock = clock
        self._held: Counter[UUID] = Counter()
        self._queued: Counter[UUID] = Counter()
        self._line: list[_Waiting] = []
        self._number = 0
        self._interval = 0.0
        self._left_at = 0.0

    @property
    def waiting(self) -> int:
        """How many are in the line."""
        return len(self._line)

    @contextmanager
    def arrival(self) -> Iterator[None]:
        """Around everything about one request. Raises Busy before anything of it is read."""
        if self.present >= self.places * PRESENT:
            raise self.busy()
        self.present += 1
        try:
            yield
        finally:
            self.present -= 1

    def refuse_hopeless(self, tenant_id: UUID) -> None:
        """Turn away whoever would wait too long, as soon as the tenant is known. Raises Busy."""
        if self._is_hopeless(tenant_id):
            raise self.busy()

    def is_in_vain(self, tenant_id: UUID, *, before: int = 0) -> bool:
        """Whether one more read of the tenant would wait too long, or soon be the one to leave.

        `before` are on their way to the line. A full one is for those who have half of the most.
        """
        is_full = len(self._line) + before >= self.places
        most = max(self._queued.values(), default=0)
        is_like_most = 2 * (self._queued[tenant_id] + 1) > most
        return (is_full and is_like_most) or self._is_hopeless(tenant_id)

    def busy(self) -> Busy:
        """A refusal, which counts."""
        self.shed += 1
        return Busy()

    @asynccontextmanager
    async def place(self, tenant_id: UUID, *, is_change: bool = False) -> AsyncIterator[None]:
        """Around the work on one operation. Raises Busy where no place comes free in time."""
        if self._line or not self._may_take(tenant_id):
            await self._wait(tenant_id, is_change=is_change)
        else:
            self._take(tenant_id)
        try:
            yield
        finally:
            self._leave(tenant_id)

    def _is_hopeless(self, tenant_id: UUID) -> bool:
        is_known = tenant_id in self._held or tenant_id in self._queued
        return is_known and len(self._line) * self._interval > _HOPE

    # -- places -----------------------------------------------------------------------------

    def _may_take(self, tenant_id: UUID) -> bool:
        free = self.places - self.working
        return free > (self._reserve if self._held[tenant_id] >= self._share else 0)

    def _take(self, tenant_id: UUID) -> None:
        self.working += 1
        self._held[tenant_id] += 1

    def _leave(self, tenant_id: UUID) -> None:
        self.working -= 1
        _less(self._held, tenant_id)
        now = self._clock()
        if self._line:
            self._interval += _SMOOTHING * (now - self._left_at - self._interval)
        self._left_at = now
        self._hand_on()

    def _hand_on(self) -> None:
        """Give free places to whoever comes first by rights."""
        while True:
            # A place that is done was given up: whoever waited for it has not run since.
            able = [
                each
                for each in self._line
                if not each.place.done() and self._may_take(each.tenant_id)
            ]
            if not able:
                return
            first = min(able, key=self._rank)
            self._drop(first)
            self._take(first.tenant_id)
            first.place.set_result(None)

    def _rank(self, waiting: _Waiting) -> tuple[bool, int, int]:
        return not waiting.is_change, self._held[waiting.tenant_id], waiting.number

    # -- the line ---------------------------------------------------------------------------

    async def _wait(self, tenant_id: UUID, *, is_change: bool) -> None:
        loop = asyncio.get_running_loop()
        self._number += 1
        mine = _Waiting(tenant_id, is_change, self._number, loop.create_future())
        self._line.append(mine)
        self._queued[tenant_id] += 1
        self._hand_on()
        if len(self._line) > self.places:
            self._give_up(max(self._line, key=self._burden))
        timer = loop.call_later(SECONDS_IN_LINE, self._give_up, mine)
        try:
            await mine.place
        except asyncio.CancelledError:
            if mine in self._line:
                self._drop(mine)
            elif not mine.place.cancelled() and mine.place.exception() is None:
                self._leave(tenant_id)
            raise
        finally:
            timer.cancel()

    def _burden(self, waiting: _Waiting) -> tuple[bool, int, int]:
        return not waiting.is_change, self._queued[waiting.tenant_id], waiting.number

    def _give_up(self, waiting: _Waiting) -> None:
        if not waiting.place.done():
            self._drop(waiting)
            waiting.place.set_exception(self.busy())

    def _drop(self, waiting: _Waiting) -> None:
        self._line.remove(waiting)
        _less(self._queued, waiting.tenant_id)


def _less(counter: Counter[UUID], key: UUID) -> None:
    """Count one less, and forget whoever has none."""
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
