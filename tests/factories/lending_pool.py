"""The part of a pool of tests that lends what it acquires, as `persistence.kernel.pools` does."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar
from uuid import UUID

from persistence.kernel.fair_slots import FairSlots
from persistence.kernel.pools import roll_back


class LendingPool(ABC):
    """A pool whose connections tenants share fairly. After an error, they are rolled back."""

    spans_databases: ClassVar[bool] = False
    slots: FairSlots

    @abstractmethod
    def acquire(self, **more: Any) -> AbstractAsyncContextManager[Any]:
        """Acquire a connection."""

    @asynccontextmanager
    async def borrow(self, tenant_id: UUID | None, _: float | None) -> AsyncIterator[Any]:
        """Borrow a connection."""
        await self.slots.acquire(tenant_id)
        try:
            async with self.acquire() as connection:
                try:
                    yield connection
                except BaseException:
                    await roll_back(connection)
                    raise
        finally:
            self.slots.release(tenant_id)

    def forget(self, tenant_id: UUID) -> None:  # noqa: B027 - no pool of tests has to
        """Do nothing: there is one database."""
