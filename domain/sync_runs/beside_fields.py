"""Undoing what a run changed beside fields: references, versions of rows, and what waits."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import RowKind, SourceVersion
from domain.sync_runs.earlier_values import ObjectPlan
from domain.sync_runs.kept_values import VALUE, build_waiting, keep_waiting
from domain.sync_runs.model import SyncRun, SyncRunChange, SyncRunChangeKind


async def undo_beside_fields(
    work: Work, run: SyncRun, kind: RowKind, plans: Sequence[ObjectPlan]
) -> None:
    """Restore references, versions and what waits, where they are still those of the run."""
    work.begin_step()
    for each in plans:
        await _restore_references(work, run, kind, each)
    await _restore_versions(work, [*_list_others(plans, SyncRunChangeKind.VERSION)])
    await _restore_waiting(work, kind, [*_list_others(plans, SyncRunChangeKind.WAITING)])


def _list_others(plans: Sequence[ObjectPlan], kind: SyncRunChangeKind) -> Iterator[SyncRunChange]:
    for plan in plans:
        yield from (each for each in plan.others if each.kind is kind)


async def _restore_references(work: Work, run: SyncRun, kind: RowKind, plan: ObjectPlan) -> None:
    """Remove the references that the run gave an object, unless they were changed since."""
    added = {
        each.field: each.after[VALUE]
        for each in plan.others
        if each.kind is SyncRunChangeKind.REFERENCE
    }
    sources = [
        each.source
        for each in plan.target.references
        if added.get(each.source) == each.external_id
        or (plan.is_created and each.source == run.source)
    ]
    if sources:
        to = kind.aggregate.REMOVE_EXTERNAL_REFERENCE
        target = await work.get(kind.aggregate, plan.target.id, to=to)
        for source in sources:
            target.remove_external_reference(source)


async def _restore_versions(work: Work, changes: Sequence[SyncRunChange]) -> None:
    if not changes:
        return
    found = await work.find_records(SourceVersion, id=[UUID(each.field) for each in changes])
    stored = {str(each.id): each for each in found}
    changed, removed = list[SourceVersion](), list[SourceVersion]()
    for each in changes:
        version = stored.get(each.field)
        if version is None or version.source_version != each.after[VALUE]:
            continue
        before = each.before[VALUE]
        if before is None:
            removed.append(version)
        else:
            version.source_version = before
            changed.append(version)
    work.write_records(changed=changed, removed=removed)


async def _restore_waiting(work: Work, kind: RowKind, changes: Sequence[SyncRunChange]) -> None:
    if not changes:
        return
    found = await work.find_records(
        kind.pending, object_id=sorted({each.object_id for each in changes})
    )
    for each in changes:
        place = each.object_id, each.field
        present = [one for one in found if (one.object_id, one.field) == place]
        if keep_waiting(present) == each.after:
            common = {"tenant_id": each.tenant_id, "object_id": place[0], "field": place[1]}
            added = build_waiting(kind.pending, each.before, **common)
            work.write_records(added=added, removed=present)
