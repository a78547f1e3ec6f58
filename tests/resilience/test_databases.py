"""Several databases: each tenant is served from its own, and one that fails concerns no other."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from anyio import sleep

from api.commands import issuers, tenant_moves, tenants
from api.commands.database_url import Database
from domain.issuers import IssuerChoice
from domain.kernel.errors import Invalid, NotFound
from domain.tenants import TenantStatus
from persistence.embedded import DatabaseUrls
from persistence.kernel import pools
from persistence.kernel.pools import open_connection, strip_driver
from persistence.kernel.schema.database_role import DatabaseNotReady
from persistence.tenant_registry import TenantRegistry
from tests.api.test_issuer_commands import publish
from tests.factories.databases import a_database
from tests.factories.row_hashes import hash_tables
from tests.resilience.harness import READ_VIEWER, Client, Harness, Outcome, a_trellis
from tests.resilience.installation import ignore_progress
from tests.resilience.proxy import Proxy, Toxic
from tests.resilience.scale import assert_quick

pytestmark = pytest.mark.anyio

UNREACHABLE = (503, "UNAVAILABLE", "1")
TAKE_FOR_PLATFORM = """
INSERT INTO directory.platform_issuers (issuer, audience, algorithms)
VALUES ($1, 'operating', 'ES256')"""


@pytest.fixture(scope="module")
async def home(addresses: DatabaseUrls, anyio_backend: str) -> AsyncIterator[DatabaseUrls]:
    """Create a home database, because other tests configure no others."""
    async with a_database(addresses, "home") as database:
        yield DatabaseUrls(owner=database.required_owner_url, serving=database.serving_url)


@pytest.fixture(scope="module")
async def north(addresses: DatabaseUrls, anyio_backend: str) -> AsyncIterator[Database]:
    async with a_database(addresses, "north") as database:
        yield database


@pytest.fixture(scope="module")
async def proxy(north: Database) -> AsyncIterator[Proxy]:
    async with Proxy(north.serving_url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
async def trellis(
    home: DatabaseUrls,
    north: Database,
    proxy: Proxy,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Harness]:
    """Serve the home database, and `north` through a proxy."""
    async with a_trellis(
        home,
        tmp_path_factory.mktemp("trellis"),
        others={"north": north},
        databases={"north": {"serving_url": proxy.url}},
        pool_size=4,
    ) as trellis:
        yield trellis


async def count_rows(url: str, slug: str) -> int:
    """Count the tables of a database in which the tenant has rows."""
    async with open_connection(url) as connection, connection.transaction():
        record = await TenantRegistry(connection).find_tenant(slug)
        assert record is not None
        hashes = await hash_tables(connection, record.id)
        return sum(each is not None for each in hashes.values())


async def test_a_tenant_of_another_database_has_rows_only_there(
    trellis: Harness, home: DatabaseUrls, north: Database
) -> None:
    client = await trellis.create_client("north")

    changed = await client.create_goal("Above the line")

    assert changed.is_acknowledged
    assert await client.list_titles() == ["Above the line"]
    assert await count_rows(home.owner, client.slug) == 0
    assert await count_rows(north.owner_url or "", client.slug) > 0


async def test_a_command_changes_only_the_named_issuer_of_a_moved_tenant(
    trellis: Harness, home: DatabaseUrls
) -> None:
    """The rows of the others are in the home database alone after a move."""
    slug, database = (await trellis.create_client()).slug, trellis.database
    kept, shared, changed = names = [f"https://{slug}.{each}.example/" for each in "abc"]

    async def register(name: str, *audiences: str, value: str | None = None) -> None:
        claim, key = "org_id" if value else None, f"key_{name[-10]}{value or ''}"
        choice = IssuerChoice("auth0", audiences, (), None, claim, value, key=key)
        await issuers.register(database, slug, name, choice, publish(name))

    async def list_audiences() -> list[tuple[str, str, list[str]]]:
        return [
            (each.name, each.rules.tenant_value, sorted(each.rules.audiences))
            for each in await issuers.list_issuers(database, slug)
            if each.name in names
        ]

    await register(kept, "trellis")
    await register(shared, "trellis", value="org_1")
    await register(changed, "trellis")
    await tenant_moves.move_tenant(database, slug, "north", ignore_progress)
    await register(changed, "new")
    await register(shared, "new", value="org_2")
    before = [(kept, "", ["trellis"]), (shared, "org_1", ["trellis"]), (shared, "org_2", ["new"])]
    assert await list_audiences() == [*before, (changed, "", ["new"])]

    await issuers.remove(database, slug, shared)
    assert await list_audiences() == [before[0], (changed, "", ["new"])]

    async with open_connection(home.owner) as owner:
        await owner.execute(TAKE_FOR_PLATFORM, changed)
        with pytest.raises(Invalid, match="Tenants and the platform would both accept"):
            await register(changed, "operating")
        await owner.execute("DELETE FROM directory.platform_issuers")


async def test_the_list_of_tenants_names_their_databases(trellis: Harness) -> None:
    here, there = await trellis.create_client(), await trellis.create_client("north")

    records = {each.slug: each.database for each in await tenants.list_tenants(trellis.database)}

    assert (records[here.slug], records[there.slug]) == (None, "north")


async def test_a_statement_of_a_tenant_goes_to_its_own_database_alone(
    trellis: Harness, home: DatabaseUrls, north: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    borrowed: list[tuple[str, str]] = []
    borrow = pools.Pool.borrow

    def record_borrowing(pool: Any, tenant_id: Any, timeout: Any) -> Any:
        borrowed.append((str(tenant_id), pool._connect_kwargs["dsn"].rpartition("/")[2]))
        return borrow(pool, tenant_id, timeout)

    here, there = await trellis.create_client(), await trellis.create_client("north")
    ids = {
        each.slug: str(each.id)
        for each in await tenants.list_tenants(trellis.database)
        if each.slug in (here.slug, there.slug)
    }
    await there.execute(READ_VIEWER)
    monkeypatch.setattr(pools.Pool, "borrow", record_borrowing)
    for client in (here, there):
        assert (await client.create_goal("Own")).is_acknowledged
        assert await client.list_titles() == ["Own"]

    places = {slug: {at for who, at in borrowed if who == id} for slug, id in ids.items()}
    names = [pools.strip_driver(each).database for each in (home.serving, north.serving_url)]
    assert [len(each) for each in places.values()] == [1, 1]
    assert str(names[0]) in str(places[here.slug])
    assert str(names[1]) in str(places[there.slug])


@pytest.mark.parametrize("toxic", [Toxic.DOWN, Toxic.RESET, Toxic.BLACK_HOLE])
async def test_an_unreachable_database_concerns_its_own_tenants_only(
    trellis: Harness, proxy: Proxy, toxic: Toxic
) -> None:
    here, there = await trellis.create_client(), await trellis.create_client("north")
    assert (await there.create_goal("Before")).is_acknowledged
    proxy.apply_toxic(toxic)
    try:
        first = await there.execute(READ_VIEWER)
        assert first.status == 503
        await wait_until_failed(trellis, there)

        begun = time.monotonic()
        refused = [await there.execute(READ_VIEWER), await there.create_goal("Lost")]
        served = [await here.execute(READ_VIEWER), await here.create_goal("Kept")]

        assert_quick(time.monotonic() - begun, 1)
        assert [describe(each) for each in refused] == [UNREACHABLE] * 2
        assert [each.status for each in served] == [200, 200]
        ready = await trellis.http.get("/readyz")
        assert (ready.status_code, ready.json()["failedDatabases"]) == (200, 1)
        metrics = (await trellis.http.get("/metrics")).text
        assert 'trellis_database_up{database="north"} 0.0' in metrics
    finally:
        proxy.remove_toxic()
    await trellis.wait_for_recovery(there)
    assert "Lost" not in await there.list_titles()
    assert (await trellis.http.get("/readyz")).json() == {"status": "ok", "failing": {}}


async def wait_until_failed(trellis: Harness, client: Client) -> None:
    """Send requests until the process has noticed that the database is gone."""
    until = time.monotonic() + 20
    while "failedDatabases" not in (await trellis.http.get("/readyz")).json():
        assert time.monotonic() < until
        await client.execute(READ_VIEWER)
        await sleep(0.05)


def describe(outcome: Outcome) -> tuple[int, str | None, str | None]:
    return outcome.status, outcome.code, outcome.retry_after


async def test_a_suspension_takes_effect_at_once_in_another_database(trellis: Harness) -> None:
    client = await trellis.create_client("north")
    assert (await client.execute(READ_VIEWER)).status == 200

    await tenants.suspend_tenant(trellis.database, client.slug)

    for refused in (await client.execute(READ_VIEWER), await client.create_goal("Never")):
        assert (refused.status, refused.code) == (403, "TENANT_SUSPENDED")
    records = await tenants.list_tenants(trellis.database)
    (status,) = [each.status for each in records if each.slug == client.slug]
    assert status == TenantStatus.SUSPENDED
    await tenants.resume_tenant(trellis.database, client.slug)
    assert await client.list_titles() == []


async def test_a_suspension_that_cannot_reach_the_tenant_changes_nothing(
    trellis: Harness, home: DatabaseUrls
) -> None:
    client = await trellis.create_client("north")
    gone = strip_driver(home.owner).set(database="gone").render_as_string(False)
    database = Database(home.serving, home.owner, {"north": Database(gone, gone)})

    with pytest.raises(Exception, match="gone"):
        await tenants.suspend_tenant(database, client.slug)

    records = await tenants.list_tenants(trellis.database)
    (status,) = [each.status for each in records if each.slug == client.slug]
    assert status == TenantStatus.ACTIVE
    assert (await client.execute(READ_VIEWER)).status == 200


async def test_a_database_that_is_not_configured_is_refused_by_name(trellis: Harness) -> None:
    with pytest.raises(NotFound, match=r"TRELLIS_DATABASES__SOUTH__DATABASE_URL.*home, north"):
        await trellis.create_client("south")


async def test_a_process_without_a_database_of_its_tenants_does_not_start(
    trellis: Harness, home: DatabaseUrls, tmp_path: Path
) -> None:
    await trellis.create_client("north")

    with pytest.raises(DatabaseNotReady, match="TRELLIS_DATABASES__NORTH__SERVING_URL"):
        async with a_trellis(home, tmp_path):
            pass


async def test_a_database_at_another_revision_is_not_served_and_others_are(
    addresses: DatabaseUrls, home: DatabaseUrls, north: Database, tmp_path: Path
) -> None:
    async with a_database(addresses, "old") as old:
        others = {"north": north, "old": old}
        databases = {name: {"serving_url": each.serving_url} for name, each in others.items()}
        async with a_trellis(home, tmp_path, others=others, databases=databases) as trellis:
            clients = [await trellis.create_client(each) for each in ("home", "north", "old")]
            async with open_connection(old.owner_url or "") as connection:
                await connection.execute("UPDATE directory.alembic_version SET version_num = '1'")

            answers = [await each.execute(READ_VIEWER) for each in clients]

            assert [each.status for each in answers] == [200, 200, 503]
            ready = await trellis.http.get("/readyz")
            assert ready.json()["failedDatabases"] == 1
        async with open_connection(home.owner) as owner:
            await owner.execute(
                "UPDATE directory.tenants SET database = NULL WHERE database = 'old'"
            )
