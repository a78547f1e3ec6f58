"""Removing all rows of a tenant from one database, in batches.

Each batch is a transaction of its own, which also counts what it removed. So an erasure that was
interrupted goes on where it was, and its receipt counts each row once.
"""

from collections.abc import Callable

from sqlalchemy import Table

from domain.kernel.errors import StateConflict
from domain.kernel.identity import TenantId
from persistence.kernel.pools import Connection
from persistence.tenant_erasures import add_count
from persistence.tenant_rows import (
    DELETE_ALL,
    enter_tenant,
    is_self_referencing,
    list_tenant_tables,
)

BATCH_SIZE = 10_000
"""Rows in one transaction; so locks and log stay small, beside the requests of other tenants."""

DELETE_BATCH = """
DELETE FROM {table} WHERE tenant_id = $1 AND ({key}) IN (
    SELECT {key} FROM {table} WHERE tenant_id = $1 LIMIT {limit})
"""
HAS_ROWS = "SELECT EXISTS (SELECT FROM {0} WHERE tenant_id = $1)"
DELETE_OF_DIRECTORY = tuple(
    f"DELETE FROM directory.{each} WHERE tenant_id = $1"
    for each in ("queues", "tenant_usage", "request_counts")
)
DELETE_ISSUERS = "DELETE FROM directory.issuers WHERE tenant_id = $1"
DELETE_TENANT = "DELETE FROM directory.tenants WHERE id = $1"

Report = Callable[[str, int, int], None]
"""Takes the name of a step, how many of its parts are done, and how many there are."""


async def erase_rows(
    connection: Connection, tenant_id: TenantId, report: Report, *, batch_size: int = BATCH_SIZE
) -> None:
    """Remove all rows of a tenant from a database, as the owner of its schema.

    Raises StateConflict if rows were written meanwhile; then it can be repeated.
    """
    tables = [*reversed([*list_tenant_tables()])]
    for done, table in enumerate(tables, 1):
        while await _erase_batch(connection, table, tenant_id, batch_size):
            pass
        report("Erasing", done, len(tables))
    left = [each.name for each in tables if await _has_rows(connection, table=each, id=tenant_id)]
    if left:
        raise StateConflict(f"Rows were written meanwhile in {', '.join(left)}. Try again.")


async def erase_from_directory(connection: Connection, tenant_id: TenantId) -> int:
    """Remove the tenant from the directory of a database; return how many issuers it had."""
    for each in DELETE_OF_DIRECTORY:
        await connection.execute(each, tenant_id)
    issuers = await connection.execute(DELETE_ISSUERS, tenant_id)
    await connection.execute(DELETE_TENANT, tenant_id)
    return int(issuers.split()[-1])


async def _erase_batch(
    connection: Connection, table: Table, tenant_id: TenantId, size: int
) -> bool:
    """Remove some rows, and return whether there may be more."""
    key = ", ".join(each.name for each in table.primary_key if each.name != "tenant_id")
    sql = DELETE_BATCH.format(table=table.name, key=key, limit=size)
    if is_self_referencing(table) or not key:  # a row may be referred to by one of the next batch
        sql = DELETE_ALL.format(table.name)
    async with connection.transaction():
        await enter_tenant(connection, tenant_id)
        count = int((await connection.execute(sql, tenant_id)).split()[-1])
        if count:
            await add_count(connection, tenant_id, table.name, count)
    return count == size


async def _has_rows(connection: Connection, *, table: Table, id: TenantId) -> bool:
    async with connection.transaction(readonly=True):
        await enter_tenant(connection, id)
        return bool(await connection.fetchval(HAS_ROWS.format(table.name), id))
