"""Where a tenant lives: each database knows of its tenants whether they are here or have moved.

The column `database` of a tenant in the directory is null in the database where the tenant lives.
Everywhere else it is the name of a database. A process that has not heard of a move still asks the
old database, reads there that the tenant has moved, and looks up the new one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Generic, TypeVar
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


class BorrowingAtHome(Generic[Begun]):
    """A connection to where the tenant lives, for the block, which gets what `begin` returns.

    `begin` raises TenantMoved where it finds that the tenant has moved, and changes nothing then.
    """

    # A generator as a context manager would take 1 % of a small query.
    __slots__ = ("_acquire_timeout", "_begin", "_borrowing", "_source", "_tenant_id")

    def __init__(
        self,
        source: PoolSource,
        tenant_id: UUID,
        begin: Callable[[Any], Awaitable[Begun]],
        acquire_timeout: float | None = None,
    ) -> None:
        self._source = source
        self._tenant_id = tenant_id
        self._begin = begin
        self._acquire_timeout = acquire_timeout

    async def __aenter__(self) -> Begun:
        delays = iter(RETRY_DELAYS)
        while True:
            try:
                return await self._borrow()
            except TenantMoved:
                self._source.forget(self._tenant_id)
                delay = next(delays, None) if self._source.spans_databases else None
                if delay is None:
                    raise
            await asyncio.sleep(delay)

    async def _borrow(self) -> Begun:
        self._borrowing = borrow(self._source, self._tenant_id, self._acquire_timeout)
        connection = await self._borrowing.__aenter__()
        try:
            return await self._begin(connection)
        except BaseException as error:
            await self._borrowing.__aexit__(type(error), error, error.__traceback__)
            raise

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._borrowing.__aexit__(error_type, error, traceback)
        if isinstance(error, TenantMoved):
            self._source.forget(self._tenant_id)
