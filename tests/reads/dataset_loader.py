"""Putting a world's plain rows into the database, as the serving role, held by its policies."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg

from persistence.access.closure_tables import (
    maintain_reporting_closure,
    maintain_tree_closure,
    organization_closure,
    team_closure,
)
from persistence.kernel.search_index import tokenize
from persistence.registry import metadata
from tests.reads.dataset import World

SEARCHED = {
    "goal": ("goals", ("title",)),
    "person": ("people", ("name", "given_name", "family_name", "work_email")),
    "team": ("teams", ("name",)),
    "organization": ("organizations", ("name", "code")),
    "role": ("roles", ("name",)),
}
INSERT = "INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, $1::json)"


async def load(owner: asyncpg.Connection, pool: asyncpg.Pool, world: World) -> None:
    """Keep a world, in place of what an earlier run may have left of it."""
    await _forget(owner, world.tenant_id)
    await owner.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'active')",
        world.tenant_id,
        world.slug,
    )
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{world.tenant_id}'")
        for table in metadata.sorted_tables:
            if world.tables.get(table.name) and table.schema is None:
                await insert(connection, table.name, world.tables[table.name])
        await _derive(connection, world)


async def insert(connection: Any, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Add plain rows to a table of the connection's tenant."""
    text = json.dumps(list(rows), default=str, ensure_ascii=False)
    await connection.execute(INSERT.format(table), text.encode())


async def _derive(connection: Any, world: World) -> None:
    for kept, table in (
        (maintain_tree_closure(organization_closure, "organizations"), "organizations"),
        (maintain_tree_closure(team_closure, "teams"), "teams"),
        (maintain_reporting_closure(), "people"),
    ):
        ids = [row["id"] for row in world.tables[table]]
        await kept.rebuild(connection, world.tenant_id, ids)
    await insert(connection, "words", indexed_words(world))


def indexed_words(world: World) -> list[dict[str, Any]]:
    """The search index of a world."""
    return [
        {"tenant_id": world.tenant_id, "entity": entity, "word": word, "entity_id": row["id"]}
        for entity, (table, names) in SEARCHED.items()
        for row in world.tables[table]
        for word in {word for name in names for word in tokenize(row[name] or "")}
    ]


async def _forget(owner: asyncpg.Connection, tenant_id: UUID) -> None:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        for table in reversed(metadata.sorted_tables):
            if table.schema is None:
                await owner.execute(f"DELETE FROM {table.name} WHERE tenant_id = $1", tenant_id)
        await owner.execute("DELETE FROM directory.tenants WHERE id = $1", tenant_id)
