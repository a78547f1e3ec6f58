"""A pool whose transactions leave no effects, for tests that try many changes of one company."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from persistence.kernel.fair_slots import FairSlots
from tests.factories.lending_pool import LendingPool


class SavepointConnection:
    """A connection in one transaction, in which transactions are savepoints."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def execute(self, sql: str, *values: Any) -> Any:
        """Execute a statement, with its transaction commands turned into savepoints."""
        for whole, within in SAVEPOINT_COMMANDS.items():
            sql = sql.replace(whole, within)
        return await self._connection.execute(sql, *values)


SAVEPOINT_COMMANDS = {
    "BEGIN": "SAVEPOINT once",
    "COMMIT": "RELEASE SAVEPOINT once",
    "ROLLBACK": "ROLLBACK TO SAVEPOINT lent",
}


class RollbackPool(LendingPool):
    """A pool whose connections are rolled back: the same work, without effects."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.slots: FairSlots = pool.slots

    @asynccontextmanager
    async def acquire(self, **more: Any) -> AsyncIterator[SavepointConnection]:
        """Acquire a connection."""
        async with self._pool.acquire(**more) as connection:
            await connection.execute("BEGIN; SAVEPOINT lent")
            try:
                yield SavepointConnection(connection)
            finally:
                await connection.execute("ROLLBACK")
