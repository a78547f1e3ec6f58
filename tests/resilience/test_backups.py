"""A restored backup equals the original, for one tenant and for the whole database."""

import gzip
import hashlib
import json
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from anyio import to_thread

from api.commands import backups, tenant_files
from api.commands.database_url import Database
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from persistence.backup import replace_when_complete
from persistence.change_feed import BATCH_SIZE, ChangeFeed, FeedEntry
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.kernel.pools import connect, create_read_pool, create_write_pool, strip_driver
from persistence.kernel.schema.lint import lint_schema
from persistence.kernel.schema.migrations import migrate
from persistence.registry import metadata
from persistence.tenant_lifecycle.file_format import END
from persistence.tenant_lifecycle.importing import Imported
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.databases import drop_database
from tests.factories.graph import DatabaseGraph

pytestmark = pytest.mark.anyio

TABLES = [each.name for each in metadata.sorted_tables if each.schema is None]
TABLE_HASHES = "\nUNION ALL\n".join(
    f"SELECT '{name}', count(*), md5(string_agg((to_jsonb(t))::text, '' ORDER BY"
    " (to_jsonb(t))::text))"
    f" FROM {name} t WHERE tenant_id = $1"
    for name in TABLES
)
SELECT_SLUG = "SELECT slug FROM directory.tenants WHERE id = $1"
SELECT_DIRECTORY = """SELECT slug, issuer FROM directory.tenants t
LEFT JOIN directory.issuers i ON i.tenant_id = t.id ORDER BY slug, issuer"""
INSERT_TENANT = "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'active')"
INSERT_ISSUER = """INSERT INTO directory.issuers (issuer, tenant_id, audience, algorithms)
VALUES ($1, $2, 'trellis', 'EdDSA')"""
OTHER_ID, OTHER_SLUG = "00000000-0000-7000-8000-000000000001", "harbor"
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
        await drop_database(addresses, each)


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

    exported = await tenant_files.write_export(here, slug, one)
    there = await fresh("trellis_of_one")
    await to_thread.run_sync(migrate, there.required_owner_url)
    imported = await tenant_files.import_file(there, one)
    assert (imported.slug, imported.row_count) == (slug, exported.row_count)
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    await assert_restored(there, tenant_id, before, answer, world.goal_id)

    if get_superuser_url(addresses.owner) is None:
        pytest.skip("This server has no superuser that we know.")
    await backups.write_backup(there, None, whole)
    elsewhere = await fresh("trellis_as_a_whole")
    await backups.restore_backup(elsewhere, None, whole)
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
        assert await list_pending_entries(graph, tenant_id) == []


async def list_pending_entries(graph: DatabaseGraph, tenant_id: TenantId) -> list[FeedEntry]:
    """List the journal entries that a new subscriber would take for new ones."""
    feed = ChangeFeed(graph.engine.stores.reader)
    end = await feed.load_end(tenant_id)
    return await feed.load_past_entries(tenant_id, end, end + BATCH_SIZE)


async def test_a_tenant_that_is_there_is_not_restored_over(
    addresses: DatabaseUrls, owner: asyncpg.Connection, world: World, tmp_path: Path
) -> None:
    here = Database(addresses.serving, addresses.owner)
    path = tmp_path / "tenant.backup"
    slug = await owner.fetchval(SELECT_SLUG, world.graph.tenant_id)
    await tenant_files.write_export(here, slug, path)
    before = await hash_tables(addresses.owner, world.graph.tenant_id)
    with pytest.raises(Invalid) as raised:
        await tenant_files.import_file(here, path)
    assert raised.value.code is Code.NOT_UNIQUE
    assert await hash_tables(addresses.owner, world.graph.tenant_id) == before


@pytest.mark.parametrize("damage", ["cut", "changed"])
async def test_a_damaged_backup_restores_nothing(
    addresses: DatabaseUrls, fresh: CreateDatabase, owner: asyncpg.Connection, world: World,
    tmp_path: Path, damage: str,
) -> None:  # fmt: skip
    path = tmp_path / "tenant.backup"
    slug = await owner.fetchval(SELECT_SLUG, world.graph.tenant_id)
    await tenant_files.write_export(Database(addresses.serving, addresses.owner), slug, path)
    lines = gzip.decompress(path.read_bytes())
    damaged = lines[:-300] if damage == "cut" else lines.replace(b"Third", b"Theft", 1)
    assert damaged != lines
    path.write_bytes(gzip.compress(damaged))
    there = await fresh("trellis_damaged")
    await to_thread.run_sync(migrate, there.required_owner_url)
    with pytest.raises(Invalid, match="damaged"):
        await tenant_files.import_file(there, path)
    connection = await connect(there.required_owner_url)
    assert await connection.fetchval("SELECT count(*) FROM directory.tenants") == 0
    await connection.close()


HEAD_FAULTS: dict[str, dict[str, Any]] = {
    "an issuer of another tenant": {"tenant_id": OTHER_ID},
    "the built-in issuer of another tenant": {"issuer": f"urn:trellis:built-in:{OTHER_SLUG}"},
    "an issuer that another tenant has here": {"issuer": f"https://{OTHER_SLUG}.example/"},
}


@dataclass
class Doctored:
    """A backup of a tenant, to be changed, and a database in which another tenant lives."""

    path: Path
    slug: str
    there: Database
    lines: list[bytes]

    async def restore(self, lines: Iterable[bytes], *, with_issuers: bool = True) -> Imported:
        self.path.write_bytes(gzip.compress(b"".join(lines)))
        return await tenant_files.import_file(self.there, self.path, with_issuers=with_issuers)

    async def list_directory(self) -> list[tuple[Any, ...]]:
        """List the slugs with their issuers."""
        connection = await connect(self.there.required_owner_url)
        try:
            return [tuple(each) for each in await connection.fetch(SELECT_DIRECTORY)]
        finally:
            await connection.close()

    def change_issuer(self, **changes: Any) -> list[bytes]:
        """Return the file with another issuer."""
        head = json.loads(self.lines[0])
        head["issuers"][0] |= changes
        return [json.dumps(head).encode() + b"\n", *self.lines[1:]]

    def move_row(self, place: int) -> list[bytes]:
        """Return the file with one row of another tenant, and a digest that includes it."""
        row = json.loads(self.lines[place]) | {"tenant_id": OTHER_ID}
        moved = json.dumps(row, separators=(",", ":")).encode() + b"\n"
        start = max(n for n in range(place) if self.lines[n].startswith(b'{"table"')) + 1
        end = next(n for n in range(place, len(self.lines)) if self.lines[n].startswith(END))
        rows = [*self.lines[start:place], *self.lines[place + 1 : end], moved]
        digest = hashlib.sha256(b"".join(rows)).hexdigest()
        trailer = json.loads(self.lines[end]) | {"rows": len(rows), "sha256": digest}
        return [
            *self.lines[:start],
            *rows,
            json.dumps(trailer).encode() + b"\n",
            *self.lines[end + 1 :],
        ]


@pytest.fixture
async def doctored(
    addresses: DatabaseUrls,
    fresh: CreateDatabase,
    owner: asyncpg.Connection,
    world: World,
    tmp_path: Path,
) -> Doctored:
    path, tenant_id = tmp_path / "tenant.backup", world.graph.tenant_id
    slug = await owner.fetchval(SELECT_SLUG, tenant_id)
    await owner.execute(INSERT_ISSUER, f"https://{slug}.example/", tenant_id)
    await tenant_files.write_export(Database(addresses.serving, addresses.owner), slug, path)
    there = await fresh("trellis_doctored")
    await to_thread.run_sync(migrate, there.required_owner_url)
    connection = await connect(there.required_owner_url)
    await connection.execute(INSERT_TENANT, OTHER_ID, OTHER_SLUG)
    await connection.execute(INSERT_ISSUER, f"https://{OTHER_SLUG}.example/", OTHER_ID)
    await connection.close()
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    return Doctored(path, slug, there, lines)


async def test_a_restore_takes_nothing_that_names_another_tenant(doctored: Doctored) -> None:
    before = await doctored.list_directory()
    assert before == [(OTHER_SLUG, f"https://{OTHER_SLUG}.example/")]
    refused = {
        name: await describe_refusal(doctored, doctored.change_issuer(**changes))
        for name, changes in HEAD_FAULTS.items()
    }
    first_rows = {}
    for place in range(1, len(doctored.lines)):
        if doctored.lines[place].startswith(b'{"tenant_id"'):
            end = next(each for each in doctored.lines[place:] if each.startswith(END))
            first_rows.setdefault(json.loads(end)["end"], place)
    assert len(first_rows) > 10
    for table, place in first_rows.items():
        refused[table] = await describe_refusal(doctored, doctored.move_row(place))

    assert refused == {
        "an issuer of another tenant": "The file names another tenant in its issuers",
        "the built-in issuer of another tenant": "The file names another tenant in its issuers",
        "an issuer that another tenant has here": (
            f"The issuer 'https://{OTHER_SLUG}.example/' belongs to another tenant here"
        ),
        **{table: f"The file names another tenant in {table}" for table in first_rows},
    }
    assert await doctored.list_directory() == before


async def describe_refusal(doctored: Doctored, lines: list[bytes]) -> str:
    """Return the first clause of the refusal, or what was imported."""
    try:
        return str(await doctored.restore(lines))
    except Invalid as refusal:
        return str(refusal).split(", so nothing")[0].split(". Import")[0]


async def test_issuers_are_restored_only_when_they_are_asked_for(doctored: Doctored) -> None:
    issuer = f"https://{doctored.slug}.example/"
    other = (OTHER_SLUG, f"https://{OTHER_SLUG}.example/")
    imported = await doctored.restore(doctored.lines, with_issuers=False)

    assert imported.skipped_issuers == [issuer]
    assert await doctored.list_directory() == sorted([other, (doctored.slug, None)])

    connection = await connect(doctored.there.required_owner_url)
    await connection.execute("DROP SCHEMA public, directory CASCADE")
    await connection.execute("CREATE SCHEMA public")
    await connection.close()
    await to_thread.run_sync(migrate, doctored.there.required_owner_url)
    imported = await doctored.restore(doctored.lines)

    assert imported.skipped_issuers == ()
    assert await doctored.list_directory() == [(doctored.slug, issuer)]


@pytest.mark.parametrize("line", [b"", b"[]", b"nonsense", b'{"form": "trellis-tenant-2"}'])
async def test_a_first_line_that_cannot_be_read_is_damage(doctored: Doctored, line: bytes) -> None:
    with pytest.raises(Invalid, match="The file is damaged"):
        await doctored.restore([line + b"\n", *doctored.lines[1:]])


def test_only_its_owner_can_read_a_backup_while_it_is_written(tmp_path: Path) -> None:
    path, stranger = tmp_path / "a.backup", tmp_path / "stranger"
    stranger.write_text("untouched")
    (tmp_path / "a.backup.partial").symlink_to(stranger)
    before = os.umask(0)
    try:
        with replace_when_complete(path) as partial:
            assert stat.S_IMODE(partial.lstat().st_mode) == 0o600
            partial.write_text("rows")
    finally:
        os.umask(before)
    assert (path.read_text(), stranger.read_text()) == ("rows", "untouched")


def test_a_backup_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), replace_when_complete(tmp_path / "a"):
        raise OSError("The disk is full.")
    assert list(tmp_path.iterdir()) == []
