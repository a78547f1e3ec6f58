"""The unit of work of somebody who has a link and no account."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.tenants import TenantStatus
from persistence.kernel.error_translation import translate_errors
from persistence.kernel.location import BorrowingAtHome, require_here
from persistence.kernel.pools import Connection, PoolSource
from persistence.kernel.transaction import Transaction
from persistence.unit_of_work.work import ACQUIRE_TIMEOUT, Work

SELECT_TENANT = """
SELECT d.database, d.status, t.time_zone
FROM directory.tenants d LEFT JOIN tenants t ON t.tenant_id = d.id WHERE d.id = $1
"""


@asynccontextmanager
async def respondent_work(
    pool: PoolSource,
    tenant_id: TenantId,
    build_actor: Callable[[TenantId, date], Actor],
    *,
    now: datetime,
    request_id: str,
) -> AsyncIterator[Work | None]:
    """Open a unit of work in a tenant that a link names; None where there is no active one.

    `build_actor` gets the tenant and its day.
    """

    async def begin(connection: Connection) -> Work | None:
        transaction = Transaction(tenant_id, connection)
        row = await (await transaction.begin()).fetchrow(SELECT_TENANT, tenant_id)
        require_here(row["database"] if row else None)
        if row is None or row["status"] != TenantStatus.ACTIVE:
            await transaction.commit()
            return None
        today = now.astimezone(ZoneInfo(row["time_zone"])).date()
        return Work(build_actor(tenant_id, today), now, request_id, transaction)

    with translate_errors():
        async with BorrowingAtHome(pool, tenant_id, begin, ACQUIRE_TIMEOUT) as unit:
            yield unit
            if unit is not None:
                await unit.commit()
