"""The reader: runs plans in a read-only snapshot of one tenant, and hands on the bytes."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg

from domain.kernel.errors import Invalid
from domain.kernel.identity import TenantId
from persistence.kernel.engine import borrow
from persistence.kernel.opening import SqlBuilder
from persistence.kernel.transaction import enter_tenant_sql
from persistence.reading.compiler import BROKEN, Compiler
from persistence.reading.desk import at_the_desk
from persistence.reading.plans import Plan, Plans
from persistence.reading.readable import ROOT, Readable
from persistence.reading.replica import Replica, has_seen
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

    async def plan(self, asked: Field, run: Run, *, careful: bool = False) -> tuple[Plan, float]:
        """The plan for a run, and the seconds of CPU that it took to make."""
        plans = self.plans(asked, careful=careful)
        known = plans.known(run)
        if known is not None:
            return known, 0.0
        written, seconds = await at_the_desk(lambda: plans.written(run))
        return plans.keep(run, *written), seconds

    async def ready(self, asked: Field, run: Run) -> "Ready":
        """A root field to be read by itself later, with nulls where a promise breaks.

        What can be said against its arguments is said now. Raises a Refusal.
        """
        plan, _ = await self.plan(asked, run, careful=True)
        sql = _by_itself(plan.sql, len(plan.sources) + 1)
        return Ready(sql, (*plan.values(run), run.actor.tenant_id))

    async def read(
        self, connection: Connection, asked: Field, run: Run, *, careful: bool = False
    ) -> bytes:
        """The JSON value of a root field or an operation, in the connection's transaction.

        Raises a Refusal where an argument is unusable, and BrokenPromise.
        """
        plan, _ = await self.plan(asked, run, careful=careful)
        return await self.fetch(connection, plan, run)

    async def fetch(self, connection: Connection, plan: Plan, run: Run) -> bytes:
        """The JSON value that a plan gives for a run. Raises as `read` does."""
        value = await _spoken(connection.fetchval(plan.sql, *plan.values(run)))
        return NULL if value is None else value


async def _spoken(answer: Awaitable[Any]) -> Any:
    """What PostgreSQL answers; what it says of unusable values, in our words."""
    try:
        return await answer
    except asyncpg.DataError as error:
        if BROKEN in (getattr(error, "detail", None) or ""):
            raise BrokenPromise from None
        raise Invalid(UNUSABLE) from None


@lru_cache(maxsize=1_000)
def _by_itself(sql: str, place: int, question: SqlBuilder | None = None) -> str:
    """A statement that enters the tenant before it reads; whoever did not enter reads nothing."""
    also = f", ({question(place)}), pg_current_snapshot()::text" if question else ""
    return f"SELECT ({sql}){also} FROM {enter_tenant_sql(place)}"


@dataclass(frozen=True)
class Ready:
    """A statement that enters the tenant by itself, and its parameters."""

    sql: str
    values: tuple[Any, ...]

    async def read(self, connection: Connection) -> bytes:
        """Its JSON value."""
        value = await _spoken(connection.fetchval(self.sql, *self.values))
        return NULL if value is None else value


@dataclass(frozen=True)
class Glance:
    """What one statement read, and what it was told of its question, in which snapshot.

    To plan it took `seconds_planning` of CPU.
    """

    value: bytes
    told: object
    snapshot: str
    seconds_planning: float


@dataclass
class Snapshot:
    """One consistent look at one tenant; `seconds_planning` went into its statements."""

    connection: Connection
    library: Library
    seconds_planning: float = 0.0

    async def read(self, asked: Field, run: Run, *, careful: bool = False) -> bytes:
        """The JSON value of one root field, or of a whole operation."""
        plan, seconds = await self.library.plan(asked, run, careful=careful)
        self.seconds_planning += seconds
        return await self.library.fetch(self.connection, plan, run)


class Reader:
    """Opens snapshots on a pool of the serving role's connections, and glances at a replica."""

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        library: Library | None = None,
        replica: Replica | None = None,
    ) -> None:
        self.pool = pool
        self.library = library or Library()
        self.replica = replica

    @asynccontextmanager
    async def snapshot(self, tenant_id: TenantId) -> AsyncIterator[Snapshot]:
        """A read-only transaction that row-level security confines to the tenant."""
        async with borrow(self.pool) as connection:
            await connection.execute(_begin(tenant_id))
            yield Snapshot(connection, self.library)
            await connection.execute("COMMIT")

    async def ask(self, question: SqlBuilder, *about: Any) -> tuple[Any, str]:
        """Ask a tenant, which is the first of what it is about; the answer, and its snapshot."""
        sql = f"SELECT ({question(1)}), pg_current_snapshot()::text FROM {enter_tenant_sql(1)}"
        async with borrow(self.pool) as connection:
            told, snapshot = await connection.fetchrow(sql, *about)
        return told, snapshot

    async def glance(self, asked: Field, run: Run, question: SqlBuilder, *about: Any) -> Glance:
        """Read a field and ask a question in one trip: the statement is its own transaction.

        With a replica it is two trips, and the primary has less to do. The first of what the
        question is about is the tenant. Raises as `Library.read` does.
        """
        plan, seconds = await self.library.plan(asked, run)
        values = plan.values(run)
        found = await self._from_replica(plan.sql, values, question, about)
        if found is None:
            sql = _by_itself(plan.sql, len(values) + 1, question)
            async with borrow(self.pool) as connection:
                found = await _spoken(connection.fetchrow(sql, *values, *about))
        value, told, snapshot = found
        return Glance(NULL if value is None else value, told, snapshot, seconds)

    async def _from_replica(
        self, sql: str, values: Sequence[Any], question: SqlBuilder, about: Sequence[Any]
    ) -> tuple[bytes | None, object, str] | None:
        """The same from the replica, where it has seen all that the tenant wrote."""
        found = self.replica and await _spoken(self.replica.read(sql, values, about[0]))
        if not found:
            return None
        value, unseen = found
        asking = _by_itself(has_seen(len(about) + 1), 1, question)
        async with borrow(self.pool) as connection:
            is_fresh, told, snapshot = await connection.fetchrow(asking, *about, unseen)
        return (value, told, snapshot) if is_fresh else None


def _begin(tenant_id: TenantId) -> str:
    return (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
        f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}'"
    )
