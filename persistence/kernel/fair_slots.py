"""A number of slots that tenants share fairly, for connections and for other scarce resources.

A tenant that holds half of the slots gets another only while more than the reserve is free, by
default a quarter: alone it may take three quarters, and another tenant finds a slot at once. Urgent
waiters go first, then those of the tenant with the fewest slots, then those of the tenant that got
a slot the longest ago.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Waiter:
    """A queued request for a slot; `slot` is done when it was granted or rejected."""

    tenant_id: Hashable
    is_urgent: bool
    sequence: int
    slot: "asyncio.Future[None]" = field(repr=False)


class FairSlots:
    """A semaphore of slots, with its holders by tenant and its queue of waiters.

    `reserve` is the number of slots that must stay free when a tenant gets more than half of them.
    """

    def __init__(self, capacity: int, *, reserve: int | None = None) -> None:
        self.capacity = capacity
        self.active = 0
        self.active_by_tenant: dict[Hashable, int] = {}
        self.waiting_by_tenant: dict[Hashable, int] = {}
        self.waiters: list[Waiter] = []
        self._tenant_share = max(1, capacity // 2)
        self._reserve = capacity // 4 if reserve is None else reserve
        self._last_sequence = 0
        self._served_at: dict[Hashable, int] = {}

    @asynccontextmanager
    async def hold(self, tenant_id: Hashable) -> AsyncIterator[None]:
        """Hold a slot for the block, after waiters of higher priority."""
        await self.acquire(tenant_id)
        try:
            yield
        finally:
            self.release(tenant_id)

    async def acquire(self, tenant_id: Hashable) -> None:
        """Take a slot, after waiters of higher priority. The caller must release it."""
        if self.waiters or not self.try_take(tenant_id):
            await self.wait(self.add_waiter(tenant_id))

    def try_take(self, tenant_id: Hashable) -> bool:
        """Take a slot if one is free for the tenant, and return whether it was."""
        if not self._may_take(tenant_id):
            return False
        self._take(tenant_id)
        return True

    def release(self, tenant_id: Hashable) -> None:
        """Release a slot, and grant it to the waiter of the highest priority."""
        self.active -= 1
        decrement(self.active_by_tenant, tenant_id)
        if self.waiters:
            self._grant()
        self._forget_if_idle(tenant_id)

    def add_waiter(self, tenant_id: Hashable, *, is_urgent: bool = False) -> Waiter:
        """Add a waiter, and grant it a slot at once if one is free and no other goes first."""
        self._last_sequence += 1
        slot = asyncio.get_running_loop().create_future()
        waiter = Waiter(tenant_id, is_urgent, self._last_sequence, slot)
        self.waiters.append(waiter)
        self.waiting_by_tenant[tenant_id] = self.waiting_by_tenant.get(tenant_id, 0) + 1
        self._grant()
        return waiter

    async def wait(self, waiter: Waiter) -> None:
        """Wait for the slot. Raises the exception with which the waiter was rejected."""
        try:
            await waiter.slot
        except asyncio.CancelledError:
            if waiter in self.waiters:
                self._remove(waiter)
                self._forget_if_idle(waiter.tenant_id)
            elif not waiter.slot.cancelled() and waiter.slot.exception() is None:
                self.release(waiter.tenant_id)
            raise

    def reject(self, waiter: Waiter, error: Exception) -> None:
        """Let a waiter's `wait` raise the error, unless it has a slot."""
        if not waiter.slot.done():
            self._remove(waiter)
            self._forget_if_idle(waiter.tenant_id)
            waiter.slot.set_exception(error)

    def _may_take(self, tenant_id: Hashable) -> bool:
        free = self.capacity - self.active
        has_share = self.active_by_tenant.get(tenant_id, 0) >= self._tenant_share
        return free > (self._reserve if has_share else 0)

    def _take(self, tenant_id: Hashable) -> None:
        self.active += 1
        self.active_by_tenant[tenant_id] = self.active_by_tenant.get(tenant_id, 0) + 1
        self._last_sequence += 1
        self._served_at[tenant_id] = self._last_sequence

    def _grant(self) -> None:
        """Grant the free slots in the order of priority."""
        while self.waiters and self.active < self.capacity:
            # A slot that is done belongs to a waiter that was cancelled and has not run since.
            eligible = [
                each
                for each in self.waiters
                if not each.slot.done() and self._may_take(each.tenant_id)
            ]
            if not eligible:
                return
            first = min(eligible, key=self._compute_priority)
            self._remove(first)
            self._take(first.tenant_id)
            first.slot.set_result(None)

    def _compute_priority(self, waiter: Waiter) -> tuple[bool, int, int, int]:
        return (
            not waiter.is_urgent,
            self.active_by_tenant.get(waiter.tenant_id, 0),
            self._served_at.get(waiter.tenant_id, 0),
            waiter.sequence,
        )

    def _remove(self, waiter: Waiter) -> None:
        self.waiters.remove(waiter)
        decrement(self.waiting_by_tenant, waiter.tenant_id)

    def _forget_if_idle(self, tenant_id: Hashable) -> None:
        if tenant_id not in self.active_by_tenant and tenant_id not in self.waiting_by_tenant:
            self._served_at.pop(tenant_id, None)


def decrement(counts: dict[Any, int], key: Hashable) -> None:
    """Decrement the key's count; remove the key at zero."""
    count = counts[key] - 1
    if count:
        counts[key] = count
    else:
        del counts[key]
