"""A sandbox has the configuration of its original, and nothing that names or describes people."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Table

from api.commands import tenant_clones, tenants
from api.commands.database_url import Database
from api.commands.tenant_clones import Sandbox
from api.settings import Settings
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId, generate_id
from domain.platform import FirstAdmin
from persistence.embedded import DatabaseUrls
from persistence.registry import metadata
from persistence.tenant_lifecycle.cloning import TenantClone
from persistence.tenant_lifecycle.contents import TABLES, Content, get_content, list_undeclared
from tests.factories.rows import a_row_of_everything
from tests.factories.tenant_exports import export_rows, read_export

pytestmark = pytest.mark.anyio

MARK = "Canary"
SELECT_SLUG = "SELECT slug FROM directory.tenants WHERE id = $1"
PREPARE = """
UPDATE tenants SET locale = 'en', time_zone = 'UTC', field_owners = '{"name": "hr"}';
UPDATE kpi_review_entries SET period = '2026';
UPDATE people SET time_zone = 'UTC', custom_values = '{"a": "Canary"}', job_title = 'Canary',
                  work_email = 'Canary@acme.example';
INSERT INTO tenant_clocks (tenant_id, clock, number) SELECT tenant_id, 'journal', 1 FROM tenants
"""
ADMIN = FirstAdmin("Sandbox", "Admin", "admin@sandbox.example")
OF_THE_ADMIN = {"people", "jobs", "employments", "reporting_closure", "members", "role_assignments"}
"""Tables in which the first admin of a sandbox may have rows."""

BY_TRELLIS = {"journal", "tenant_clocks", "words", "background_tasks"}


@pytest.fixture
def here(addresses: DatabaseUrls) -> Database:
    return Database(addresses.serving, addresses.owner)


@pytest.fixture
async def slug(owner: asyncpg.Connection, tenant_id: TenantId) -> str:
    """Fill every table of a tenant, and return its slug."""
    await a_row_of_everything(owner, tenant_id, MARK)
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute(PREPARE)
    return str(await owner.fetchval(SELECT_SLUG, tenant_id))


def list_tables(content: Content) -> set[str]:
    return set(TABLES[content].split())


@pytest.mark.parametrize("with_people", [False, True])
async def test_a_sandbox_has_the_configuration_and_no_word_of_a_person(
    here: Database, tenant_id: TenantId, slug: str, tmp_path: Path, *, with_people: bool
) -> None:
    before = await export_rows(here, slug, tmp_path / "before")
    sandbox = Sandbox(f"{slug}-s", "Sandbox", ADMIN, with_people)

    cloned = await tenant_clones.clone_tenant(here, Settings(directory=tmp_path), slug, sandbox)

    rows = await export_rows(here, cloned.slug, tmp_path / "clone")
    filled = {name for name, each in rows.items() if each}
    configuration, people = list_tables(Content.CONFIGURATION), list_tables(Content.PEOPLE)
    expected = configuration | (people if with_people else set())
    assert expected <= filled
    assert filled - expected <= OF_THE_ADMIN | BY_TRELLIS
    marked = {name for name, each in rows.items() if any(MARK.encode() in row for row in each)}
    assert marked <= configuration
    assert not any(str(tenant_id).encode() in row for each in rows.values() for row in each)
    assert b'"name":"Sandbox"' in rows["tenants"][0]
    assert b'"field_owners":{}' in rows["tenants"][0]
    assert (
        rows["rating_levels"][0].replace(
            read_export(tmp_path / "clone")[0]["tenant"]["id"].encode(), str(tenant_id).encode()
        )
        == before["rating_levels"][0]
    )
    after = await export_rows(here, slug, tmp_path / "after")
    assert after["people"] == before["people"]
    assert sum(b'"action":"cloned"' in each for each in after["journal"]) == 1


async def test_a_taken_slug_is_refused_and_nothing_is_made(
    here: Database, owner: asyncpg.Connection, slug: str, tmp_path: Path
) -> None:
    before = await owner.fetchval("SELECT count(*) FROM directory.tenants")
    sandbox = Sandbox(slug, "Sandbox", ADMIN)
    with pytest.raises(Invalid) as refused:
        await tenant_clones.clone_tenant(here, Settings(directory=tmp_path), slug, sandbox)
    assert refused.value.code is Code.NOT_UNIQUE
    assert await owner.fetchval("SELECT count(*) FROM directory.tenants") == before


async def test_what_a_killed_clone_left_is_removed_by_the_next_one(
    here: Database,
    owner: asyncpg.Connection,
    slug: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, id = Settings(directory=tmp_path), TenantId(generate_id())

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TenantClone, "copy_rest", die)
        patch.setattr(tenants, "_remove_rows", die)  # the process is gone
        with pytest.raises(KeyboardInterrupt):
            await tenant_clones.clone_tenant(
                here, settings, slug, Sandbox(f"{slug}-s", "Sandbox", ADMIN, id=id)
            )
    assert await count_roles(owner, id) > 0
    assert await owner.fetchval("SELECT tenant_id FROM directory.tenant_creations") == id

    await tenant_clones.clone_tenant(here, settings, slug, Sandbox(f"{slug}-s", "Sandbox", ADMIN))

    assert await count_roles(owner, id) == 0
    assert await owner.fetchval("SELECT count(*) FROM directory.tenant_creations") == 0


async def test_a_creation_that_is_going_on_is_not_removed(
    here: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    new_slug, settings = f"tenant-{generate_id()}", Settings(directory=tmp_path)
    async with tenants.begin_tenant_creation(here, settings, new_slug) as tenant:
        assert tenant is not None
        await tenants.remove_abandoned(here)
        found = await owner.fetchval("SELECT tenant_id FROM directory.tenant_creations")
        assert found == tenant.id
    assert await owner.fetchval("SELECT count(*) FROM directory.tenant_creations") == 0
    assert await owner.fetchval("SELECT id FROM directory.tenants WHERE slug = $1", new_slug)


async def count_roles(owner: asyncpg.Connection, tenant_id: TenantId) -> int:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        sql = "SELECT count(*) FROM roles WHERE tenant_id = $1"
        return int(await owner.fetchval(sql, tenant_id))


def test_every_table_is_declared_once() -> None:
    assert list_undeclared() == []


def is_provided(content: Content, referred: Table) -> bool:
    """Return whether a clone with such a table has the rows of another one, or stand-ins."""
    if referred.name == "people" or get_content(referred) is Content.CONFIGURATION:
        return True
    return content is get_content(referred) is Content.PEOPLE


def test_what_is_cloned_needs_nothing_that_is_not() -> None:
    """A required reference leads to what is cloned, or to people, who have a stand-in."""
    cloned = list_tables(Content.CONFIGURATION) | list_tables(Content.PEOPLE)
    wrong = [
        f"{name} to {each.referred_table.name}"
        for name in sorted(cloned)
        for each in metadata.tables[name].foreign_key_constraints
        if not any(column.nullable for column in each.columns)
        and not is_provided(get_content(metadata.tables[name]), each.referred_table)
    ]
    assert wrong == []
