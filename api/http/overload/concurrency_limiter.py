"""The limit on concurrent operations of one process, fair between tenants.

A process has a number of slots and a queue of the same length. A tenant that holds half of the
slots gets another only while more than a quarter is free: alone it may take three quarters, and
another tenant finds a slot at once. In the queue mutations go before reads, then the tenant with
the fewest slots goes first. If the queue is full, the newest read of the tenant with the most
queued requests is rejected. Requests wait at most 0.1 s, and are rejected before the body is read
if they would have to wait longer.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from api.http.errors import OverloadError

QUEUE_TIMEOUT = 0.1
MAX_REQUESTS_PER_SLOT = 8
"""Requests that may be admitted per slot, most of them while their bodies are being read."""

_MAX_EXPECTED_WAIT = 0.7 * QUEUE_TIMEOUT
_SMOOTHING = 0.05


@dataclass(eq=False)
class _QueuedRequest:
    tenant_id: UUID
    is_mutation: bool
    sequence: int
    slot: "asyncio.Future[None]" = field(repr=False)


class ConcurrencyLimiter:
    """The slots and the queue of one process."""

    def __init__(self, capacity: int, *, clock: Callable[[], float] = monotonic) -> None:
        self.capacity = capacity
        self.active = 0
        self.admitted = 0
        self.rejected = 0
        self._tenant_share = max(1, capacity // 2)
        self._reserve = capacity // 4
        self._clock = clock
        self._active_by_tenant: Counter[UUID] = Counter()
        self._queued_by_tenant: Counter[UUID] = Counter()
        self._queue: list[_QueuedRequest] = []
        self._last_sequence = 0
        self._release_interval = 0.0
        self._released_at = 0.0

    @property
    def queue_length(self) -> int:
        """Return the number of queued requests."""
        return len(self._queue)

    @contextmanager
    def admit_request(self) -> Iterator[None]:
        """Count a request while it is handled. Raises OverloadError before its body is read."""
        if self.admitted >= self.capacity * MAX_REQUESTS_PER_SLOT:
            raise self.create_rejection()
        self.admitted += 1
        try:
            yield
        finally:
            self.admitted -= 1

    def reject_if_overloaded(self, tenant_id: UUID) -> None:
        """Raise OverloadError if a request of this tenant would wait too long."""
        if self._has_excessive_wait(tenant_id):
            raise self.create_rejection()

    def would_time_out(self, tenant_id: UUID, *, queued_ahead: int = 0) -> bool:
        """Return whether one more read of the tenant would wait too long, or soon be evicted.

        `queued_ahead` more requests will reach the queue first. A full queue admits only tenants
        with at most half as many queued requests as the tenant with the most.
        """
        is_full = len(self._queue) + queued_ahead >= self.capacity
        longest_queue = max(self._queued_by_tenant.values(), default=0)
        is_among_longest = 2 * (self._queued_by_tenant[tenant_id] + 1) > longest_queue
        return (is_full and is_among_longest) or self._has_excessive_wait(tenant_id)

    def create_rejection(self) -> OverloadError:
        """Count a rejection and return its error."""
        self.rejected += 1
        return OverloadError()

    @asynccontextmanager
    async def acquire(self, tenant_id: UUID, *, is_mutation: bool = False) -> AsyncIterator[None]:
        """Hold a slot for the block. Raises OverloadError if none is free in time."""
        if self._queue or not self._may_acquire(tenant_id):
            await self._wait_for_slot(tenant_id, is_mutation=is_mutation)
        else:
            self._take_slot(tenant_id)
        try:
            yield
        finally:
            self._release_slot(tenant_id)

    def _has_excessive_wait(self, tenant_id: UUID) -> bool:
        has_requests = tenant_id in self._active_by_tenant or tenant_id in self._queued_by_tenant
        return has_requests and len(self._queue) * self._release_interval > _MAX_EXPECTED_WAIT

    # -- slots ------------------------------------------------------------------------------

    def _may_acquire(self, tenant_id: UUID) -> bool:
        free = self.capacity - self.active
        return free > (
            self._reserve if self._active_by_tenant[tenant_id] >= self._tenant_share else 0
        )

    def _take_slot(self, tenant_id: UUID) -> None:
        self.active += 1
        self._active_by_tenant[tenant_id] += 1

    def _release_slot(self, tenant_id: UUID) -> None:
        self.active -= 1
        _decrement(self._active_by_tenant, tenant_id)
        now = self._clock()
        if self._queue:
            self._release_interval += _SMOOTHING * (
                now - self._released_at - self._release_interval
            )
        self._released_at = now
        self._grant_free_slots()

    def _grant_free_slots(self) -> None:
        """Give free slots to the queued requests with the highest priority."""
        while True:
            # A slot that is done belongs to a request that was cancelled and has not run since.
            eligible = [
                each
                for each in self._queue
                if not each.slot.done() and self._may_acquire(each.tenant_id)
            ]
            if not eligible:
                return
            first = min(eligible, key=self._compute_priority)
            self._remove_from_queue(first)
            self._take_slot(first.tenant_id)
            first.slot.set_result(None)

    def _compute_priority(self, request: _QueuedRequest) -> tuple[bool, int, int]:
        return not request.is_mutation, self._active_by_tenant[request.tenant_id], request.sequence

    # -- the queue --------------------------------------------------------------------------

    async def _wait_for_slot(self, tenant_id: UUID, *, is_mutation: bool) -> None:
        loop = asyncio.get_running_loop()
        self._last_sequence += 1
        request = _QueuedRequest(tenant_id, is_mutation, self._last_sequence, loop.create_future())
        self._queue.append(request)
        self._queued_by_tenant[tenant_id] += 1
        self._grant_free_slots()
        if len(self._queue) > self.capacity:
            self._reject_queued(max(self._queue, key=self._compute_eviction_priority))
        timer = loop.call_later(QUEUE_TIMEOUT, self._reject_queued, request)
        try:
            await request.slot
        except asyncio.CancelledError:
            if request in self._queue:
                self._remove_from_queue(request)
            elif not request.slot.cancelled() and request.slot.exception() is None:
                self._release_slot(tenant_id)
            raise
        finally:
            timer.cancel()

    def _compute_eviction_priority(self, request: _QueuedRequest) -> tuple[bool, int, int]:
        return not request.is_mutation, self._queued_by_tenant[request.tenant_id], request.sequence

    def _reject_queued(self, request: _QueuedRequest) -> None:
        if not request.slot.done():
            self._remove_from_queue(request)
            request.slot.set_exception(self.create_rejection())

    def _remove_from_queue(self, request: _QueuedRequest) -> None:
        self._queue.remove(request)
        _decrement(self._queued_by_tenant, request.tenant_id)


def _decrement(counter: Counter[UUID], key: UUID) -> None:
    """Decrement the key's count; remove the key at zero."""
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
