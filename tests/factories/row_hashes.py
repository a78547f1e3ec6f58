"""Hashes of all rows of a tenant, to see whether anything has changed."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from persistence.registry import metadata

TENANT_TABLES = tuple(each.name for each in metadata.sorted_tables if each.schema is None)


async def hash_tables(
    connection: Any, tenant_id: UUID, tables: Iterable[str] = TENANT_TABLES
) -> dict[str, str | None]:
    """Hash the tenant's rows by table, in the connection's transaction, inside the tenant."""
    await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
    return dict(await connection.fetch(_build_hash_sql(tuple(tables)), tenant_id))


@cache
def _build_hash_sql(tables: tuple[str, ...]) -> str:
    return " UNION ALL ".join(
        f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t"
        " WHERE tenant_id = $1"
        for name in tables
    )
