"""Transactions: inside of one tenant, and begun no sooner than something has to last.

A statement that enters the tenant by itself is a transaction of its own. A unit of work that reads
once and writes once needs no other, and saves three trips of five.
"""

from dataclasses import dataclass
from uuid import UUID

from persistence.kernel.mapping.registry import Connection

TENANT_SETTING = "app.tenant_id"


def enter_tenant_sql(position: int) -> str:
    """What a statement selects from to enter the tenant whose id is its parameter at this place.

    Its one row is there before anything else is read or written. Were it not, row-level security
    would fail loudly, as outside of any tenant.
    """
    return f"(SELECT set_config('{TENANT_SETTING}', ${position}::uuid::text, true) OFFSET 0) AS \"~entered\""


@dataclass
class Transaction:
    """What a unit of work does to the database; ROLLBACK is for whoever lends the connection."""

    tenant_id: UUID
    autocommit: Connection
    """For statements that enter the tenant by themselves."""
    is_open: bool = False

    async def begin(self) -> Connection:
        """For everything else: inside of the tenant, in a transaction that lasts."""
        if not self.is_open:
            set_tenant = f"SET LOCAL {TENANT_SETTING} = '{UUID(str(self.tenant_id))}'"
            await self.autocommit.execute(f"BEGIN; {set_tenant}")
            self.is_open = True
        return self.autocommit

    async def commit(self) -> None:
        """Keep what was done."""
        if self.is_open:
            await self.autocommit.execute("COMMIT")
            self.is_open = False
