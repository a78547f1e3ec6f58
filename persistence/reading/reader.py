"""The reader: runs plans in a read-only snapshot of one tenant, and hands on the bytes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import thread_time
from typing import Any
from uuid import UUID

import asyncpg

from domain.kernel.errors import Invalid
from domain.kernel.identity import TenantId
from persistence.kernel.engine import lent
from persistence.reading.compiler import BROKEN, Compiler
from persistence.reading.plans import Plan, Plans
from persistence.reading.readable import ROOT, Readable
from persistence.reading.selection import Field, Run

NULL = b"null"
UNUSABLE = "An argument holds what no field can: a null character, or a number out of range."

Connection = Any
"""An asyncpg connection, or a pool's stand-in for one."""


class BrokenPromise(Exception):
    """A link that the schema promises is hidden or missing; read again with care."""


@dataclass(frozen=True, eq=False)
class Library:
    """The plans of every field that was read, kept in the field, so as long as its document."""

    root: Readable = ROOT

    def plans(self, asked: Field, *, careful: bool = False) -> Plans:
        """The plans of a root field; `careful` ones answer null where a promise breaks."""
        found: Plans | None = asked.kept.get((self, careful))
        if found is None:
            found = asked.kept[self, careful] = Plans(
                lambda draft: Compiler(draft, careful=careful).statement(self.root, asked)
            )
        return found

    async def read(
        self, connection: Connection, asked: Field, run: Run, *, careful: bool = False
    ) -> bytes:
        """The JSON value of one root field, in the connection's transaction.

        Raises a Refusal where an argument is unusable, and BrokenPromise.
        """
        return await self.fetch(connection, self.plans(asked, careful=careful).plan(run), run)

    async def fetch(self, connection: Connection, plan: Plan, run: Run) -> bytes:
        """The JSON value that a plan gives for a run. Raises as `read` does."""
        try:
            value: bytes | None = await connection.fetchval(plan.sql, *plan.values(run))
        except asyncpg.DataError as error:
            if BROKEN in (getattr(error, "detail", None) or ""):
                raise BrokenPromise from None
            raise Invalid(UNUSABLE) from None
        return NULL if value is None else value


@dataclass
class Snapshot:
    """One consistent look at one tenant; `seconds_planning` went into its statements."""

    connection: Connection
    library: Library
    seconds_planning: float = 0.0

    async def read(self, asked: Field, run: Run, *, careful: bool = False) -> bytes:
        """The JSON value of one root field."""
        began = thread_time()
        plan = self.library.plans(asked, careful=careful).plan(run)
        self.seconds_planning += thread_time() - began
        return await self.library.fetch(self.connection, plan, run)


class Reader:
    """Opens snapshots on a pool of the serving role's connections."""

    def __init__(self, pool: "asyncpg.Pool[Any]", library: Library | None = None) -> None:
        self.pool = pool
        self.library = library or Library()

    @asynccontextmanager
    async def snapshot(self, tenant_id: TenantId) -> AsyncIterator[Snapshot]:
        """A read-only transaction that row-level security confines to the tenant."""
        async with lent(self.pool) as connection:
            await connection.execute(_begin(tenant_id))
            yield Snapshot(connection, self.library)
            await connection.execute("COMMIT")


def _begin(tenant_id: TenantId) -> str:
    return (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
        f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}'"
    )
