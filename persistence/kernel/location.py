"""Where a tenant lives: each database knows of its tenants whether they are here or have moved.

The column `database` of a tenant in the directory is null in the database where the tenant lives.
Everywhere else it is the name of a database. A process that has not heard of a move still asks the
old database, reads there that the tenant has moved, and looks up the new one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.kernel.pools import PoolSource, borrow

Begun = TypeVar("Begun")

RETRY_DELAYS = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Seconds between the attempts to find a tenant: for an instant of its move it lives nowhere."""


class TenantMoved(DatabaseUnavailable):
    """The tenant does not live in this database any more."""

    def __init__(self) -> None:
        super().__init__("This tenant is being moved to another database. Try again.")


def location_sql(position: int) -> str:
    """Return the SQL of where a tenant lives: null for here. Its parameter is the tenant's id."""
    return f"SELECT d.database FROM directory.tenants d WHERE d.id = ${position}::uuid"


def require_here(location: str | None) -> None:
    """Check the result of `location_sql`. Raises TenantMoved."""
    if location is not None:
        raise TenantMoved


@asynccontextmanager
async def borrow_at_home(
    source: PoolSource,
    tenant_id: UUID,
    begin: Callable[[Any], Awaitable[Begun]],
    acquire_timeout: float | None = None,
) -> AsyncIterator[Begun]:
    """Borrow a connection to where the tenant lives, and yield what `begin` returns for it.

    `begin` raises TenantMoved where it finds that the tenant has moved, and changes nothing then.
    """
    for delay in (*RETRY_DELAYS, None):
        has_begun = False
        try:
            async with borrow(source, tenant_id, acquire_timeout) as connection:
                begun = await begin(connection)
                has_begun = True
                yield begun
                return
        except TenantMoved:
            source.forget(tenant_id)
            if has_begun or delay is None or not source.spans_databases:
                raise
        await asyncio.sleep(delay)
