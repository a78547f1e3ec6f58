"""Moving a tenant to another database, in steps that can be repeated after an interruption.

1. Copy all rows into the new database, while the tenant is served from the old one.
2. Freeze the tenant's clock in the old database: nothing can be written there any more.
3. Copy what has changed since, and compare the hashes of all rows.
4. Switch: the old database says that the tenant has moved, then the home database says where to.
5. Activate: the new database serves the tenant and accepts changes.
6. Remove the rows of the old database. Its clock stays frozen for good.

The command looks at the databases to find out which steps are done. Each unit of work advances the
clock in its last statement, so PostgreSQL itself refuses a change in the old database, also that of
a process that has not heard of the move.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy import Table

from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.identity import TenantId
from persistence.kernel.pools import Connection
from persistence.kernel.schema.database_role import DatabaseNotReady
from persistence.kernel.schema.migrations import get_expected_revision
from persistence.tenant_registry import RENAME_ABANDONED, TenantRecord, lock_tenant
from persistence.tenant_rows import (
    Difference,
    apply_differences,
    compare_rows,
    copy_rows,
    delete_rows,
    enter_tenant,
    list_movable_tables,
    thaw_clocks,
)

Report = Callable[[str, int, int], None]
"""Takes the name of a step, how many of its parts are done, and how many there are."""

SELECT_REVISION = "SELECT version_num FROM directory.alembic_version"
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('tenant move ' || $1::text, 0))"

HAS_ROWS = "SELECT EXISTS(SELECT FROM tenants WHERE tenant_id = $1)"
SELECT_DIRECTORY_ROW = (
    "SELECT id, slug, status, created_at, text_version, plan, caller_budget, tenant_budget"
    " FROM directory.tenants WHERE id = $1"
)
UPSERT_DIRECTORY_ROW = """
INSERT INTO directory.tenants AS known
    (id, slug, status, created_at, text_version, plan, caller_budget, tenant_budget, database)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE
SET slug = excluded.slug, text_version = excluded.text_version, plan = excluded.plan,
    caller_budget = excluded.caller_budget, tenant_budget = excluded.tenant_budget
WHERE known.database IS NOT NULL
"""
COUNT_ROWS = "SELECT count(*) FROM {} WHERE tenant_id = $1"
SET_LOCATION = "UPDATE directory.tenants SET database = $2 WHERE id = $1"
ACTIVATE = "UPDATE directory.tenants SET database = NULL, status = $2 WHERE id = $1"
LOCK_LOCATION = "SELECT database FROM directory.tenants WHERE id = $1 FOR UPDATE"

FREEZE = """
INSERT INTO tenant_clocks AS known (tenant_id, clock, number, frozen_at)
VALUES ($1, 'journal', 0, 0)
ON CONFLICT (tenant_id, clock) DO UPDATE SET frozen_at = known.number
"""
SELECT_CLOCKS = "SELECT clock, number FROM tenant_clocks WHERE tenant_id = $1"
SET_CLOCK = """
INSERT INTO tenant_clocks (tenant_id, clock, number, frozen_at) VALUES ($1, $2, $3, $3)
ON CONFLICT (tenant_id, clock) DO UPDATE SET number = excluded.number, frozen_at = excluded.number
"""
STOP_CLOCKS = "UPDATE tenant_clocks SET number = -1, frozen_at = -1 WHERE tenant_id = $1"
"""A replica that has seen this has no rows, and must not be taken for one that has them all."""


@dataclass(frozen=True, eq=False)
class Place:
    """A database by its name, and a connection as the owner of its schema.

    `home` is that of the home database.
    """

    name: str
    connection: Connection
    home: Connection

    @property
    def is_home(self) -> bool:
        """Whether this is the home database."""
        return self.connection is self.home


@dataclass
class TenantMove:
    """A move of one tenant between two databases."""

    tenant: TenantRecord
    source: Place
    target: Place
    report: Report

    @property
    def tenant_id(self) -> TenantId:
        """The tenant's id."""
        return self.tenant.id

    async def prepare(self) -> None:
        """Copy all rows, or what has changed since an earlier attempt; serving goes on."""
        for place in (self.source, self.target):
            await require_current_revision(place)
        async with self._open_transactions() as (source, target):
            if await target.fetchval(HAS_ROWS, self.tenant_id):
                await self._copy_changes(source, target)
            else:
                await self._register(source, target)
                await self._copy_all(source, target)

    async def switch(self) -> None:
        """Freeze the tenant, copy the rest, verify the copy, and switch to it.

        An error before the last step leaves the tenant where it was.
        """
        try:
            await freeze(self.source, self.tenant_id)
            await self._catch_up()
            await self._verify()
        except BaseException:
            await self._thaw_source()
            raise
        await self._set_location()

    async def _thaw_source(self) -> None:
        try:
            await thaw(self.source, self.tenant_id)
        except Exception as error:
            raise StateConflict(
                f"The move failed, and {self.source.name} cannot be reached. Changes of"
                f" {self.tenant.slug} are refused until you run the command again with success."
            ) from error

    async def _register(self, source: Connection, target: Connection) -> None:
        """Add the tenant to the directory of the new database, as one that lives elsewhere."""
        row = await source.fetchrow(SELECT_DIRECTORY_ROW, self.tenant_id)
        assert row is not None, "The tenant is known where it lives."
        if not self.target.is_home:
            await target.execute(RENAME_ABANDONED, self.tenant.slug, self.tenant_id)
            await target.execute(UPSERT_DIRECTORY_ROW, *row, self.source.name)

    async def _copy_all(self, source: Connection, target: Connection) -> None:
        tables = list_movable_tables()
        for done, table in enumerate(tables, 1):
            await copy_rows(source, target, table, self.tenant_id)
            self.report("Copying", done, len(tables))

    async def _catch_up(self) -> None:
        """Copy what has changed since the copy was made, and the clocks."""
        async with self._open_transactions() as (source, target):
            await self._copy_changes(source, target)
            for row in await source.fetch(SELECT_CLOCKS, self.tenant_id):
                await target.execute(SET_CLOCK, self.tenant_id, *row)

    async def _copy_changes(self, source: Connection, target: Connection) -> None:
        differences = await self._compare(source, target, "Comparing")
        try:
            async with target.transaction():
                await apply_differences(source, target, self.tenant_id, differences)
        except asyncpg.IntegrityConstraintViolationError:  # rows have exchanged unique values
            await delete_rows(target, self.tenant_id)
            await self._copy_all(source, target)

    async def _verify(self) -> None:
        """Raise Invalid unless the rows of both databases have the same hashes."""
        async with self._open_transactions() as (source, target):
            differences = await self._compare(source, target, "Verifying")
        if differences:
            counts = ", ".join(
                f"{each.count} of {table.name}" for table, each in differences.items()
            )
            raise Invalid(
                f"The rows of {self.tenant.slug} in {self.target.name} differ: {counts}. It stays"
                f" in {self.source.name}. Check that nobody writes by hand, and try again."
            )

    async def _compare(
        self, source: Connection, target: Connection, step: str
    ) -> dict[Table, Difference]:
        tables, found = list_movable_tables(), dict[Table, Difference]()
        for done, table in enumerate(tables, 1):
            difference = await compare_rows(source, target, table, self.tenant_id)
            if difference.count:
                found[table] = difference
            self.report(step, done, len(tables))
        return found

    async def _set_location(self) -> None:
        """Tell the old database, and then the home database, where the tenant lives."""
        home = self.target.home
        async with home.transaction():
            await lock_tenant(home, self.tenant_id)
            if not self.source.is_home:
                await self.source.connection.execute(SET_LOCATION, self.tenant_id, self.target.name)
            location = None if self.target.is_home else self.target.name
            await home.execute(SET_LOCATION, self.tenant_id, location)

    @asynccontextmanager
    async def _open_transactions(self) -> AsyncIterator[tuple[Connection, Connection]]:
        """Open a snapshot of the source and a transaction of the target, inside the tenant."""
        source, target = self.source.connection, self.target.connection
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(
                source.transaction(isolation="repeatable_read", readonly=True)
            )
            await stack.enter_async_context(target.transaction())
            for each in (source, target):
                await enter_tenant(each, self.tenant_id)
            yield source, target


@asynccontextmanager
async def lock_move(home: Connection, tenant: TenantRecord) -> AsyncIterator[None]:
    """Hold the lock of a tenant's moves for the block. Raises StateConflict if it is taken."""
    if not await home.fetchval(TRY_LOCK, str(tenant.id)):
        raise StateConflict(f"Another command is moving {tenant.slug}. Wait until it has ended.")
    try:
        yield
    finally:
        if not home.is_closed():
            await home.execute("SELECT pg_advisory_unlock_all()")


async def require_current_revision(place: Place) -> None:
    """Raise DatabaseNotReady unless the schema has the revision of this program."""
    actual = await place.connection.fetchval(SELECT_REVISION)
    if actual != get_expected_revision():
        raise DatabaseNotReady(
            f"{place.name} is at revision {actual}; this program expects"
            f" {get_expected_revision()}. Run `trellis migrate`."
        )


async def count_rows(place: Place, tenant_id: TenantId) -> int:
    """Return the number of the tenant's rows in a database."""
    count = 0
    async with place.connection.transaction(readonly=True):
        await enter_tenant(place.connection, tenant_id)
        for each in list_movable_tables():
            count += await place.connection.fetchval(COUNT_ROWS.format(each.name), tenant_id)
    return count


async def freeze(place: Place, tenant_id: TenantId) -> None:
    """Refuse changes of the tenant in a database, once those that have begun to commit have."""
    async with place.connection.transaction():
        await enter_tenant(place.connection, tenant_id)
        await place.connection.execute(FREEZE, tenant_id)


async def thaw(place: Place, tenant_id: TenantId) -> None:
    """Accept changes of the tenant in a database again."""
    async with place.connection.transaction():
        await enter_tenant(place.connection, tenant_id)
        await thaw_clocks(place.connection, tenant_id)


async def activate(place: Place, tenant_id: TenantId) -> None:
    """Serve the tenant from the database where the home database says that it lives.

    Its status is that at home, which may have changed during the move.
    """
    async with place.home.transaction():
        record = await lock_tenant(place.home, tenant_id)
        async with place.connection.transaction():
            await enter_tenant(place.connection, tenant_id)
            await place.connection.execute(ACTIVATE, tenant_id, record.status)
            await thaw_clocks(place.connection, tenant_id)


async def remove_rows(place: Place, tenant_id: TenantId) -> bool:
    """Remove the rows of a tenant that lives elsewhere; return whether there were any.

    Its clocks stay, frozen: a process that has not heard of a move must not start new ones.
    """
    connection = place.connection
    async with connection.transaction():
        await enter_tenant(connection, tenant_id)
        if await connection.fetchval(LOCK_LOCATION, tenant_id) is None:
            return False  # it lives here, or was never here
        if not await connection.fetchval(HAS_ROWS, tenant_id):
            return False
        await delete_rows(connection, tenant_id)
        await connection.execute(STOP_CLOCKS, tenant_id)
        return True
