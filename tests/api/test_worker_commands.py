"""`trellis worker` and `trellis tasks`, and the metrics of the workers in a serving process."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from api.commands import tasks
from api.commands.database_url import Database
from api.settings import Settings
from api.telemetry.metrics import Metrics
from api.workers import run_workers
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import NotFound
from domain.kernel.identity import TenantId
from persistence.embedded import DatabaseUrls
from persistence.queue import leases
from persistence.queue.listing import ListedTask
from tests.conftest import OpenWork
from tests.factories.actors import an_actor

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = "UNKNOWN_KIND"


@pytest.fixture
def database(addresses: DatabaseUrls) -> Database:
    """Build the URLs of the tests' database."""
    return Database(addresses.serving, addresses.owner)


@pytest.fixture
async def slug(work: OpenWork, owner: asyncpg.Connection, tenant_id: TenantId) -> str:
    """Create a tenant with one task that no handler knows; other tenants have nothing to do."""
    await owner.execute(
        "INSERT INTO directory.queues (tenant_id, next_due_at) SELECT id, '9999-01-01'"
        " FROM directory.tenants ON CONFLICT (tenant_id) DO UPDATE SET next_due_at = '9999-01-01'"
    )
    async with work(an_actor(tenant_id)) as open:
        open.enqueue(BackgroundTask("later.kind"))
    return f"tenant-{tenant_id}"


async def list_later(database: Database, slug: str) -> list[ListedTask]:
    """Return the tasks of the tenant without those that workers run regularly."""
    return [each for each in await tasks.list_tasks(database, slug) if each.kind == "later.kind"]


async def count_dead(database: Database, slug: str) -> int:
    """Return the number of dead tasks that the list of queues shows for the tenant."""
    return sum(each.dead for each in await tasks.list_queues(database) if each.slug == slug)


async def wait_for_error(database: Database, slug: str) -> None:
    """Wait until the task of the tenant was tried."""
    until = time.monotonic() + 240  # a process starts slowly on a busy machine
    while (await list_later(database, slug))[0].last_error is None:
        assert time.monotonic() < until, "No worker has tried the task."
        await asyncio.sleep(0.05)


async def test_a_worker_process_tries_tasks_and_stops_on_sigterm(
    database: Database, slug: str, tmp_path: Path
) -> None:
    variables = {
        "TRELLIS_SERVING_URL": database.serving_url,
        "TRELLIS_DIRECTORY": str(tmp_path),
    }
    kept = {name: value for name, value in os.environ.items() if "TRELLIS" not in name}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api.commands.cli", "worker"),
        cwd=ROOT,
        env=kept | variables,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await wait_for_error(database, slug)
    finally:  # a worker that is left would take the tasks of later tests
        process.send_signal(signal.SIGTERM)
        _, printed = await process.communicate()

    assert process.returncode == 0
    assert b"The worker runs up to 4 tasks at once.\n" in printed
    assert f"outcome={UNKNOWN}".encode() in printed
    (waiting,) = await list_later(database, slug)
    assert (waiting.kind, waiting.state, waiting.attempt) == ("later.kind", "waiting", 1)


async def test_the_workers_of_a_serving_process_are_in_its_metrics(
    database: Database, slug: str, tmp_path: Path
) -> None:
    metrics, settings = Metrics(), Settings(directory=tmp_path)

    async with run_workers(settings, database, metrics):
        await wait_for_error(database, slug)

    page = metrics.render().decode()
    assert 'trellis_background_runs_total{kind="later.kind",outcome="failed"} 1.0' in page
    assert 'trellis_background_tasks{database="home",state="dead"} ' in page
    assert 'trellis_background_delay_seconds{database="home"} ' in page


async def test_a_process_without_slots_runs_nothing(
    database: Database, slug: str, tmp_path: Path
) -> None:
    settings = Settings(directory=tmp_path, background_slots=0)

    async with run_workers(settings, database, Metrics()) as workers:
        await workers[0].take_turns()

    (waiting,) = await list_later(database, slug)
    assert (waiting.attempt, waiting.last_error) == (0, None)


async def test_a_dead_task_is_listed_and_retried(
    database: Database, slug: str, owner: asyncpg.Connection, tenant_id: TenantId, tmp_path: Path
) -> None:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute(
            "UPDATE background_tasks SET attempt = $2 WHERE tenant_id = $1",
            tenant_id,
            leases.MAX_ATTEMPTS - 1,
        )
    async with run_workers(Settings(directory=tmp_path), database, Metrics()) as workers:
        await wait_for_error(database, slug)
        await workers[0].drain()
        await owner.execute(
            "UPDATE directory.queues SET next_due_at = now() WHERE tenant_id = $1", tenant_id
        )
        async with asyncio.timeout(60):
            while await count_dead(database, slug) != 1:  # noqa: ASYNC110 - it counts
                await asyncio.sleep(0.05)

    (dead,) = await list_later(database, slug)
    assert (dead.state, dead.attempt, dead.last_error) == ("dead", leases.MAX_ATTEMPTS, UNKNOWN)
    assert await tasks.retry_tasks(database, slug, dead.id) == 1
    (waiting,) = await list_later(database, slug)
    assert (waiting.state, waiting.attempt) == ("waiting", 0)
    assert await tasks.retry_tasks(database, slug, None) == 0


async def test_an_unknown_tenant_is_named(database: Database) -> None:
    with pytest.raises(NotFound, match="There is no tenant nobody-here"):
        await tasks.list_tasks(database, "nobody-here")
