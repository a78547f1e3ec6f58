"""A tenant whose deletion was scheduled is kept until the day, and then nothing of it is left."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from api import workers
from api.commands import tenant_deletions, tenant_operations, tenants
from api.commands.database_url import Database
from api.identity.receipts import render_public_key, sign_receipt, verify_receipt
from api.settings import Settings
from api.telemetry.metrics import Metrics
from domain.kernel.errors import Code, Invalid, NotFound, StateConflict
from domain.kernel.identity import TenantId, generate_id
from domain.platform import operations
from domain.tenants import TenantStatus
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.kernel.pools import open_connection
from persistence.tenant_lifecycle import erasing
from tests.factories.databases import a_database
from tests.factories.rows import a_row_of_everything
from tests.factories.tenant_exports import export_rows

pytestmark = pytest.mark.anyio

MARK = f"canary{generate_id().hex}"
SELECT_SLUG = "SELECT slug FROM directory.tenants WHERE id = $1"
SELECT_STATUS = "SELECT status FROM directory.tenants WHERE id = $1"
SELECT_TABLES = """
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n
ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN ('public', 'directory') ORDER BY 1
"""
COUNT_MARKED = "SELECT count(*) FROM {} t WHERE strpos(t::text, $1) > 0"
ADD_JOURNAL_CLOCK = "INSERT INTO tenant_clocks (tenant_id, clock, number) VALUES ($1, 'journal', 1)"


def ignore_progress(*_: object) -> None:
    pass


@pytest.fixture
def here(addresses: DatabaseUrls) -> Database:
    return Database(addresses.serving, addresses.owner)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(directory=tmp_path)


@pytest.fixture
async def slug(owner: asyncpg.Connection, tenant_id: TenantId) -> str:
    """Fill every table of a tenant, and return its slug."""
    await a_row_of_everything(owner, tenant_id, MARK)
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute(ADD_JOURNAL_CLOCK, tenant_id)
    return str(await owner.fetchval(SELECT_SLUG, tenant_id))


@pytest.fixture
async def superuser(addresses: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    url = get_superuser_url(addresses.owner)
    if url is None:
        pytest.skip("This server has no superuser that we know.")
    async with open_connection(url) as connection:
        yield connection


async def find_traces(superuser: asyncpg.Connection, *words: str) -> set[str]:
    """Return the tables, of all tenants and the directory, in which a row contains a word."""
    names = [row["name"] for row in await superuser.fetch(SELECT_TABLES)]
    return {
        name
        for name in names
        for word in words
        if await superuser.fetchval(COUNT_MARKED.format(name), word)
    }


async def test_nothing_of_an_erased_tenant_is_left_but_its_receipt(
    here: Database,
    settings: Settings,
    superuser: asyncpg.Connection,
    tenant_id: TenantId,
    slug: str,
    tmp_path: Path,
) -> None:
    key = settings.ballot_key_folder / str(tenant_id) / f"{generate_id()}.key"
    key.parent.mkdir(parents=True)
    key.write_text("secret")
    assert len(await find_traces(superuser, MARK)) > 90
    await tenant_deletions.schedule_deletion(here, slug, 0)
    rows = await export_rows(here, slug, tmp_path / "export")

    erasure = await tenant_deletions.erase_tenant(here, settings, slug, ignore_progress)

    assert await find_traces(superuser, MARK) == set()
    kept = {"directory.erasures", "directory.platform_audit_log"}
    assert await find_traces(superuser, str(tenant_id)) == kept
    assert not key.parent.exists()
    statement = json.loads(verify_receipt(settings, erasure.receipt or ""))
    expected = {name: len(each) for name, each in rows.items()}
    expected["journal"] += 1  # the export
    assert statement["tables"] == expected
    assert statement["rows"] == sum(expected.values())
    assert statement["tenant"] == {"id": str(tenant_id), "slug": slug}
    assert statement["ballot_keys"] == "destroyed"
    with pytest.raises(NotFound):
        await tenant_deletions.schedule_deletion(here, slug)
    found = await tenant_deletions.find_deletion(here, slug)
    assert found.receipt == erasure.receipt


async def test_an_interrupted_erasure_goes_on_and_counts_each_row_once(
    here: Database,
    settings: Settings,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
    slug: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        for number in range(4):
            await owner.execute(
                "INSERT INTO free_days (tenant_id, id, day) VALUES ($1, $2, $3)",
                tenant_id,
                generate_id(),
                datetime(2031, 1, 1 + number, tzinfo=UTC).date(),
            )
    monkeypatch.setattr(erasing.erase_rows, "__kwdefaults__", {"batch_size": 2})
    await tenant_deletions.schedule_deletion(here, slug, 0)

    def interrupt(_: str, done: int, total: int) -> None:
        if done == total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await tenant_deletions.erase_tenant(here, settings, slug, interrupt)
    with pytest.raises(StateConflict, match="being erased"):
        await tenant_deletions.cancel_deletion(here, slug)
    erasure = await tenant_deletions.erase_tenant(here, settings, slug, ignore_progress)

    tables = json.loads(verify_receipt(settings, erasure.receipt or ""))["tables"]
    assert {name: count for name, count in tables.items() if count != 1} == {
        "free_days": 5,
        "journal": 2,
        "tenant_clocks": 2,
    }


async def test_a_tenant_is_kept_until_its_day_and_the_deletion_can_be_cancelled(
    here: Database,
    settings: Settings,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
    slug: str,
    tmp_path: Path,
) -> None:
    await tenants.suspend_tenant(here, slug)
    erasure = await tenant_deletions.schedule_deletion(here, slug, 30)
    before = await export_rows(here, slug, tmp_path / "before")

    with pytest.raises(StateConflict, match="is kept until"):
        await tenant_deletions.erase_tenant(here, settings, slug, ignore_progress)
    with pytest.raises(StateConflict):
        await tenant_deletions.schedule_deletion(here, slug, 0)
    with pytest.raises(StateConflict, match="Cancel the deletion"):
        await tenants.resume_tenant(here, slug)
    early = erasure.due_at - timedelta(seconds=1)
    done = await tenant_deletions.erase_due(here, settings, ignore_progress, now=early)
    assert slug not in [each.slug for each in done]
    after = await export_rows(here, slug, tmp_path / "after")
    assert len(after.pop("journal")) == len(before.pop("journal")) + 1  # the export
    assert {**after, "tenant_clocks": None} == {**before, "tenant_clocks": None}

    assert await tenant_deletions.cancel_deletion(here, slug) is TenantStatus.SUSPENDED
    assert await owner.fetchval(SELECT_STATUS, tenant_id) == "suspended"
    with pytest.raises(StateConflict, match="No deletion"):
        await tenant_deletions.cancel_deletion(here, slug)
    with pytest.raises(StateConflict, match="Schedule its deletion first"):
        await tenant_deletions.erase_tenant(here, settings, slug, ignore_progress)


async def test_workers_erase_what_is_due_and_go_on_after_an_outage(
    here: Database,
    settings: Settings,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
    slug: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await tenant_deletions.schedule_deletion(here, slug, 0)
    outages = iter([ConnectionRefusedError()])

    erased = asyncio.Event()

    async def erase(*arguments: Any) -> Any:
        for each in outages:
            raise each
        done = await tenant_deletions.erase_due(*arguments)
        if slug in [each.slug for each in done]:
            erased.set()
        return done

    monkeypatch.setattr(workers, "HOUSEKEEPING_INTERVAL", 0.01)
    monkeypatch.setattr(workers, "erase_due", erase)
    async with workers.run_workers(settings, here, Metrics()), asyncio.timeout(60):
        await erased.wait()

    assert await owner.fetchval(SELECT_STATUS, tenant_id) is None
    found = await tenant_deletions.find_deletion(here, slug)
    assert json.loads(verify_receipt(settings, found.receipt or ""))["tenant"]["slug"] == slug


async def test_workers_without_the_owners_address_erase_nothing(
    here: Database,
    settings: Settings,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
    slug: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await tenant_deletions.schedule_deletion(here, slug, 0)
    monkeypatch.setattr(workers, "HOUSEKEEPING_INTERVAL", 0.01)
    async with workers.run_workers(settings, Database(here.serving_url), Metrics()):
        await asyncio.sleep(0.2)
    assert await owner.fetchval(SELECT_STATUS, tenant_id) == "closing"
    await tenant_deletions.cancel_deletion(here, slug)


@pytest.mark.parametrize("days", [-1, 366])
async def test_a_grace_period_has_limits(
    here: Database, owner: asyncpg.Connection, tenant_id: TenantId, slug: str, days: int
) -> None:
    with pytest.raises(Invalid) as refused:
        await tenant_deletions.schedule_deletion(here, slug, days)
    assert (refused.value.code, refused.value.field) == (Code.OUT_OF_RANGE, ("days",))
    assert await owner.fetchval(SELECT_STATUS, tenant_id) == "active"


async def do_operation(database: Database, settings: Settings, begin: Any, *given: Any) -> None:
    """Begin an operation without an operator, and do it as a worker."""
    async with tenants.open_platform_work(database) as work:
        operation = await begin(work, *given)
    done = await tenant_operations.run_next(database, settings)
    assert done is not None
    assert done.id == operation.id


async def test_a_tenant_that_operators_have_moved_is_erased_from_all_databases(
    here: Database, addresses: DatabaseUrls, owner: asyncpg.Connection, settings: Settings
) -> None:
    slug = f"tenant-{generate_id()}"
    async with a_database(addresses, "north") as north:
        both = Database(here.serving_url, here.owner_url, {"north": north})
        tenant = await tenants.create_tenant(both, settings, slug, "North", None)
        await do_operation(both, settings, operations.move_tenant, slug, "north")
        location = "SELECT database FROM directory.tenants WHERE id = $1"
        assert await owner.fetchval(location, tenant.id) == "north"
        await tenant_deletions.schedule_deletion(both, slug, 0)

        done = await tenant_deletions.erase_due(both, settings, ignore_progress)

        assert slug in [each.slug for each in done]
        async with open_connection(north.required_owner_url) as connection:
            for table in ("tenants", "queues", "erasures"):
                count = await connection.fetchval(f"SELECT count(*) FROM directory.{table}")
                assert (table, count) == (table, 0)
    assert await owner.fetchval(SELECT_STATUS, tenant.id) is None


def test_a_receipt_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    own, other = Settings(directory=tmp_path / "own"), Settings(directory=tmp_path / "other")
    receipt = sign_receipt(own, {"rows": 3})
    header, _, signature = receipt.split(".")
    forged = sign_receipt(other, {"rows": 4}).split(".")[1]

    assert json.loads(verify_receipt(other, receipt, render_public_key(own).encode())) == {
        "rows": 3
    }
    with pytest.raises(Invalid, match="another key signed it"):
        verify_receipt(other, receipt)
    with pytest.raises(Invalid, match="was changed"):
        verify_receipt(own, f"{header}.{forged}.{signature}")
    refusals: list[tuple[Any, ...]] = [
        (own, "nonsense", None, "This is not a receipt"),
        (own, receipt, b"nonsense", "no Ed25519 key"),
    ]
    for settings, text, key, sentence in refusals:
        with pytest.raises(Invalid, match=sentence):
            verify_receipt(settings, text, key)
