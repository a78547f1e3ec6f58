"""Transactions: inside of one tenant, and begun no sooner than something has to last.

A statement that enters the tenant by itself is a transaction of its own. A unit of work that reads
once and writes once needs no other, and saves three trips of five.
"""

from dataclasses import dataclass
from uuid import UUID

from persistence.kernel.mapping import Connection

WHAT = "app.tenant_id"


def entering(place: int) -> str:
    """What a statement selects from to enter the tenant whose id is its parameter at this place.

    Its one row is there before anything else is read or written. Were it not, row-level security
    would fail loudly, as outside of any tenant.
    """
    return f"(SELECT set_config('{WHAT}', ${place}::uuid::text, true) OFFSET 0) AS \"~entered\""


@dataclass
class Transaction:
    """What a unit of work does to the database; ROLLBACK is for whoever lends the connection."""

    tenant_id: UUID
    alone: Connection
    """For statements that enter the tenant by themselves."""
    is_begun: bool = False

    async def begun(self) -> Connection:
        """For everything else: inside of the tenant, in a transaction that lasts."""
        if not self.is_begun:
            inside = f"SET LOCAL {WHAT} = '{UUID(str(self.tenant_id))}'"
            await self.alone.execute(f"BEGIN; {inside}")
            self.is_begun = True
        return self.alone

    async def commit(self) -> None:
        """Keep what was done."""
        if self.is_begun:
            await self.alone.execute("COMMIT")
            self.is_begun = False
