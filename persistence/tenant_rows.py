"""All rows of one tenant: read, insert, compare and remove them, table by table.

Rows travel as PostgreSQL's JSON, which Python never parses. The connections are of the role that
owns the schema, inside a transaction that has entered the tenant.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Table

from persistence.kernel.clocks import tenant_clocks
from persistence.kernel.engine_kind import count_inserted
from persistence.kernel.pools import Connection
from persistence.registry import metadata

BATCH_SIZE = 1_000
"""Rows in one statement."""

SELECT_ROWS = "SELECT row_to_json(t) FROM {0} t WHERE tenant_id = $1"
INSERT_ROWS = (
    "INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, {1}) r WHERE r.tenant_id = $1"
)
DELETE_ALL = "DELETE FROM {0} WHERE tenant_id = $1"
SELECT_HASHES = """
SELECT {key} AS key, md5(row_to_json(t)::text) AS hash FROM {table} t
WHERE tenant_id = $1 ORDER BY 1
"""


THAW = "UPDATE tenant_clocks SET frozen_at = NULL WHERE tenant_id = $1 AND frozen_at IS NOT NULL"


async def enter_tenant(connection: Connection, tenant_id: UUID) -> None:
    """Enter the tenant for this transaction; its statements may take long, and print alike."""
    await connection.execute(f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}'")
    await connection.execute("SET LOCAL timezone = 'UTC'")
    await connection.execute("SET LOCAL statement_timeout = 0")


def list_tenant_tables() -> Iterator[Table]:
    """Return the tables of tenants, each after the tables that it refers to."""
    return (each for each in metadata.sorted_tables if each.schema is None)


def list_movable_tables() -> list[Table]:
    """Return the tables of tenants without their clocks, which a move sets at its end."""
    return [each for each in list_tenant_tables() if each is not tenant_clocks]


def is_self_referencing(table: Table) -> bool:
    """Return whether rows refer to one another, so that one statement must insert them."""
    return any(each.referred_table is table for each in table.foreign_key_constraints)


async def stream_rows(
    connection: Connection, table: Table, tenant_id: UUID
) -> AsyncIterator[bytes]:
    """Yield the rows of a table as JSON, in the order of its primary key."""
    key = ", ".join(column.name for column in table.primary_key)
    sql = f"{SELECT_ROWS.format(table.name)} ORDER BY {key}"
    async for row in connection.cursor(sql, tenant_id, prefetch=BATCH_SIZE):
        yield row[0]


async def insert_rows(
    connection: Connection, table: Table, tenant_id: UUID, rows: Sequence[bytes]
) -> bool:
    """Insert rows; return whether each was a row of the tenant."""
    sql = count_inserted(INSERT_ROWS.format(table.name, "$2"))
    return bool(await connection.fetchval(sql, tenant_id, _join(rows)) == len(rows))


async def copy_rows(source: Connection, target: Connection, table: Table, tenant_id: UUID) -> int:
    """Copy the rows of a table; return their number."""
    count, batch = 0, list[bytes]()
    may_split = not is_self_referencing(table)
    async for row in stream_rows(source, table, tenant_id):
        batch.append(row)
        if may_split and len(batch) == BATCH_SIZE:
            await insert_rows(target, table, tenant_id, batch)
            count, batch = count + len(batch), []
    if batch:
        await insert_rows(target, table, tenant_id, batch)
    return count + len(batch)


async def delete_rows(
    connection: Connection, tenant_id: UUID, *, keeps: Callable[[Table], bool] = lambda _: False
) -> None:
    """Delete all rows of the tenant but its clocks and those of the tables that are kept."""
    for table in reversed(list_movable_tables()):
        if not keeps(table):
            await connection.execute(DELETE_ALL.format(table.name), tenant_id)


async def thaw_clocks(connection: Connection, tenant_id: UUID) -> None:
    """Accept changes of the tenant again, after a move or in a copy that was made during one."""
    await connection.execute(THAW, tenant_id)


# -- comparing ------------------------------------------------------------------------------------


@dataclass
class Difference:
    """The keys of the rows of a table that a copy lacks, has in another state, or has too many."""

    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.missing) + len(self.changed) + len(self.surplus)


async def compare_rows(
    source: Connection, copy: Connection, table: Table, tenant_id: UUID
) -> Difference:
    """Compare the hashes of the rows of a table."""
    found = Difference()
    originals, copies = (_stream_hashes(each, table, tenant_id) for each in (source, copy))
    original, copied = await anext(originals, None), await anext(copies, None)
    while original is not None or copied is not None:
        if copied is None or (original is not None and original[0] < copied[0]):
            assert original is not None
            found.missing.append(original[0])
            original = await anext(originals, None)
        elif original is None or copied[0] < original[0]:
            found.surplus.append(copied[0])
            copied = await anext(copies, None)
        else:
            if original[1] != copied[1]:
                found.changed.append(original[0])
            original, copied = await anext(originals, None), await anext(copies, None)
    return found


async def _stream_hashes(
    connection: Connection, table: Table, tenant_id: UUID
) -> AsyncIterator[tuple[str, str]]:
    sql = SELECT_HASHES.format(key=_build_key(table, "t"), table=table.name)
    async for row in connection.cursor(sql, tenant_id, prefetch=BATCH_SIZE):
        yield row["key"], row["hash"]


def _build_key(table: Table, row: str) -> str:
    """Return the SQL of a row's key as text that sorts alike in all databases, and in Python."""
    columns = ", ".join(f"{row}.{each.name}" for each in table.primary_key)
    return f'json_build_array({columns})::text COLLATE "C"'


async def apply_differences(
    source: Connection, copy: Connection, tenant_id: UUID, differences: Mapping[Table, Difference]
) -> None:
    """Make the copy equal to the source, in one statement.

    Foreign keys are checked at its end. Raises asyncpg's IntegrityConstraintViolationError where
    rows exchange unique values.
    """
    parts: list[str] = []
    counts: list[str] = []
    parameters: list[object] = []

    def add(sql: str, parameter: object, *, is_counted: bool = True) -> None:
        parameters.append(parameter)
        parts.append(f"p{len(parts)} AS ({sql.format(f'${len(parameters) + 1}')} RETURNING 1)")
        if is_counted:
            counts.append(f"(SELECT count(*) FROM p{len(parts) - 1})")

    for table, each in differences.items():
        if each.surplus:
            add(_build_delete(table), each.surplus)
    for table, each in differences.items():
        if each.changed:
            add(_build_update(table), _join(await _fetch(source, table, tenant_id, each.changed)))
    for table, each in differences.items():
        if each.missing:
            rows = await _fetch(source, table, tenant_id, each.missing)
            add(INSERT_ROWS.format(table.name, "{0}"), _join(rows), is_counted=False)
    if parts:
        await copy.execute(
            f"WITH {', '.join(parts)} SELECT {', '.join(counts) or '1'} WHERE $1::uuid IS NOT NULL",
            tenant_id,
            *parameters,
        )


def _build_delete(table: Table) -> str:
    key = _build_key(table, "t")
    return f"DELETE FROM {table.name} t WHERE t.tenant_id = $1 AND {key} = ANY({{0}}::text[])"


def _build_update(table: Table) -> str:
    keys = {each.name for each in table.primary_key}
    values = ", ".join(f"{each.name} = r.{each.name}" for each in table.c if each.name not in keys)
    same = " AND ".join(f"t.{name} = r.{name}" for name in sorted(keys))
    return (
        f"UPDATE {table.name} t SET {values}"
        f" FROM json_populate_recordset(NULL::{table.name}, {{0}}) r"
        f" WHERE t.tenant_id = $1 AND {same}"
    )


async def _fetch(
    connection: Connection, table: Table, tenant_id: UUID, keys: Sequence[str]
) -> list[bytes]:
    """Return the rows of a table with these keys, as JSON."""
    sql = f"{SELECT_ROWS.format(table.name)} AND {_build_key(table, 't')} = ANY($2::text[])"
    return [row[0] for row in await connection.fetch(sql, tenant_id, keys)]


def _join(rows: Sequence[bytes]) -> bytes:
    return b"[%b]" % b",".join(rows)
