"""A connection that ends its program at a statement."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from persistence.kernel.pools import FastCloseConnection, connect


class Killed(BaseException):
    """The command was killed: nothing of it runs any more."""


@dataclass
class Killer:
    """Connections that all end at one statement, as those of a killed process do."""

    last_statement: int
    count: int = 0
    connections: list[FastCloseConnection] = field(default_factory=list)

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[FastCloseConnection]:
        """Open a connection whose statements are counted."""
        connection = await connect(url)
        self.connections.append(connection)
        for name in ("execute", "fetch", "fetchval", "fetchrow"):
            setattr(connection, name, self._count(getattr(connection, name)))
        try:
            yield connection
        finally:
            if not connection.is_closed():
                await connection.close()

    def _count(self, send: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.last_statement:
                for each in self.connections:
                    each.terminate()
                raise Killed
            return await send(*arguments, **options)

        return counted
