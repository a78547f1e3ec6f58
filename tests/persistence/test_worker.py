"""Workers run what was enqueued: after its commit, once at a time, for all tenants in turn."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.errors import Invalid
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.tenants import TenantStatus
from persistence.kernel.location import TenantMoved
from persistence.tenant_move import Place, freeze, thaw
from persistence.worker import Worker
from tests.conftest import OpenWork
from tests.factories.actors import an_actor
from tests.factories.tenants import a_registered_tenant
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

# -- enqueuing and running ------------------------------------------------------------------------


async def test_a_task_runs_after_the_commit_of_its_cause(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    worker = new_worker()
    async with work(an_actor(tenant_id)) as open:
        open.enqueue(a_task("North"))
        await open.write_tasks()
        await work_off(worker)
        assert recorder.runs == []

    await work_off(worker)

    assert recorder.runs == [(tenant_id, "North")]
    assert await fetch_tasks(owner, tenant_id) == []
    assert await count_units(work, tenant_id) == 1


async def test_a_task_is_forgotten_with_its_cause(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    with pytest.raises(Invalid):
        async with work(an_actor(tenant_id)) as open:
            open.enqueue(a_task())
            await open.write_tasks()
            raise Invalid("No.")

    assert await fetch_tasks(owner, tenant_id) == []
    await work_off(new_worker())
    assert recorder.runs == []


async def test_trellis_itself_has_only_the_permissions_of_the_kind(
    new_worker: Callable[..., Worker], recorder: Recorder, work: OpenWork, tenant_id: TenantId
) -> None:
    await enqueue(work, tenant_id, a_task())

    await work_off(new_worker())

    (actor,) = recorder.actors
    assert (actor.tenant_id, actor.person_id, actor.member_id) == (tenant_id, None, None)
    assert actor.grants == {Grant(Permission.KPIS_READ)}


async def test_a_task_waits_for_its_moment(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    worker = new_worker()
    tomorrow = await owner.fetchval("SELECT now() + interval '1 day'")
    await enqueue(work, tenant_id, a_task(not_before=tomorrow))
    await work_off(worker)
    assert recorder.runs == []

    await update_tasks(owner, tenant_id, "due_at = now()")
    await work_off(worker)

    assert recorder.runs == [(tenant_id, "")]


async def test_tasks_with_one_key_are_one_task(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    tomorrow = await owner.fetchval("SELECT now() + interval '1 day'")
    await enqueue(work, tenant_id, a_task("A", key="k", not_before=tomorrow))
    await enqueue(work, tenant_id, a_task("B", key="k"), a_task("C", key="k"), a_task("D"))

    await work_off(new_worker())

    assert sorted(recorder.runs) == [(tenant_id, "C"), (tenant_id, "D")]


async def test_a_running_task_that_is_enqueued_again_runs_again(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    worker, other = new_worker(), new_worker()
    recorder.may_end.clear()
    await enqueue(work, tenant_id, a_task("A", key="k"))
    await worker.take_turns()
    await recorder.has_begun.wait()

    await enqueue(work, tenant_id, a_task("B", key="k"))
    await other.take_turns()
    assert recorder.runs == [(tenant_id, "A")]
    recorder.may_end.set()
    await worker.drain()
    await work_off(other)

    assert recorder.runs == [(tenant_id, "A"), (tenant_id, "B")]
    assert await fetch_tasks(owner, tenant_id) == []


# -- several workers and tenants ------------------------------------------------------------------


async def test_two_workers_never_run_one_task_at_once(
    new_worker: Callable[..., Worker], recorder: Recorder, work: OpenWork, tenant_id: TenantId
) -> None:
    outcomes: list[str] = []
    workers = [
        new_worker(slots=3, report=lambda _kind, outcome: outcomes.append(outcome))
        for _ in range(3)
    ]
    recorder.may_end.clear()
    names = {f"Unit {number}" for number in range(20)}
    await enqueue(work, tenant_id, *(a_task(each) for each in names))

    await asyncio.gather(*(each.take_turns() for each in workers))
    recorder.may_end.set()
    await asyncio.gather(*(work_off(each) for each in workers))

    assert outcomes == ["ok"] * len(names)
    assert sorted(name for _, name in recorder.runs) == sorted(names)
    assert await count_units(work, tenant_id) == len(names)


async def test_a_tenant_with_many_tasks_delays_nobody(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    worker = new_worker(slots=2)
    await enqueue(work, tenant_id, *(a_task(f"Unit {number}") for number in range(30)))
    for _ in range(3):
        await worker.take_turns()
        await worker.drain()
    late = await a_registered_tenant(owner)
    await enqueue(work, late, a_task("First"), a_task("Second"), a_task("Third"))
    before = len(recorder.runs)

    await work_off(worker)

    later = [tenant for tenant, _ in recorder.runs[before:]]
    assert later.count(late) == 3
    assert later[:6].count(late) == 3
    assert later.count(tenant_id) == 30 - before


async def test_receivers_that_never_answer_take_no_slot_of_others(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    """Tenants whose calls last for ever: other tasks run, and others' calls too."""
    worker, calls = new_worker(slots=2), Recorder()
    worker.handlers = {**worker.handlers, "call": TaskHandler(calls.run, calls_others=True)}
    calls.may_end.clear()
    late = await a_registered_tenant(owner)
    many = [BackgroundTask("call", {"name": f"Call {number}"}) for number in range(20)]
    await enqueue(work, tenant_id, *many, a_task("Own"))
    for _ in range(3):
        await worker.take_turns()
    await enqueue(work, late, BackgroundTask("call"), *(a_task(f"Late {n}") for n in range(5)))
    async with asyncio.timeout(20):
        for _ in range(10):
            await worker.take_turns()
        while len(recorder.runs) < 6 or len(calls.runs) < 2:  # noqa: ASYNC110 - tasks fill them
            await asyncio.sleep(0.01)

    assert [tenant for tenant, _ in calls.runs] == [tenant_id, late]
    assert [tenant for tenant, _ in recorder.runs].count(late) == 5
    calls.may_end.set()
    await worker.drain()
    await work_off(worker)
    assert [tenant for tenant, _ in calls.runs].count(tenant_id) == 20


async def test_who_was_served_long_comes_later(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    """A task of two seconds counts as much as three short ones."""
    worker, late = new_worker(slots=1), await a_registered_tenant(owner)
    recorder.may_end.clear()
    await enqueue(work, tenant_id, a_task("Long"), a_task("A"))
    await enqueue(work, late, a_task("First"), a_task("Second"))
    asyncio.get_running_loop().call_later(2.1, recorder.may_end.set)
    await work_off(worker)

    assert [name for _, name in recorder.runs] == ["Long", "First", "Second", "A"]


async def test_a_suspended_tenant_and_one_that_has_moved_wait(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    worker = new_worker()
    await enqueue(work, tenant_id, a_task())
    for change in (f"status = '{TenantStatus.SUSPENDED}'", "status = 'active', database = 'north'"):
        await owner.execute(f"UPDATE directory.tenants SET {change} WHERE id = $1", tenant_id)
        await work_off(worker)
        assert recorder.runs == []

    await owner.execute("UPDATE directory.tenants SET database = NULL WHERE id = $1", tenant_id)
    await work_off(worker)

    assert recorder.runs == [(tenant_id, "")]


async def test_nothing_of_the_queue_changes_while_a_tenant_moves(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    worker, place = new_worker(), Place("home", owner, owner)
    recorder.may_end.clear()
    await enqueue(work, tenant_id, a_task("A"))
    await worker.take_turns()
    await recorder.has_begun.wait()
    await enqueue(work, tenant_id, a_task("B"))
    before = await fetch_tasks(owner, tenant_id)

    await freeze(place, tenant_id)
    recorder.may_end.set()
    await worker.drain()
    await work_off(worker)
    with pytest.raises(TenantMoved):
        await enqueue(work, tenant_id, a_task("C"))

    assert await fetch_tasks(owner, tenant_id) == before
    await thaw(place, tenant_id)
    await update_tasks(owner, tenant_id, "due_at = now()")
    await work_off(worker)
    assert await count_units(work, tenant_id) == 2


async def test_a_tenant_without_a_row_in_the_directory_is_found(
    new_worker: Callable[..., Worker],
    recorder: Recorder,
    work: OpenWork,
    owner: asyncpg.Connection,
    tenant_id: TenantId,
) -> None:
    """A tenant that was restored or moved has tasks, and no row yet."""
    await enqueue(work, tenant_id, a_task())
    await owner.execute("DELETE FROM directory.queues WHERE tenant_id = $1", tenant_id)

    await work_off(new_worker())

    assert recorder.runs == [(tenant_id, "")]
