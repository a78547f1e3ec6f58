"""An export is complete: imported, restored beside or in place, the rows are those of the file."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.commands import audit, tenant_files
from api.commands.database_url import Database
from api.settings import Settings
from domain.kernel.audit_chain import seal_entries
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from persistence.audit_verification import ChainHead
from persistence.embedded import DatabaseUrls
from tests.api.world import World, a_world
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import an_actor
from tests.factories.databases import a_database
from tests.factories.rows import a_row_of_everything
from tests.factories.tenant_exports import export_rows, read_export

pytestmark = pytest.mark.anyio

SELECT_SLUG = "SELECT slug FROM directory.tenants WHERE id = $1"
SELECT_NOTES = "SELECT action FROM journal WHERE entity = 'tenant' ORDER BY number"
SELECT_CLOCKS = "SELECT clock, number FROM tenant_clocks"
ADD_JOURNAL_CLOCK = "INSERT INTO tenant_clocks (tenant_id, clock, number) VALUES ($1, 'journal', 1)"
EDIT_MUTATION = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"
BOX_COUNT = 2
"""A survey and a feedback program."""


@pytest.fixture
def here(addresses: DatabaseUrls) -> Database:
    return Database(addresses.serving, addresses.owner)


@pytest.fixture
async def elsewhere(addresses: DatabaseUrls) -> AsyncIterator[Database]:
    async with a_database(addresses, "elsewhere") as created:
        yield Database(created.serving_url, created.owner_url)


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


@pytest.fixture
async def slug(owner: asyncpg.Connection, tenant_id: TenantId) -> str:
    return str(await owner.fetchval(SELECT_SLUG, tenant_id))


async def fetch(owner: asyncpg.Connection, tenant_id: TenantId, sql: str) -> list[tuple[Any, ...]]:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        return [tuple(row) for row in await owner.fetch(sql)]


async def fill_every_table(owner: asyncpg.Connection, tenant_id: TenantId) -> None:
    await a_row_of_everything(owner, tenant_id, "mark")
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute(ADD_JOURNAL_CLOCK, tenant_id)


async def rename_goal(world: World, title: str) -> None:
    told = await world.graph.mutate("admin", EDIT_MUTATION, id=world.goal_id, title=title)
    assert told["errors"] == []


async def test_every_table_is_exported_and_comes_back_as_it_was(
    here: Database,
    elsewhere: Database,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
    slug: str,
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    await fill_every_table(owner, tenant_id)

    exported = await tenant_files.write_export(here, slug, first)
    imported = await tenant_files.import_file(elsewhere, first)
    await tenant_files.write_export(elsewhere, slug, second)

    assert imported.row_count == exported.row_count
    assert exported.open_box_count == len(imported.open_boxes) == BOX_COUNT
    head, tables = read_export(first)
    assert [name for name, rows in tables.items() if not rows] == []
    assert (head["form"], head["tenant"]["slug"]) == ("trellis-tenant-2", slug)
    lines, again = [gzip.decompress(each.read_bytes()).splitlines() for each in (first, second)]
    assert lines[1:] == again[1:]
    assert await fetch(owner, tenant_id, SELECT_NOTES) == [("exported",)]


async def test_a_tenant_is_restored_beside_the_living_one(
    here: Database, owner: asyncpg.Connection, tenant_id: TenantId, slug: str, tmp_path: Path
) -> None:
    path = tmp_path / "export"
    await fill_every_table(owner, tenant_id)
    before = await export_rows(here, slug, path)

    settings = Settings(directory=tmp_path)
    restored = await tenant_files.restore_beside(here, settings, path, f"{slug}-copy")

    assert restored.slug == f"{slug}-copy"
    copy = await export_rows(here, restored.slug, tmp_path / "copy")
    new_id = read_export(tmp_path / "copy")[0]["tenant"]["id"]
    left_out = {
        *("service_client_keys", "service_client_key_uses", "service_client_assertions"),
        *("webhooks", "webhook_positions", "webhook_deliveries", "ballot_batches"),
        *("issuers", "journal_seals"),
    }
    assert {name for name, rows in copy.items() if not rows} == left_out
    for box in ("surveys", "feedback_programs"):
        assert b'"status":"cancelled"' in copy[box][0]
    changed = {*left_out, "surveys", "feedback_programs"}
    assert {name: rows for name, rows in copy.items() if name not in changed} == {
        name: [each.replace(str(tenant_id).encode(), new_id.encode()) for each in rows]
        for name, rows in before.items()
        if name not in changed
    }
    after = await export_rows(here, slug, tmp_path / "after")
    assert_same_but_for_notes(after, before)


def assert_same_but_for_notes(
    after: dict[str, list[bytes]], before: dict[str, list[bytes]]
) -> None:
    """Assert that nothing was changed but the journal, which has more entries."""
    recorded = {"journal", "tenant_clocks"}
    assert {name: rows for name, rows in after.items() if name not in recorded} == {
        name: rows for name, rows in before.items() if name not in recorded
    }
    assert {*before["journal"]} <= {*after["journal"]}


async def test_a_tenant_is_restored_in_place_of_the_living_one(
    here: Database, owner: asyncpg.Connection, world: World, slug: str, tmp_path: Path
) -> None:
    tenant_id, path, kept = world.graph.tenant_id, tmp_path / "export", tmp_path / "kept"
    await rename_goal(world, "As exported")
    before = await export_rows(here, slug, path)
    await rename_goal(world, "Changed later")
    clocks = dict(await fetch(owner, tenant_id, SELECT_CLOCKS))

    restored = await tenant_files.restore_in_place(here, path, slug, keep=kept)

    assert restored.row_count == sum(map(len, before.values()))
    assert any(b"Changed later" in each for each in read_export(kept)[1]["goals"])
    assert_same_but_for_notes(await export_rows(here, slug, tmp_path / "after"), before)
    assert await fetch(owner, tenant_id, SELECT_NOTES) == [
        ("created",),
        ("restored",),
        ("exported",),
    ]
    advanced = dict(await fetch(owner, tenant_id, SELECT_CLOCKS))
    assert all(advanced[clock] > number for clock, number in clocks.items())
    told = await world.graph.query("admin", "query { goals { nodes { title } } }")
    assert told == {"goals": {"nodes": [{"title": "As exported"}]}}
    await rename_goal(world, "Changed again")


async def test_a_restore_is_no_alarm_of_the_audit_log(
    here: Database, work: OpenWork, world: World, slug: str, tmp_path: Path
) -> None:
    tenant_id, path = world.graph.tenant_id, tmp_path / "export"
    await rename_goal(world, "As exported")
    await seal(work, tenant_id)
    ((_, head),) = await audit.read_heads(here, slug)
    await tenant_files.write_export(here, slug, path)
    await rename_goal(world, "Changed later")
    await seal(work, tenant_id)

    await tenant_files.restore_in_place(here, path, slug, keep=None)
    await rename_goal(world, "Changed again")

    assert await list_faults(here, slug, head) == []
    await seal(work, tenant_id)
    assert await list_faults(here, slug, head) == []

    again = tmp_path / "again"
    await tenant_files.write_export(here, slug, again)
    settings = Settings(directory=tmp_path)
    await tenant_files.restore_beside(here, settings, again, f"{slug}-c")
    await tenant_files.write_export(here, f"{slug}-c", tmp_path / "copy")
    copy_id = TenantId(UUID(read_export(tmp_path / "copy")[0]["tenant"]["id"]))
    assert await list_faults(here, f"{slug}-c") == []
    await seal(work, copy_id)
    assert await list_faults(here, f"{slug}-c") == []


async def seal(work: OpenWork, tenant_id: TenantId) -> None:
    async with work(an_actor(tenant_id)) as open:
        await seal_entries(open)


async def list_faults(here: Database, slug: str, known: ChainHead | None = None) -> list[str]:
    ((_, report),) = await audit.verify_tenants(here, slug, known)
    return report.faults


async def test_a_dry_run_counts_what_would_change_and_changes_nothing(
    here: Database, world: World, slug: str, tmp_path: Path
) -> None:
    path = tmp_path / "export"
    before = await export_rows(here, slug, path)
    await rename_goal(world, "Changed later")

    plan = await tenant_files.plan_import(here, path, slug, in_place=True)

    changes = {each.table: (each.removed, each.added) for each in plan.tables}
    assert plan.refusals == []
    assert {name: each for name, each in changes.items() if any(each)} == {
        "goals": (1, 1),
        "journal": (2, 0),  # the export, and the new title
        "tenant_clocks": (2, 2),
        "words": (2, 3),
    }
    after = await export_rows(here, slug, tmp_path / "after")
    assert b"Changed later" in after["goals"][0]
    assert after["people"] == before["people"]


async def test_a_dry_run_says_all_reasons_of_a_refusal_at_once(
    here: Database, world: World, slug: str, tmp_path: Path
) -> None:
    path = tmp_path / "export"
    await tenant_files.write_export(here, slug, path)
    lines = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(lines.replace(b'"revision": "', b'"revision": "old', 1)))

    plan = await tenant_files.plan_import(here, path, None)

    assert len(plan.refusals) == 2
    assert plan.refusals[0].startswith("The file has schema revision old")
    assert plan.refusals[1].startswith(f"A tenant with the slug {slug}")


async def test_another_tenant_is_not_replaced(
    here: Database, owner: asyncpg.Connection, world: World, slug: str, tmp_path: Path
) -> None:
    path = tmp_path / "export"
    before = await export_rows(here, slug, path)
    settings = Settings(directory=tmp_path)
    await tenant_files.restore_beside(here, settings, path, f"{slug}-b")
    theirs = tmp_path / "theirs"
    await tenant_files.write_export(here, f"{slug}-b", theirs)

    with pytest.raises(Invalid, match=f"The file contains {slug}-b"):
        await tenant_files.restore_in_place(here, theirs, slug, keep=None)
    with pytest.raises(Invalid) as refused:
        await tenant_files.restore_beside(here, settings, path, f"{slug}-b")

    assert refused.value.code is Code.NOT_UNIQUE
    after = await export_rows(here, slug, tmp_path / "after")
    assert_same_but_for_notes(after, before)
