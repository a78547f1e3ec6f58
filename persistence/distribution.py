"""Distributing the tables of a database with Citus, as its owner.

Tables of the directory are copied to every server. Tables of tenants are distributed by
`tenant_id`, all in the same way, so the rows of one tenant are on one server. Each step is a
transaction, and what is distributed is left out. So the next run continues an interrupted one.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy import ForeignKeyConstraint, Table
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.schema import AddConstraint

from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import Connection, connect
from persistence.kernel.schema.database_role import ensure_roles
from persistence.kernel.schema.row_level_security import TENANT_ID_STATISTICS
from persistence.registry import metadata

FIRST_TABLE = "tenants"
"""The first table of tenants that is distributed. The rows of all others are placed as its rows."""

DISTRIBUTION_LOCK_ID = 4713
"""One process distributes at a time; the others find nothing left to do."""

# Only after the transaction that creates the shards.
SET_STATISTICS = f"""
SELECT run_command_on_shards($1::regclass,
    'ALTER TABLE %s ALTER COLUMN tenant_id SET ({TENANT_ID_STATISTICS})')
"""
SELECT_DISTRIBUTED = "SELECT logicalrelid::regclass::text AS name FROM pg_dist_partition"
SELECT_FOREIGN_KEYS = "SELECT conname AS name FROM pg_constraint WHERE contype = 'f'"


async def distribute(
    owner_url: str, *, password: str | None = None, platform_password: str | None = None
) -> list[str] | None:
    """Distribute the tables that are not yet distributed, and return what was done.

    Returns None, and does nothing, where the extension is missing. The roles that serve get their
    settings for Citus; their passwords are as for `migrate`.
    """
    connection = await connect(owner_url)
    try:
        if connection.engine_kind is EngineKind.PLAIN:
            return None
        await ensure_roles(owner_url, password, platform_password)
        await connection.execute("SET statement_timeout = 0")
        await connection.execute("SELECT pg_advisory_lock($1)", DISTRIBUTION_LOCK_ID)
        done = [f"Distributed {each}." async for each in _distribute_tables(connection)]
        done += [f"Added {each}." async for each in _add_foreign_keys(connection)]
        for table in _list_tables():
            if table.schema is None:
                await connection.execute(SET_STATISTICS, table.name)
        return done
    finally:
        await connection.close()


def build_distribution(table: str) -> str:
    """Return the statement that distributes a table. Tables with a schema are of the directory."""
    if "." in table:
        return f"SELECT create_reference_table('{table}')"
    together = "none" if table == FIRST_TABLE else FIRST_TABLE
    return f"SELECT create_distributed_table('{table}', 'tenant_id', colocate_with => '{together}')"


async def _distribute_tables(connection: Connection) -> AsyncIterator[str]:
    """Distribute each table, and yield its name.

    A table that is not distributed must have no foreign key to one that is. `_add_foreign_keys`
    adds what is dropped here.
    """
    distributed = await _select_names(connection, SELECT_DISTRIBUTED)
    for table in _list_tables():
        if table.fullname in distributed:
            continue
        async with _see_all_rows(connection, [table]):
            for key in _list_foreign_keys_to(table):
                await connection.execute(
                    f"ALTER TABLE {key.table.fullname} DROP CONSTRAINT IF EXISTS {key.name}"
                )
            await connection.execute(build_distribution(table.fullname))
        yield table.fullname


async def _add_foreign_keys(connection: Connection) -> AsyncIterator[str]:
    """Add the foreign keys that are missing, and yield their names."""
    existing = await _select_names(connection, SELECT_FOREIGN_KEYS)
    for table in _list_tables():
        for key in table.foreign_key_constraints:
            if key.name not in existing:
                async with _see_all_rows(connection, {table, key.referred_table}):
                    await connection.execute(str(AddConstraint(key).compile(dialect=_DIALECT)))
                yield str(key.name)


@asynccontextmanager
async def _see_all_rows(connection: Connection, tables: Iterable[Table]) -> AsyncIterator[None]:
    """Open a transaction in which row-level security is not forced on the owner.

    Until it ends, nobody else gets to the tables.
    """
    names = [each.name for each in tables if each.schema is None]
    async with connection.transaction():
        for name in names:
            await connection.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
        yield
        for name in names:
            await connection.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


def _list_tables() -> list[Table]:
    """Return all tables: first those of the directory, then the first table, then its followers."""
    ordered = metadata.sorted_tables  # each after those that its foreign keys refer to
    return sorted(ordered, key=lambda each: (each.schema is None, each.name != FIRST_TABLE))


def _list_foreign_keys_to(target: Table) -> list[ForeignKeyConstraint]:
    return [
        key
        for table in _list_tables()
        for key in table.foreign_key_constraints
        if key.referred_table is target
    ]


async def _select_names(connection: Connection, query: str) -> set[str]:
    return {row["name"] for row in await connection.fetch(query)}


_DIALECT = dialect()  # type: ignore[no-untyped-call]
