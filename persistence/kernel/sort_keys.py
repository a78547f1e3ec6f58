"""Rebuilding the sort keys of a tenant's names, when its locale or the version of ICU changes."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Table

from persistence.kernel.collation import DEFAULT_LOCALE
from persistence.kernel.mapping.registry import MAPPINGS, EntityMapping
from persistence.kernel.pools import Connection

BATCH_SIZE = 500
"""Rows in one statement; their keys take a few milliseconds of CPU."""

SELECT_LOCALE = "SELECT locale FROM tenants WHERE tenant_id = $1 FOR SHARE"
SELECT_NAMES = """
SELECT id, {attributes} FROM {table} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3
FOR NO KEY UPDATE
"""
UPDATE_KEYS = """
UPDATE {table} SET {assignments} FROM unnest($2::uuid[], {arrays}) AS new (id, {columns})
WHERE {table}.tenant_id = $1 AND {table}.id = new.id
AND ({stored}) IS DISTINCT FROM ({computed})
"""


async def load_locale(connection: Connection, tenant_id: UUID) -> str:
    """Return the tenant's locale, which nobody else can change until the transaction ends."""
    locale: str | None = await connection.fetchval(SELECT_LOCALE, tenant_id)
    return locale or DEFAULT_LOCALE


async def rebuild_sort_keys(
    connection: Connection, tenant_id: UUID, _: Collection[UUID] = ()
) -> None:
    """Compute the keys of all names of a tenant again, in the transaction of the connection."""
    locale = await load_locale(connection, tenant_id)
    for mapping in list_sorted_mappings():
        last: UUID | None = UUID(int=0)
        while last is not None:
            last = await rebuild_batch(connection, tenant_id, mapping, locale, last)


def list_sorted_mappings() -> list[EntityMapping]:
    """Return the mappings of entities whose names have sort keys."""
    return [each for each in MAPPINGS.values() if each.sort_keys]


async def rebuild_batch(
    connection: Connection, tenant_id: UUID, mapping: EntityMapping, locale: str, after: UUID
) -> UUID | None:
    """Compute the keys of the next rows after an id; return the last id of a full batch."""
    keys, table = mapping.sort_keys, mapping.table
    attributes = ", ".join(each.attribute for each in keys.values())
    select = SELECT_NAMES.format(attributes=attributes, table=table.name)
    rows = await connection.fetch(select, tenant_id, after, BATCH_SIZE)
    if not rows:
        return None
    columns = [[each.derive(row[each.attribute], locale) for row in rows] for each in keys.values()]
    ids = [row["id"] for row in rows]
    await connection.execute(_build_update(table, tuple(keys)), tenant_id, ids, *columns)
    return ids[-1] if len(rows) == BATCH_SIZE else None


def _build_update(table: Table, columns: tuple[str, ...]) -> str:
    return UPDATE_KEYS.format(
        table=table.name,
        assignments=", ".join(f"{each} = new.{each}" for each in columns),
        arrays=", ".join(f"${position}::text[]" for position in range(3, 3 + len(columns))),
        columns=", ".join(columns),
        stored=", ".join(f"{table.name}.{each}" for each in columns),
        computed=", ".join(f"new.{each}" for each in columns),
    )
