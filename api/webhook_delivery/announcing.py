"""Lets workers send the messages of webhooks soon after a change.

A commit only notes its tenant in the memory of its process: it writes nothing more, and waits for
nothing. What a crash forgets here, the regular look of each webhook finds within a minute.
"""

from contextlib import AbstractAsyncContextManager, suppress

from domain.kernel.identity import TenantId
from domain.webhooks import build_delivery_task
from persistence.kernel.location import TenantMoved
from persistence.kernel.pools import PoolSource, borrow
from persistence.kernel.transaction import Transaction
from persistence.queue.enqueueing import enqueue_tasks
from persistence.unit_of_work.changed_tenants import follow_changes
from persistence.unit_of_work.work import ACQUIRE_TIMEOUT
from persistence.webhooks.positions import list_waiting

INTERVAL = 0.25
"""Seconds between two looks at the tenants that were changed meanwhile."""


def announce_changes(pool: PoolSource) -> AbstractAsyncContextManager[None]:
    """Enqueue the tasks of webhooks during the block, for tenants that this process changes."""
    return follow_changes(lambda tenant_id: announce(pool, tenant_id), INTERVAL)


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
