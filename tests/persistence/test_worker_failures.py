"""What a worker does about failures and crashes, at intervals, and when it is stopped."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.errors import Invalid
from domain.kernel.identity import TenantId
from persistence.embedded import DatabaseUrls
from persistence.queue import leases, listing
from persistence.queue.directory import read_totals
from persistence.worker import Worker
from tests.conftest import OpenWork
from tests.factories.actors import an_admin
from tests.persistence.worker_support import (
    Recorder,
    a_task,
    count_units,
    enqueue,
    fetch_tasks,
    update_tasks,
    work_off,
)

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
KILLED_WORKER = """
import asyncio, sys
from domain.kernel.access import EVERYBODY
from domain.kernel.actions import Action
from domain.kernel.background_tasks import TaskHandler
import persistence.registry
from persistence.kernel.pools import create_write_pool
from persistence.worker import Worker
from tests.factories.organizations import an_organization

async def stop_halfway(work, **_):
    await work.add(an_organization(work.actor.tenant_id, "Half"), to=Action("add", EVERYBODY))
    await work.flush()
    print("halfway", flush=True)
    await asyncio.sleep(600)

async def main():
    async with await create_write_pool(sys.argv[1]) as pool:
        await Worker(pool, {"units.add": TaskHandler(stop_halfway)}).run()

asyncio.run(main())
"""


# -- failures -------------------------------------------------------------------------------------


async def test_a_failed_task_leaves_nothing_and_is_tried_again_later(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    worker = new_worker()
    recorder.error = RuntimeError("Mara")
    await enqueue(work, tenant_id, a_task())
    await work_off(worker)

    (failed,) = await fetch_tasks(owner, tenant_id)
    assert (failed["state"], failed["attempt"], failed["lease_id"]) == ("waiting", 1, None)
    assert failed["last_error"] == "RuntimeError"
    assert failed["due_at"] - failed["enqueued_at"] < 2 * leases.BASE_DELAY + timedelta(seconds=60)
    assert await count_units(work, tenant_id) == 0

    recorder.error = None
    await update_tasks(owner, tenant_id, "due_at = now()")
    await work_off(worker)
    assert await count_units(work, tenant_id) == 1
    assert await fetch_tasks(owner, tenant_id) == []


async def test_a_task_that_always_fails_is_dead_until_a_person_retries_it(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    pool: asyncpg.Pool,
    tenant_id: TenantId,
) -> None:
    worker = new_worker()
    recorder.error = Invalid("No.")
    await enqueue(work, tenant_id, a_task())
    for _ in range(leases.MAX_ATTEMPTS):
        await update_tasks(owner, tenant_id, "due_at = now()")
        await work_off(worker)

    (dead,) = await fetch_tasks(owner, tenant_id)
    assert (dead["state"], dead["attempt"]) == ("dead", leases.MAX_ATTEMPTS)
    assert dead["last_error"] == "INVALID"
    await update_tasks(owner, tenant_id, "due_at = now()")
    await work_off(worker)
    assert len(recorder.runs) == leases.MAX_ATTEMPTS
    slug = f"tenant-{tenant_id}"
    assert listing.QueueCounts(slug, 0, 1) in await listing.list_queues(owner)
    assert (await read_totals(owner)).dead >= 1

    recorder.error = None
    async with work(an_admin(tenant_id)) as open:
        assert await listing.revive(await open.get_connection(), tenant_id) == 1
    await work_off(worker)
    assert await count_units(work, tenant_id) == 1
    assert await fetch_tasks(owner, tenant_id) == []


async def test_a_worker_that_lost_its_lease_changes_nothing(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    slow, other = new_worker(), new_worker()
    recorder.may_end.clear()
    await enqueue(work, tenant_id, a_task())
    await slow.take_turns()
    await recorder.has_begun.wait()
    await update_tasks(owner, tenant_id, "due_at = now()")  # the lease has ended
    await other.take_turns()

    recorder.may_end.set()
    await slow.drain()
    await other.drain()

    assert len(recorder.runs) == 2
    assert await count_units(work, tenant_id) == 1
    assert await fetch_tasks(owner, tenant_id) == []


async def test_the_task_of_a_killed_worker_runs_again(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    addresses: DatabaseUrls,
    tenant_id: TenantId,
) -> None:
    worker = new_worker()
    await enqueue(work, tenant_id, a_task())
    command = [sys.executable, "-c", KILLED_WORKER, addresses.serving]
    killed = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert killed.stdout is not None
    assert await killed.stdout.readline() == b"halfway\n"
    killed.kill()
    await killed.wait()
    assert await count_units(work, tenant_id) == 0
    await work_off(worker)
    assert recorder.runs == []

    await update_tasks(owner, tenant_id, "due_at = now()")  # the lease has ended
    await work_off(worker)

    assert recorder.runs == [(tenant_id, "")]
    assert await count_units(work, tenant_id) == 1
    assert await fetch_tasks(owner, tenant_id) == []


async def test_a_task_whose_workers_all_die_is_dead(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    await enqueue(work, tenant_id, a_task())
    await update_tasks(owner, tenant_id, f"state = 'running', attempt = {leases.MAX_ATTEMPTS}")

    await work_off(new_worker())

    (dead,) = await fetch_tasks(owner, tenant_id)
    assert (dead["state"], dead["last_error"]) == ("dead", leases.CRASHED)
    assert recorder.runs == []


async def test_a_kind_of_a_newer_release_waits(
    new_worker: Callable[..., Worker],
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    await enqueue(work, tenant_id, BackgroundTask("later.kind"))

    await work_off(new_worker())

    (waiting,) = await fetch_tasks(owner, tenant_id)
    assert (waiting["state"], waiting["last_error"]) == ("waiting", "UNKNOWN_KIND")


# -- intervals and the end ------------------------------------------------------------------------


async def test_what_is_run_at_intervals_is_run_for_every_tenant(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    owner: asyncpg.Connection,
    writing: asyncpg.Pool,
    tenant_id: TenantId,
) -> None:
    new_worker()
    worker = Worker(writing, {"units.add": TaskHandler(recorder.run, interval_hours=24)})
    await update_tasks(owner, tenant_id, "due_at = now()")

    await work_off(worker)
    await work_off(worker)

    assert recorder.runs == [(tenant_id, "")]
    (waiting,) = await fetch_tasks(owner, tenant_id)
    wait = await owner.fetchval("SELECT $1 - now()", waiting["due_at"])
    assert timedelta(hours=23) < wait <= timedelta(hours=24)
    assert (waiting["state"], waiting["attempt"]) == ("waiting", 0)


async def test_a_worker_that_is_stopped_lets_its_tasks_end(
    new_worker: Callable[..., Worker], recorder: Recorder, work: OpenWork, tenant_id: TenantId
) -> None:
    worker = new_worker()
    recorder.may_end.clear()
    await enqueue(work, tenant_id, a_task())
    running = asyncio.create_task(worker.run())
    await recorder.has_begun.wait()

    worker.stopping.set()
    await enqueue(work, tenant_id, a_task("Late"))
    recorder.may_end.set()
    await running

    assert recorder.runs == [(tenant_id, "")]
    assert await count_units(work, tenant_id) == 1
