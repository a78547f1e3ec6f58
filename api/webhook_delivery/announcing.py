"""Lets workers send the messages of webhooks soon after a change.

A commit only notes its tenant in the memory of its process: it writes nothing more, and waits for
nothing. What a crash forgets here, the regular look of each webhook finds within a minute.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from domain.kernel.identity import TenantId
from domain.webhooks import build_delivery_task
from persistence.kernel.location import TenantMoved
from persistence.kernel.pools import PoolSource, borrow
from persistence.kernel.transaction import Transaction
from persistence.queue.enqueueing import enqueue_tasks
from persistence.unit_of_work.changed_tenants import FOLLOWERS
from persistence.unit_of_work.work import ACQUIRE_TIMEOUT
from persistence.webhooks.positions import list_waiting

INTERVAL = 0.25
"""Seconds between two looks at the tenants that were changed meanwhile."""

LOG = structlog.get_logger("trellis.webhooks")


@asynccontextmanager
async def announce_changes(pool: PoolSource) -> AsyncIterator[None]:
    """Enqueue the tasks of webhooks during the block, for tenants that this process changes."""
    changed: set[TenantId] = set()
    FOLLOWERS.append(changed)
    running = asyncio.create_task(_announce_regularly(pool, changed))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        FOLLOWERS[:] = [each for each in FOLLOWERS if each is not changed]


async def _announce_regularly(pool: PoolSource, changed: set[TenantId]) -> None:
    while True:
        await asyncio.sleep(INTERVAL)
        while changed:
            tenant_id = changed.pop()
            try:
                await announce(pool, tenant_id)
            except Exception as error:  # noqa: BLE001 - the regular look finds what is missed
                LOG.warning("webhooks.unannounced", error=type(error).__name__)


async def announce(pool: PoolSource, tenant_id: TenantId) -> None:
    """Enqueue the tasks of the webhooks of a tenant that may send something now."""
    async with borrow(pool, tenant_id, ACQUIRE_TIMEOUT) as borrowed:
        transaction = Transaction(tenant_id, borrowed)
        connection = await transaction.begin()
        if waiting := await list_waiting(connection, tenant_id):
            with suppress(TenantMoved):
                tasks = [build_delivery_task(each) for each in waiting]
                await enqueue_tasks(connection, tenant_id, tasks)
        await transaction.commit()
