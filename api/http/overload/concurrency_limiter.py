"""The limit on concurrent operations of one process, fair between tenants.

A process has a number of fair slots (`persistence/kernel/fair_slots.py`) and a queue of the same
length, in which mutations go before reads. If the queue is full, the newest read of the tenant with
the most queued requests is rejected. Requests wait at most 0.1 s, and are rejected before the body
is read if they would have to wait longer.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from uuid import UUID

from api.http.errors import OverloadError
from persistence.kernel.fair_slots import FairSlots, Waiter

QUEUE_TIMEOUT = 0.1
MAX_REQUESTS_PER_SLOT = 8
"""Requests that may be admitted per slot, most of them while their bodies are being read."""

_MAX_EXPECTED_WAIT = 0.7 * QUEUE_TIMEOUT
_SMOOTHING = 0.05


class ConcurrencyLimiter:
    """The slots and the queue of one process."""

    def __init__(self, capacity: int, *, clock: Callable[[], float] = monotonic) -> None:
        self.capacity = capacity
        self.admitted = 0
        self.rejected = 0
        self.slots = FairSlots(capacity)
        self._clock = clock
        self._release_interval = 0.0
        self._released_at = 0.0

    @property
    def active(self) -> int:
        """Return the number of operations that are being executed."""
        return self.slots.active

    @property
    def queue_length(self) -> int:
        """Return the number of queued requests."""
        return len(self.slots.waiters)

    def admit_request(self) -> "Admission":
        """Count a request while it is handled. Raises OverloadError before its body is read."""
        return Admission(self)

    def reject_if_overloaded(self, tenant_id: UUID) -> None:
        """Raise OverloadError if a request of this tenant would wait too long."""
        if self._has_excessive_wait(tenant_id):
            raise self.create_rejection()

    def would_time_out(self, tenant_id: UUID, *, queued_ahead: int = 0) -> bool:
        """Return whether one more read of the tenant would wait too long, or soon be evicted.

        `queued_ahead` more requests will reach the queue first. A full queue admits only tenants
        with at most half as many queued requests as the tenant with the most.
        """
        queued_by_tenant = self.slots.waiting_by_tenant
        is_full = self.queue_length + queued_ahead >= self.capacity
        longest_queue = max(queued_by_tenant.values(), default=0)
        is_among_longest = 2 * (queued_by_tenant.get(tenant_id, 0) + 1) > longest_queue
        return (is_full and is_among_longest) or self._has_excessive_wait(tenant_id)

    def create_rejection(self) -> OverloadError:
        """Count a rejection and return its error."""
        self.rejected += 1
        return OverloadError()

    def acquire(self, tenant_id: UUID, *, is_mutation: bool = False) -> "Slot":
        """Hold a slot for the block. Raises OverloadError if none is free in time."""
        return Slot(self, tenant_id, is_mutation)

    def _has_excessive_wait(self, tenant_id: UUID) -> bool:
        slots = self.slots
        has_requests = tenant_id in slots.active_by_tenant or tenant_id in slots.waiting_by_tenant
        return has_requests and self.queue_length * self._release_interval > _MAX_EXPECTED_WAIT

    def release_slot(self, tenant_id: UUID) -> None:
        """Release a slot, and measure how long the next one takes while requests wait."""
        now = self._clock()
        if self.slots.waiters:
            self._release_interval += _SMOOTHING * (
                now - self._released_at - self._release_interval
            )
        self._released_at = now
        self.slots.release(tenant_id)

    async def wait_for_slot(self, tenant_id: UUID, *, is_mutation: bool) -> None:
        """Take a slot that is not free now. Raises OverloadError if none becomes free in time."""
        waiter = self.slots.add_waiter(tenant_id, is_urgent=is_mutation)
        if self.queue_length > self.capacity:
            self._reject(max(self.slots.waiters, key=self._compute_eviction_priority))
        timer = asyncio.get_running_loop().call_later(QUEUE_TIMEOUT, self._reject, waiter)
        try:
            await self.slots.wait(waiter)
        finally:
            timer.cancel()

    def _compute_eviction_priority(self, waiter: Waiter) -> tuple[bool, int, int]:
        queued = self.slots.waiting_by_tenant.get(waiter.tenant_id, 0)
        return not waiter.is_urgent, queued, waiter.sequence

    def _reject(self, waiter: Waiter) -> None:
        if not waiter.slot.done():
            self.slots.reject(waiter, self.create_rejection())


# Generators as context managers would take a twentieth of a small query.


class Admission:
    """A request that counts as admitted for the block."""

    __slots__ = ("_limiter",)

    def __init__(self, limiter: ConcurrencyLimiter) -> None:
        self._limiter = limiter

    def __enter__(self) -> None:
        limiter = self._limiter
        if limiter.admitted >= limiter.capacity * MAX_REQUESTS_PER_SLOT:
            raise limiter.create_rejection()
        limiter.admitted += 1

    def __exit__(self, *_: object) -> None:
        self._limiter.admitted -= 1


class Slot:
    """A slot that a tenant holds for the block."""

    __slots__ = ("_is_mutation", "_limiter", "_tenant_id")

    def __init__(self, limiter: ConcurrencyLimiter, tenant_id: UUID, is_mutation: bool) -> None:  # noqa: FBT001
        self._limiter = limiter
        self._tenant_id = tenant_id
        self._is_mutation = is_mutation

    async def __aenter__(self) -> None:
        slots = self._limiter.slots
        if slots.waiters or not slots.try_take(self._tenant_id):
            await self._limiter.wait_for_slot(self._tenant_id, is_mutation=self._is_mutation)

    async def __aexit__(self, *_: object) -> None:
        self._limiter.release_slot(self._tenant_id)
