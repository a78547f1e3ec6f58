"""Starting a sync run, and what happens to it later by itself."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.external_references import SOURCE
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.sync_runs.model import (
    ALL_TYPES,
    NEWEST_CHANGES,
    OPEN,
    SyncRun,
    SyncRunChange,
    SyncRunIssue,
    SyncRunKind,
    SyncRunPerson,
    SyncRunRow,
    SyncRunStatus,
    SyncRunType,
)

ABANDON, FORGET = "sync_run.abandon", "sync_run.forget"
MAX_FORGOTTEN = 5_000
"""How many changes of a run one task forgets."""
TIME_TO_FINISH = timedelta(days=1)
TIME_TO_READ = timedelta(days=30)
"""How long issues, the lists of people and what a run changed are kept."""


async def start(
    work: Work,
    source: str,
    kind: SyncRunKind,
    types: Collection[SyncRunType] = ALL_TYPES,
) -> SyncRun:
    """Start a run. Raises Invalid and NotPermitted."""
    assert work.actor.member_id is not None, "Only members start runs."
    run = SyncRun(
        tenant_id=work.actor.tenant_id,
        source=source,
        kind=kind,
        types=tuple(each.value for each in ALL_TYPES if each in types),
        started_by_id=work.actor.member_id,
        undoable_until=work.now + TIME_TO_READ,
    )
    await work.require(run, to=SyncRun.CREATE)
    run.source = check_required(SOURCE, source, "source")
    run.record_event("started")
    await work.add(run, to=SyncRun.CREATE)
    for task, time in ((ABANDON, TIME_TO_FINISH), (FORGET, TIME_TO_READ)):
        work.enqueue(_build_task(task, run.id, work.now + time))
    return run


def _build_task(kind: str, run_id: UUID, at: datetime) -> BackgroundTask:
    return BackgroundTask(kind, {"run_id": str(run_id)}, f"{kind} {run_id}", at)


async def abandon(work: Work, *, run_id: str) -> None:
    """Close a run that nobody has finished in time, and forget which rows it had."""
    for run in await work.load_all(SyncRun, [UUID(run_id)], locks=True):
        if run.status is OPEN:
            run.abandon()
        rows = await work.find_records(SyncRunRow, sync_run_id=[run.id])
        work.write_records(removed=rows)


async def forget(work: Work, *, run_id: str) -> None:
    """Forget what a run changed, its issues and who was missing.

    For a blocked run, issues and people are asked for again later.
    """
    newest = await work.run_statement(NEWEST_CHANGES, run_id=UUID(run_id), count=MAX_FORGOTTEN)
    if newest:
        found = await work.find_records(SyncRunChange, id=[id for (id,) in newest])
        work.write_records(removed=found)
    if len(newest) == MAX_FORGOTTEN:
        work.enqueue(_build_task(FORGET, UUID(run_id), work.now))
        return
    for run in await work.load_all(SyncRun, [UUID(run_id)]):
        if run.status is SyncRunStatus.BLOCKED:
            work.enqueue(_build_task(FORGET, run.id, work.now + TIME_TO_READ))
            return
        for kind in (SyncRunIssue, SyncRunPerson):
            work.write_records(removed=await work.find_records(kind, sync_run_id=[run.id]))


ABANDONING, FORGETTING = TaskHandler(abandon), TaskHandler(forget)
