"""Tenants whose journal has new entries, for those in this process who follow it.

It saves work of each commit: a commit only notes its tenant in memory, and waits for nothing. A
follower must also look by itself: a crash forgets the tenants.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from domain.kernel.identity import TenantId

LOG = structlog.get_logger("trellis.followers")

FOLLOWERS: list[set[TenantId]] = []
"""The sets to which each tenant is added whose changes were committed by this process."""


def announce_change(tenant_id: TenantId) -> None:
    """Tell all followers that a tenant has new entries."""
    for each in FOLLOWERS:
        each.add(tenant_id)


@asynccontextmanager
async def follow_changes(
    act: Callable[[TenantId], Awaitable[None]], interval: float
) -> AsyncIterator[None]:
    """Call `act` during the block for the tenants that this process changes, every few seconds.

    An error of `act` is logged, and forgets the tenant.
    """
    changed: set[TenantId] = set()
    FOLLOWERS.append(changed)
    running = asyncio.create_task(_act_regularly(act, interval, changed))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        FOLLOWERS[:] = [each for each in FOLLOWERS if each is not changed]


async def _act_regularly(
    act: Callable[[TenantId], Awaitable[None]], interval: float, changed: set[TenantId]
) -> None:
    while True:
        await asyncio.sleep(interval)
        while changed:
            try:
                await act(changed.pop())
            except Exception as error:  # noqa: BLE001 - the regular look finds what is missed
                LOG.warning("followers.failed", error=type(error).__name__)
