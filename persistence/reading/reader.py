"""The reader: executes plans within one tenant and returns the JSON bytes of PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import asyncpg

from domain.kernel.errors import Invalid, Refusal
from domain.kernel.identity import TenantId
from persistence.kernel.clocks import Clock, select_number
from persistence.kernel.location import BorrowingAtHome, location_sql, require_here
from persistence.kernel.pools import PoolSource, borrow
from persistence.kernel.transaction import SqlBuilder, begin_in_tenant, enter_tenant_sql
from persistence.reading.compiler import NON_NULL_VIOLATION_MARKER, Compiler
from persistence.reading.cpu_worker import run_in_worker
from persistence.reading.plan_cache import Plan, PlanCache
from persistence.reading.read_model import ROOT, ReadModel
from persistence.reading.replica import ReplicaSource
from persistence.reading.selection import Field, ReadRequest

JSON_NULL = b"null"
JOURNAL_NUMBER_SQL = select_number(Clock.JOURNAL, "$1::uuid")
BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
UNUSABLE_ARGUMENT_MESSAGE = (
    "An argument has a null character or a number out of range. Correct the argument."
)

Connection = Any
"""An asyncpg connection, or the proxy for one that a pool returns."""


REFUSALS_OF_STATEMENTS: dict[str, Callable[[], Refusal]] = {}
"""What a statement refuses itself: by a text whose cast to JSON fails, the refusal."""


class NonNullViolation(Exception):
    """A relation is null where the schema forbids null; repeat the read `null_tolerant`."""


@dataclass(frozen=True, eq=False)
class PlanRegistry:
    """Finds the plans of fields; they are stored in the field and freed with its document."""

    root: ReadModel = ROOT
    compiler: type[Compiler] = Compiler

    def get_plan_cache(self, field: Field, *, null_tolerant: bool = False) -> PlanCache:
        """Return the plans of a root field; `null_tolerant` plans are separate."""
        cache: PlanCache | None = field.plan_caches.get((self, null_tolerant))
        if cache is None:
            cache = field.plan_caches[self, null_tolerant] = PlanCache(
                lambda builder: self.compiler(builder, null_tolerant=null_tolerant).build_statement(
                    self.root, field
                )
            )
        return cache

    async def get_plan(
        self, field: Field, request: ReadRequest, *, null_tolerant: bool = False
    ) -> Plan:
        """Return the plan for a request."""
        plans = self.get_plan_cache(field, null_tolerant=null_tolerant)
        cached = plans.get(request)
        if cached is not None:
            return cached
        tenant_id = request.actor.tenant_id
        return plans.add(request, *await run_in_worker(tenant_id, lambda: plans.build(request)))

    async def prepare(self, field: Field, request: ReadRequest) -> "PreparedRead":
        """Prepare a null-tolerant read of one root field, as a statement of its own.

        Raises a Refusal for invalid arguments.
        """
        plan = await self.get_plan(field, request, null_tolerant=True)
        sql = _build_standalone_sql(plan.sql, len(plan.sources) + 1, location_sql)
        return PreparedRead(sql, (*plan.resolve_parameters(request), request.actor.tenant_id))


async def _fetch_json(connection: Connection, sql: str, parameters: Sequence[Any]) -> Any:
    value = await _translate_data_errors(connection.fetchval(sql, *parameters))
    return JSON_NULL if value is None else value


async def _translate_data_errors(response: Awaitable[Any]) -> Any:
    """Await a response of PostgreSQL; raise Invalid or NonNullViolation for its data errors."""
    try:
        return await response
    except asyncpg.DataError as error:
        detail = getattr(error, "detail", None) or ""
        if NON_NULL_VIOLATION_MARKER in detail:
            raise NonNullViolation from None
        for marker, refusal in REFUSALS_OF_STATEMENTS.items():
            if marker in detail:
                raise refusal() from None
        raise Invalid(UNUSABLE_ARGUMENT_MESSAGE) from None


@lru_cache(maxsize=1_000)
def _build_standalone_sql(
    sql: str, tenant_parameter: int, check_sql: SqlBuilder | None = None
) -> str:
    """Build a statement that enters the tenant first: without a tenant no row is visible."""
    check_column = f", ({check_sql(tenant_parameter)})" if check_sql else ""
    return f"SELECT ({sql}){check_column} FROM {enter_tenant_sql(tenant_parameter)}"


@dataclass(frozen=True)
class PreparedRead:
    """A statement that enters the tenant itself, and its parameters."""

    sql: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True)
class SpeculativeRead:
    """The JSON of a read, and the result of the check that ran in the same statement."""

    value: bytes
    check_result: object


@dataclass
class Snapshot:
    """A consistent view of one tenant."""

    connection: Connection
    plan_registry: PlanRegistry

    async def read(self, field: Field, request: ReadRequest, *, null_tolerant: bool = False) -> Any:
        """Return the JSON of one root field or of an operation as bytes, or a list of JSON texts.

        Raises a Refusal for invalid arguments, and NonNullViolation.
        """
        plan = await self.plan_registry.get_plan(field, request, null_tolerant=null_tolerant)
        return await _fetch_json(self.connection, plan.sql, plan.resolve_parameters(request))

    async def query_actor(self, build_sql: SqlBuilder, *params: Any) -> Any:
        """Run a query of an ActorResolver here."""
        return await self.connection.fetchval(f"SELECT ({build_sql(1)})", *params)


class Reader:
    """Reads through a pool of connections of the serving role, or from a replica."""

    def __init__(
        self,
        pool: PoolSource,
        plan_registry: PlanRegistry | None = None,
        replica: ReplicaSource | None = None,
    ) -> None:
        self.pool = pool
        self.plan_registry = plan_registry or PlanRegistry()
        self.replica = replica

    @asynccontextmanager
    async def open_snapshot(self, tenant_id: TenantId) -> AsyncIterator[Snapshot]:
        """Open a read-only transaction that row-level security restricts to the tenant."""

        async def begin(connection: Connection) -> Connection:
            await begin_in_tenant(connection, tenant_id, BEGIN_SNAPSHOT)
            if self.pool.spans_databases:
                require_here(await connection.fetchval(location_sql(1), tenant_id))
            return connection

        async with BorrowingAtHome(self.pool, tenant_id, begin) as connection:
            yield Snapshot(connection, self.plan_registry)
            await connection.execute("COMMIT")

    async def query_actor(self, build_sql: SqlBuilder, *params: Any) -> Any:
        """Run a query of an ActorResolver. The first parameter is the tenant id."""
        sql = f"SELECT ({build_sql(1)}) FROM {enter_tenant_sql(1)}"
        async with borrow(self.pool, params[0]) as connection:
            return await connection.fetchval(sql, *params)

    async def read_prepared(self, tenant_id: TenantId, read: PreparedRead) -> Any:
        """Return the value of a prepared read, from the primary. Raises Invalid."""

        async def fetch(connection: Connection) -> Any:
            value, location = await _translate_data_errors(
                connection.fetchrow(read.sql, *read.parameters)
            )
            require_here(location)
            return value

        async with BorrowingAtHome(self.pool, tenant_id, fetch) as value:
            return JSON_NULL if value is None else value

    async def read_speculatively(
        self, field: Field, request: ReadRequest, check_sql: SqlBuilder, *check_params: Any
    ) -> SpeculativeRead:
        """Read a field with cached rights, and check these rights in the same statement.

        With a replica there are two statements, and only the check runs on the primary. The first
        of `check_params` is the tenant id. Raises as `Snapshot.read` does.
        """
        plan = await self.plan_registry.get_plan(field, request)
        values = plan.resolve_parameters(request)
        result = await self._read_from_replica(plan.sql, values, check_sql, check_params)
        if result is None:
            sql = _build_standalone_sql(plan.sql, len(values) + 1, check_sql)
            async with borrow(self.pool, check_params[0]) as connection:
                result = await _translate_data_errors(
                    connection.fetchrow(sql, *values, *check_params)
                )
        value, check_result = result
        return SpeculativeRead(JSON_NULL if value is None else value, check_result)

    async def _read_from_replica(
        self, sql: str, values: Sequence[Any], check_sql: SqlBuilder, check_params: Sequence[Any]
    ) -> tuple[bytes | None, object] | None:
        """Read from the replica; return None unless it has seen every write of the tenant."""
        try:
            result = self.replica and await _translate_data_errors(
                self.replica.read(sql, values, check_params[0])
            )
        except Refusal:  # a replica that is behind may refuse what the primary knows
            return None
        if not result:
            return None
        value, seen_number = result
        sql_on_primary = _build_standalone_sql(JOURNAL_NUMBER_SQL, 1, check_sql)
        async with borrow(self.pool, check_params[0]) as connection:
            number, check_result = await connection.fetchrow(sql_on_primary, *check_params)
        return (value, check_result) if number is not None and seen_number >= number else None
