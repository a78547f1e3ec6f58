"""A restored backup equals the original, for one tenant and for the whole database."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from anyio import to_thread

from api.commands import backups
from api.commands.database_url import Database
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.kernel.pools import connect, create_read_pool, create_write_pool, strip_driver
from persistence.kernel.schema.lint import lint_schema
from persistence.kernel.schema.migrations import migrate
from persistence.registry import metadata
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.graph import DatabaseGraph

pytestmark = pytest.mark.anyio

TABLES = [each.name for each in metadata.sorted_tables if each.schema is None]
TABLE_HASHES = "\nUNION ALL\n".join(
    f"SELECT '{name}', count(*), md5(string_agg((to_jsonb(t) - 'xid')::text, '' ORDER BY"
    " (to_jsonb(t) - 'xid')::text))"
    f" FROM {name} t WHERE tenant_id = $1"
    for name in TABLES
)
SELECT_SLUG = "SELECT slug FROM directory.tenants WHERE id = $1"
READ_QUERY = """query($id: ID!) {
  goal(by: {id: $id}) { title version history { totalCount nodes { action } } owner { __typename } }
  people { nodes { id name manager { name } } }
}"""
EDIT_MUTATION = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"

CreateDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture
async def fresh(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> AsyncIterator[CreateDatabase]:
    """Return a function that creates empty databases on the same server."""
    made: list[str] = []

    async def empty(name: str) -> Database:
        await owner.execute(f"CREATE DATABASE {name}")
        made.append(name)
        owning, serving = (
            strip_driver(each).set(database=name).render_as_string(hide_password=False)
            for each in (addresses.owner, addresses.serving)
        )
        return Database(serving, owning)

    yield empty
    for each in made:
        await owner.execute(f"DROP DATABASE {each} WITH (FORCE)")


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    world = await a_world(pool, writing, keep, tenant_id)
    for title in ("First 🚢", 'Second "quoted" \\ and', "Third שלום"):
        told = await world.graph.mutate(
            "admin",
            EDIT_MUTATION,
            id=world.goal_id,
            title=title,
            description=f"{title}\n\tgoes on \\n.",
        )
        assert told["errors"] == []
    return world


async def hash_tables(url: str, tenant_id: TenantId) -> list[tuple[Any, ...]]:
    connection = await connect(url)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
            return [tuple(row) for row in await connection.fetch(TABLE_HASHES, tenant_id)]
    finally:
        await connection.close()


@asynccontextmanager
async def a_graph(serving: str, tenant_id: TenantId) -> AsyncIterator[DatabaseGraph]:
    async with await create_read_pool(serving) as pool, await create_write_pool(serving) as writing:
        yield DatabaseGraph(pool, writing, tenant_id)


async def test_a_tenant_and_then_the_whole_come_back_as_they_were(
    addresses: DatabaseUrls,
    fresh: CreateDatabase,
    owner: asyncpg.Connection,
    world: World,
    tmp_path: Path,
) -> None:
    tenant_id = world.graph.tenant_id
    before = await hash_tables(addresses.owner, tenant_id)
    answer = await world.graph.query("admin", READ_QUERY, id=world.goal_id)
    here = Database(addresses.serving, addresses.owner)
    slug = await owner.fetchval(SELECT_SLUG, tenant_id)
    one, whole = tmp_path / "tenant.backup", tmp_path / "whole.backup"

    count = await backups.write_tenant_backup(here, slug, one)
    there = await fresh("trellis_of_one")
    await to_thread.run_sync(migrate, there.required_owner_url)
    said = await backups.restore_backup(there, None, one)
    assert said == f"Restored {slug}: {count} rows."
    await assert_restored(there, tenant_id, before, answer, world.goal_id)

    if get_superuser_url(addresses.owner) is None:
        pytest.skip("This server has no superuser that we know.")
    await to_thread.run_sync(backups.write_backup, there, None, whole)
    elsewhere = await fresh("trellis_as_a_whole")
    assert (
        await backups.restore_backup(elsewhere, None, whole)
        == "Restored the whole installation. It can be served."
    )
    await assert_restored(elsewhere, tenant_id, before, answer, world.goal_id)
    with pytest.raises(Invalid, match="into an empty one"):
        await backups.restore_backup(elsewhere, None, whole)


async def assert_restored(
    there: Database, tenant_id: TenantId, before: list[Any], answer: Any, goal_id: str
) -> None:
    """Assert that rows, answers, lint and journal of the copy equal the original's."""
    assert await hash_tables(there.required_owner_url, tenant_id) == before
    connection = await connect(there.serving_url)
    assert await lint_schema(connection) == []
    await connection.close()
    async with a_graph(there.serving_url, tenant_id) as graph:
        assert await graph.query("admin", READ_QUERY, id=goal_id) == answer
        assert await count_pending_entries(there, tenant_id) == 0


async def count_pending_entries(database: Database, tenant_id: TenantId) -> int:
    """Count the journal entries that subscribers would take for new ones."""
    connection = await connect(database.serving_url)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
            found: int = await connection.fetchval("SELECT count(*) FROM journal WHERE xid >= 0")
            return found
    finally:
        await connection.close()


async def test_a_tenant_that_is_there_is_not_restored_over(
    addresses: DatabaseUrls, owner: asyncpg.Connection, world: World, tmp_path: Path
) -> None:
    here = Database(addresses.serving, addresses.owner)
    path = tmp_path / "tenant.backup"
    slug = await owner.fetchval(SELECT_SLUG, world.graph.tenant_id)
    await backups.write_tenant_backup(here, slug, path)
    before = await hash_tables(addresses.owner, world.graph.tenant_id)
    with pytest.raises(Invalid) as raised:
        await backups.restore_backup(here, None, path)
    assert raised.value.code is Code.NOT_UNIQUE
    assert await hash_tables(addresses.owner, world.graph.tenant_id) == before


@pytest.mark.parametrize("damage", ["cut", "changed"])
async def test_a_damaged_backup_restores_nothing(
    addresses: DatabaseUrls, fresh: CreateDatabase, owner: asyncpg.Connection, world: World,
    tmp_path: Path, damage: str,
) -> None:  # fmt: skip
    path = tmp_path / "tenant.backup"
    slug = await owner.fetchval(SELECT_SLUG, world.graph.tenant_id)
    await backups.write_tenant_backup(Database(addresses.serving, addresses.owner), slug, path)
    lines = gzip.decompress(path.read_bytes())
    damaged = lines[:-300] if damage == "cut" else lines.replace(b"Third", b"Theft", 1)
    assert damaged != lines
    path.write_bytes(gzip.compress(damaged))
    there = await fresh("trellis_damaged")
    await to_thread.run_sync(migrate, there.required_owner_url)
    with pytest.raises(Invalid, match="damaged"):
        await backups.restore_backup(there, None, path)
    connection = await connect(there.required_owner_url)
    assert await connection.fetchval("SELECT count(*) FROM directory.tenants") == 0
    await connection.close()
