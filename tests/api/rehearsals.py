"""Changes and reads in one transaction of the database that is undone at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from persistence.kernel.fair_slots import FairSlots
from tests.factories.lending_pool import LendingPool

COMMANDS = {
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY": "SAVEPOINT once",
    "BEGIN": "SAVEPOINT once",
    "COMMIT": "RELEASE SAVEPOINT once",
    "ROLLBACK": "ROLLBACK TO SAVEPOINT rehearsal",
}


class RehearsalPool(LendingPool):
    """A pool with one connection, in a transaction that is never committed.

    What is committed through it can be read through it, and by nobody else.
    """

    def __init__(self, connection: Any, slots: FairSlots) -> None:
        self.connection = connection
        self.slots = slots

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    @asynccontextmanager
    async def acquire(self, **_: Any) -> AsyncIterator["RehearsalPool"]:
        """Acquire the connection."""
        yield self

    async def execute(self, sql: str, *values: Any) -> Any:
        """Execute a statement, with its transaction commands turned into savepoints."""
        command = next((each for each in COMMANDS if sql.startswith(each)), None)
        if command:
            sql = COMMANDS[command] + sql.removeprefix(command)
        return await self.connection.execute(sql, *values)

    def terminate(self) -> None:
        """Do nothing: a busy machine may roll back late, and `rehearse` rolls back again."""

    async def expire_connections(self) -> None:
        """Do nothing, as above."""

    @asynccontextmanager
    async def rehearse(self) -> AsyncIterator[None]:
        """Undo everything that is done in the block."""
        await self.connection.execute("SAVEPOINT rehearsal")
        try:
            yield
        finally:
            await self.connection.execute(
                "ROLLBACK TO SAVEPOINT rehearsal; RELEASE SAVEPOINT rehearsal"
            )


@asynccontextmanager
async def open_rehearsal(pool: Any) -> AsyncIterator[RehearsalPool]:
    """Open a transaction that is undone at the end."""
    async with pool.acquire() as connection:
        # Tests compute between two statements, for more than ten seconds on a busy machine.
        await connection.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        try:
            yield RehearsalPool(connection, pool.slots)
        finally:
            await connection.execute("ROLLBACK")
