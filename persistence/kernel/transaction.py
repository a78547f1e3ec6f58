"""Transactions inside one tenant, begun only where several statements must commit together.

A statement that enters the tenant by itself is a transaction of its own. A unit of work that reads
once and writes once needs no other, and saves three trips of five.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from persistence.kernel.engine_kind import get_engine_kind
from persistence.kernel.pools import Connection

TENANT_SETTING = "app.tenant_id"

SqlBuilder: TypeAlias = Callable[[int], str]
"""Returns SQL whose parameters are numbered from the given position on."""


def enter_tenant_sql(position: int) -> str:
    """Return a FROM item that enters the tenant whose id is the parameter at this position.

    PostgreSQL computes its one row before anything else of the statement. If it did not, row-level
    security would raise an error, as outside of any tenant.
    """
    setting = f"set_config('{TENANT_SETTING}', ${position}::uuid::text, true)"
    return f'(SELECT {setting} OFFSET 0) AS "~entered"'


async def begin_in_tenant(connection: Connection, tenant_id: UUID, begin: str = "BEGIN") -> None:
    """Begin a transaction inside a tenant. `begin` can state how it is isolated."""
    statements = begin, f"SET LOCAL {TENANT_SETTING} = '{UUID(str(tenant_id))}'"
    for message in get_engine_kind(connection).group_settings(statements):
        await connection.execute(message)


@dataclass
class Transaction:
    """The transaction of a unit of work; `pools.borrow` rolls it back after errors."""

    tenant_id: UUID
    autocommit: Connection
    """For statements that enter the tenant by themselves."""
    is_open: bool = False

    async def begin(self) -> Connection:
        """Begin a transaction inside the tenant, unless it has begun; return its connection."""
        if not self.is_open:
            await begin_in_tenant(self.autocommit, self.tenant_id)
            self.is_open = True
        return self.autocommit

    async def begin_writing(self) -> Connection:
        """Return the connection for a statement that enters the tenant and writes.

        It begins a transaction where such a statement cannot be one of its own.
        """
        engine_kind = get_engine_kind(self.autocommit)
        return self.autocommit if engine_kind.can_write_and_enter else await self.begin()

    async def commit(self) -> None:
        """Commit, if a transaction has begun."""
        if self.is_open:
            await self.autocommit.execute("COMMIT")
            self.is_open = False
