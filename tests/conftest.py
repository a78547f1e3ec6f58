"""One server and one schema for the whole run; every test that writes has its own tenant."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import asyncpg
import pytest

from domain.kernel.access import EVERYBODY, Actor
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from persistence.distribution import distribute
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import (
    PLATFORM_ROLE,
    connect,
    create_read_pool,
    create_write_pool,
    derive_role_url,
    derive_serving_url,
    open_connection,
)
from persistence.kernel.schema.migrations import migrate
from persistence.unit_of_work import work as unit
from persistence.unit_of_work.ballot_keys import keep_ballot_keys
from tests.factories.actors import NOW, an_admin
from tests.factories.issuers import keep_fake_services
from tests.factories.tenants import a_registered_tenant, a_tenant

pytest_plugins = (
    "tests.leaks.leak_detector",
    "tests.leaks.fixtures",
    "tests.distributed.statement_recorder",
)

SaveAggregates = Callable[..., Awaitable[None]]
OpenWork = Callable[[Actor], AbstractAsyncContextManager[unit.Work]]

SAVE = Action("keep", EVERYBODY)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Share one event loop among all asynchronous tests of a run."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _issuer_services() -> None:
    """Fetch no keys of real providers. An application that a test opens has its own services."""
    keep_fake_services()


MEMORY = Path("/dev/shm")
PATIENCE = {
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}


def be_patient(url: str) -> str:
    """Return the address with long limits, because a busy machine must not fail a test.

    The limits of the serving role itself hold in the servers that tests start.
    """
    return f"{url}{'&' if '?' in url else '?'}{urlencode(PATIENCE)}"


@pytest.fixture(scope="session", autouse=True)
def _ballot_keys() -> Iterator[None]:
    """Keep the keys of surveys in a folder of this run, in memory if there is some.

    Each key waits for the disk, and many tests make some.
    """
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        keep_ballot_keys(Path(folder), ["The secret of this run."])
        yield


@pytest.fixture(scope="session")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseUrls]:
    """Provide a migrated database: TRELLIS_TEST_DATABASE_URL, or an embedded one."""
    given = os.environ.get("TRELLIS_TEST_DATABASE_URL")
    if given:
        migrate(given)
        asyncio.run(distribute(given))
        yield DatabaseUrls(
            owner=given,
            serving=derive_serving_url(given),
            platform=derive_role_url(given, PLATFORM_ROLE),
        )
        return
    home: Path = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(home, is_durable=False) as started:
        migrate(started.owner)
        yield started


@pytest.fixture(scope="session")
async def owner(addresses: DatabaseUrls, anyio_backend: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect as the role that owns the schema."""
    connection = await connect(addresses.owner)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def pool(addresses: DatabaseUrls, anyio_backend: str) -> AsyncIterator[asyncpg.Pool]:
    """Open the read pool of the serving role, to which row-level security applies."""
    pool = await create_read_pool(be_patient(addresses.serving))
    assert not await pool.fetchval(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
async def writing(addresses: DatabaseUrls, anyio_backend: str) -> AsyncIterator[asyncpg.Pool]:
    """Open the pool of units of work, as the serving role."""
    url = be_patient(addresses.serving)
    async with await create_write_pool(url, max_size=20, command_timeout=60) as pool:
        yield pool


@pytest.fixture
async def tenant_id(owner: asyncpg.Connection) -> TenantId:
    """Register a new tenant."""
    return await a_registered_tenant(owner)


@pytest.fixture
def work(writing: asyncpg.Pool) -> OpenWork:
    """Return a function that opens a unit of work for an actor."""

    def opened(actor: Actor, **more: Any) -> AbstractAsyncContextManager[unit.Work]:
        return unit.work(writing, actor, now=NOW, request_id="a-test", **more)

    return opened


@pytest.fixture
def keep(work: OpenWork, tenant_id: TenantId) -> SaveAggregates:
    """Return a function that stores aggregates in one transaction, without checking access."""

    async def kept(*aggregates: Aggregate) -> None:
        async with work(an_admin(tenant_id)) as open:
            for each in aggregates:
                await open.add(each, to=SAVE)

    return kept


@pytest.fixture
async def settled(keep: SaveAggregates, tenant_id: TenantId) -> TenantId:
    """Register a tenant with settings."""
    await keep(a_tenant(tenant_id))
    return tenant_id


LONGEST = (
    "tests/mutation/",
    "tests/id_attacks/",
    "tests/api/test_serve_command.py",
    "tests/resilience/",
    "tests/access_equivalence/",
)
"""The tests that run first, so that no worker waits for them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    marked = [(each, each.get_closest_marker("plain_postgresql")) for each in items]
    if any(marker for _, marker in marked) and _is_distributed():
        for item, marker in marked:
            if marker:
                item.add_marker(pytest.mark.skip(reason=marker.args[0]))


def _is_distributed() -> bool:
    """Return whether the tests run on an existing Citus."""

    async def find_kind(url: str) -> EngineKind:
        async with open_connection(url) as connection:
            return connection.engine_kind

    url = os.environ.get("TRELLIS_TEST_DATABASE_URL")
    return url is not None and asyncio.run(find_kind(url)) is EngineKind.CITUS


def pytest_collection_finish() -> None:
    """Keep the collected tests from the garbage collector, which takes long to walk them."""
    gc.collect()
    gc.freeze()
