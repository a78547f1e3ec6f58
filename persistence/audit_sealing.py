"""Lets workers seal the journal of a tenant soon after its changes.

What a crash forgets here, the regular task of each tenant finds within an hour.
"""

from contextlib import AbstractAsyncContextManager, suppress

from domain.kernel.audit_chain import SEAL_NOW
from domain.kernel.identity import TenantId
from persistence.kernel.location import TenantMoved
from persistence.kernel.pools import PoolSource, borrow
from persistence.kernel.transaction import Transaction
from persistence.queue.enqueueing import enqueue_tasks
from persistence.unit_of_work.changed_tenants import follow_changes
from persistence.unit_of_work.work import ACQUIRE_TIMEOUT

INTERVAL = 60.0
"""Seconds between two looks at the tenants that were changed meanwhile."""

SELECT_HERE = "SELECT FROM directory.tenants WHERE id = $1 AND database IS NULL"


def seal_changes(pool: PoolSource) -> AbstractAsyncContextManager[None]:
    """Enqueue the sealing of tenants that this process changes, once a minute in the block."""
    return follow_changes(lambda tenant_id: enqueue_sealing(pool, tenant_id), INTERVAL)


async def enqueue_sealing(pool: PoolSource, tenant_id: TenantId) -> None:
    """Let the regular task of a tenant run at once, if the tenant lives in this database."""
    async with borrow(pool, tenant_id, ACQUIRE_TIMEOUT) as borrowed:
        transaction = Transaction(tenant_id, borrowed)
        connection = await transaction.begin()
        if await connection.fetchrow(SELECT_HERE, tenant_id) is not None:
            with suppress(TenantMoved):
                await enqueue_tasks(connection, tenant_id, [SEAL_NOW])
        await transaction.commit()
