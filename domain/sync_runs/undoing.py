"""Undoing a run: what it changed gets the values from before, the newest change first.

What has changed since stays as it is, and becomes a conflict. One call undoes a part of a large
run; further calls undo the rest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from domain import upserts
from domain.kernel.access import Holds
from domain.kernel.actions import Action
from domain.kernel.errors import Code, NotPermitted, Refusal
from domain.kernel.rows import RowOutcome
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import NamedObject, Row, RowKind
from domain.sync_runs.beside_fields import undo_beside_fields
from domain.sync_runs.changes import follow_versions
from domain.sync_runs.earlier_values import ObjectPlan, plan_object
from domain.sync_runs.model import (
    NEWEST_CHANGES,
    SyncRun,
    SyncRunChange,
    SyncRunChangeKind,
    SyncRunIssue,
    SyncRunType,
)
from domain.sync_runs.recording import LOCK, MAX_ISSUES
from domain.sync_runs.undo_report import (
    CHANGED_SINCE,
    IN_USE,
    UndoConflict,
    UndoneObject,
    UndoOutcome,
    UndoReport,
)
from domain.upserts import PERSON_ROWS, ROW_KINDS

MAX_UNDONE = 100
"""How many changes one call undoes. Ending a new person takes some statements."""
MAX_PASSES = 3
"""How often a call tries changes that were refused again after others."""
MAX_TURNS = 3
"""How many further calls try what was refused, while others are left."""
CHANGED_TYPES = "types_changed_by_run"
PEOPLE_IN_USE = "people_in_use"

KINDS = {SyncRunType(each.aggregate.NAME): each for each in ROW_KINDS.values()}


async def undo(
    work: Work, id: UUID, *, is_dry_run: bool = False, expected_version: int | None = None
) -> tuple[SyncRun, UndoReport]:
    """Undo the newest changes of a run that are not undone yet; say what was undone, and what not.

    With `is_dry_run` nothing is stored. Raises what `Work.get` raises, StateConflict where the
    changes are not kept any more, and NotPermitted.
    """
    await work.lock_value(LOCK, str(id))
    run = await work.get(SyncRun, id, to=SyncRun.UNDO, expected_version=expected_version)
    run.require_undoable(work.now)
    await _require_rights(work, run)
    records = await _find_newest(work, run)
    others = await work.count(SyncRunChange, sync_run_id=run.id) - len(records)
    undoing = _Undoing(work, run)
    again = await undoing.undo(records, is_last=others == 0)
    remaining = others + len(again)
    report = UndoReport(list(undoing.undone.values()), list(undoing.conflicts), remaining)
    if is_dry_run:
        await work.undo_steps_after(0)
        return run, report
    work.keep_steps()
    kept = {each.id for each in again}
    work.write_records(changed=again, removed=[each for each in records if each.id not in kept])
    await undoing.follow_versions({each.id for each in records} - kept)
    await _keep_issues(work, run, report.conflicts)
    run.undo(len(report.undone), len(report.conflicts), is_last=remaining == 0)
    return run, report


async def _find_newest(work: Work, run: SyncRun) -> list[SyncRunChange]:
    """Return the newest changes of a run, the newest first.

    All changed fields of an object stand together, where the newest one is.
    """
    rows = await work.run_statement(NEWEST_CHANGES, run_id=run.id, count=MAX_UNDONE)
    found = await work.find_records(SyncRunChange, id=[id for (id,) in rows])
    ids = list({each.object_id for each in found})
    same = await work.find_records(SyncRunChange, sync_run_id=[run.id] * len(ids), object_id=ids)
    fields = {each.id: each for each in same if each.kind is SyncRunChangeKind.FIELD}
    newest = {each.object_id: each.id for each in sorted(fields.values(), key=lambda each: each.id)}

    def get_place(change: SyncRunChange) -> tuple[UUID, UUID]:
        return newest[change.object_id] if change.id in fields else change.id, change.id

    changes = {each.id: each for each in found} | fields
    return sorted(changes.values(), key=get_place, reverse=True)


async def _require_rights(work: Work, run: SyncRun) -> None:
    """Raise NotPermitted where the actor does not manage all objects of a type in the run."""
    for (type,) in await work.run_statement(CHANGED_TYPES, run_id=run.id):
        for permission in KINDS[SyncRunType(type)].creation_permissions:
            if not await work.is_permitted(run, to=Action("undo", Holds(permission))):
                message = (
                    f"The run changed objects of the type {type.upper()}, and you may not manage"
                    " all of them. Ask somebody who may."
                )
                raise NotPermitted(message)


async def _keep_issues(work: Work, run: SyncRun, conflicts: Sequence[UndoConflict]) -> None:
    kept = await work.count(SyncRunIssue, sync_run_id=run.id) if conflicts else 0
    issues = [
        run.build_issue(each.code, each.external_id, type=each.type, field=each.field)
        for each in conflicts
    ]
    work.write_records(added=issues[: max(MAX_ISSUES - kept, 0)])


@dataclass
class _Undoing:
    """What one call undid of a run, and what it left."""

    work: Work
    run: SyncRun
    undone: dict[UUID, UndoneObject] = field(default_factory=dict)
    conflicts: dict[UndoConflict, None] = field(default_factory=dict)
    _versions: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """The versions of objects before and after."""
    _restored: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """The versions of restored objects before the run, and now that they are equal to it."""

    async def undo(self, records: Sequence[SyncRunChange], *, is_last: bool) -> list[SyncRunChange]:
        """Undo changes, the newest first. What is refused is tried again after the others.

        Return the changes for a further call: unless the call `is_last`, they may be in the way of
        each other.
        """
        waiting, refused = records, dict[UUID, Sequence[Refusal]]()
        for _ in range(MAX_PASSES):
            faults = dict[UUID, Sequence[Refusal]]()
            for type, group in groupby(waiting, key=lambda each: each.type):
                faults |= await self._undo_group(type, [*group])
            has_progressed, refused = faults.keys() != refused.keys(), faults
            waiting = [each for each in records if each.object_id in faults]
            if not (waiting and has_progressed):
                break
        again = [each for each in waiting if not is_last and each.turn > -MAX_TURNS]
        for each in again:
            each.turn -= 1
        postponed = {each.object_id for each in again}
        types = {each.object_id: each.type for each in waiting}
        for id in refused.keys() - postponed:
            (target,) = await self.work.load_all(KINDS[types[id]].aggregate, [id])
            for fault in refused[id]:
                self._add_conflict(types[id], target, ".".join(fault.field) or None, fault.code)
        return again

    async def _undo_group(
        self, type: SyncRunType, records: Sequence[SyncRunChange]
    ) -> dict[UUID, Sequence[Refusal]]:
        """Undo changes of one type; return the faults of the objects that were refused."""
        kind, by_object = KINDS[type], defaultdict[UUID, list[SyncRunChange]](list)
        for each in records:
            by_object[each.object_id].append(each)
        plans = dict[UUID, ObjectPlan]()
        for target in await self.work.load_all(kind.aggregate, [*by_object]):
            changes = by_object[target.id]
            plans[target.id] = plan_object(kind, target, changes, self.work.actor.today)
        for id in by_object.keys() - plans.keys():
            self.conflicts[UndoConflict(type, id, None, None, Code.NOT_FOUND)] = None
        for plan in plans.values():
            for name in plan.conflicts:
                self._add_conflict(type, plan.target, name, CHANGED_SINCE)
        if type is SyncRunType.PERSON:
            await self._leave_people_in_use(plans)
        faults = await self._apply_rows(kind, plans)
        done = [each for id, each in plans.items() if id not in faults and not each.is_left]
        await undo_beside_fields(self.work, self.run, kind, done)
        await self.work.flush()
        for plan in plans.values():
            id, now = plan.target.id, plan.target.version
            self._versions[id] = self._versions.get(id, (plan.version, now))[0], now
        for plan in done:
            self._note(type, plan)
        return faults

    def _note(self, type: SyncRunType, plan: ObjectPlan) -> None:
        """Note that an object was undone."""
        id = plan.target.id
        if plan.rows:
            outcome = UndoOutcome.ENDED if plan.is_created else UndoOutcome.RESTORED
            self.undone[id] = UndoneObject(type, id, outcome)
        if plan.first_version is not None and not plan.conflicts:
            self._restored[id] = plan.first_version, plan.target.version

    async def follow_versions(self, removed: Collection[UUID]) -> None:
        """Let the changes that are left name the versions that objects have now.

        An earlier run then undoes what a later one has changed and given back.
        """
        found = await self.work.find_records(SyncRunChange, object_id=[*self._versions])
        left = [each for each in found if each.id not in removed]
        own = [each for each in left if each.sync_run_id == self.run.id]
        others = [each for each in left if each.sync_run_id != self.run.id]
        followed = [
            *follow_versions(own, self._versions),
            *follow_versions(others, self._restored),
        ]
        self.work.write_records(changed=followed)

    async def _leave_people_in_use(self, plans: dict[UUID, ObjectPlan]) -> None:
        """Leave people whom the run created, and whom others have begun to refer to.

        People who are undone, too, and get another manager by it do not count. Who is left may
        refer to others in turn.
        """
        while created := [id for id, each in plans.items() if each.is_created and not each.is_left]:
            moved = [id for id, each in plans.items() if each.gives(PERSON_ROWS.parent)]
            used = await self.work.run_statement(
                PEOPLE_IN_USE,
                ids=created,
                undone_ids=[*created, *moved],
                today=self.work.actor.today,
            )
            for (id,) in used:
                plans[id].leave()
                self._add_conflict(SyncRunType.PERSON, plans[id].target, None, IN_USE)
            if not used:
                return

    async def _apply_rows(
        self, kind: RowKind, plans: dict[UUID, ObjectPlan]
    ) -> dict[UUID, Sequence[Refusal]]:
        """Give the objects their values from before by the verbs; return what was refused."""
        today = self.work.actor.today
        waiting = [id for id, each in plans.items() if each.rows]
        rows = list[Row]()
        for index, id in enumerate(waiting):
            first, *later = [
                Row(index, NamedObject(id=id), values, today, valid_from=day, undoes=True)
                for day, values in plans[id].rows
            ]
            rows.append(replace(first, later=later))
        results = await upserts.apply_rows(self.work, kind, rows, keeps_steps=False)
        return {
            id: each.faults
            for id, each in zip(waiting, results.rows, strict=True)
            if each.outcome is RowOutcome.REJECTED
        }

    def _add_conflict(self, type: SyncRunType, target: Any, name: str | None, code: str) -> None:
        external_id = _find_external_id(target.references, self.run.source)
        self.conflicts[UndoConflict(type, target.id, external_id, name, code)] = None


def _find_external_id(references: Iterable[Any], source: str) -> str | None:
    return next((each.external_id for each in references if each.source == source), None)
