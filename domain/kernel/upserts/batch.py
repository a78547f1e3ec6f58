"""The run of an upsert: all rows in memory, each as a step, and one write at the end.

A row that is refused is undone alone. Rows are tried again while others succeed, because a row may
depend on one that comes later. If unique values or a loop refuse rows at the end, all is undone and
run again without these rows, so that nothing rests on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from domain.kernel.errors import Invalid, LimitExceeded, Refusal
from domain.kernel.rows import RowOutcome, RowResult, RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.applied import Applied
from domain.kernel.upserts.applying import RowApplier
from domain.kernel.upserts.batch_work import BatchWork
from domain.kernel.upserts.changes import ObjectChange
from domain.kernel.upserts.claims import RowClaim, clear_passed_values, find_conflicts
from domain.kernel.upserts.declaration import RowKind
from domain.kernel.upserts.known_objects import Kinds, KnownObjects
from domain.kernel.upserts.ordering import order_rows
from domain.kernel.upserts.owned_fields import leave_owned_fields
from domain.kernel.upserts.records import SourceVersion
from domain.kernel.upserts.rows import Row
from domain.kernel.upserts.waiting import group_by_object

MAX_ROWS = 250
MAX_ROUNDS = 12
"""How often a batch is run again without rows that were refused at its end."""
MAX_PASSES = 8
"""How often refused rows are tried again after others have succeeded."""
NO_OBJECT = UUID(int=0)
"""Stands for the object of a row that has none."""


class UpsertMode(StrEnum):
    """What a refused row means for the others."""

    PER_ROW = "per_row"
    ALL_OR_NOTHING = "all_or_nothing"


async def upsert(  # noqa: PLR0913 - the options of callers
    work: Work,
    kind: RowKind,
    kinds: Kinds,
    rows: Sequence[Row],
    *,
    mode: UpsertMode = UpsertMode.PER_ROW,
    is_dry_run: bool = False,
    owners: Mapping[str, str] | None = None,
    changes: list[ObjectChange] | None = None,
    keeps_steps: bool = True,
) -> RowResults:
    """Apply rows, and return the outcome of each in the order of the rows.

    The objects of the result are those of the rows, in their order. `owners` are the sources that
    own fields, by their names. What is stored is added to `changes`. Without `keeps_steps` the
    caller may still undo all of it.
    """
    batch_work = BatchWork(work)
    applying = RowApplier(cast(Work, batch_work), kind, KnownObjects(kinds))
    applying.keeps_changes, applying.owners = changes is not None, owners or {}
    batch = _Batch(batch_work, applying, rows)
    await batch.load()
    await batch.run()
    results = [batch.get_result(each) for each in rows]
    is_refused = any(each.outcome is RowOutcome.REJECTED for each in results)
    are_stored = not (is_dry_run or (is_refused and mode is UpsertMode.ALL_OR_NOTHING))
    if are_stored:
        batch.write_records()
        if changes is not None:
            changes += batch.list_changes()
        if keeps_steps:
            work.keep_steps()
    else:
        await work.undo_steps_after(batch.first_step)
    return RowResults(results, [batch.get_object_id(each) for each in rows], are_stored)


class _Batch:
    """The rows of one call, and what became of them in the present round."""

    def __init__(self, batch_work: BatchWork, applying: RowApplier, rows: Sequence[Row]) -> None:
        self.batch_work = batch_work
        self.work = applying.work
        self.kind = applying.kind
        self.applying = applying
        self.known = applying.known
        self.rows = rows
        self.first_step = self.work.step_count
        self.refused = dict[int, Sequence[Refusal]]()
        """Why rows are refused in all rounds."""
        self.warnings = dict[int, Sequence[Refusal]]()
        self.failed = dict[int, Sequence[Refusal]]()
        self.applied = dict[int, Applied]()

    async def load(self) -> None:
        """Load what the rows name, and refuse the rows that name nothing, or what others name."""
        await self.work.lock_tree(self.kind.aggregate.NAME)
        await self.known.load(self.work, self.kind, self.rows)
        await self.applying.versions.load(self.work, self.kind, self.known, self.rows)
        await self.applying.waiting.load(self.work, self.kind, self.known, self.rows)
        if self.kind.tree:
            ids = self.known.found.get(self.kind.aggregate, {})
            await self.batch_work.load_tree(self.kind.tree, ids)
        for row in self.rows:
            if refusal := await self.applying.find_refusal(row):
                faults = [refusal]  # who may not change the object learns no more
            else:
                faults = [*row.faults] or self.applying.normalize(row)
                faults = faults or await self.applying.find_name_faults(row)
            if not faults and not self.applying.register(row):
                faults = [self.applying.build_repeated(row)]
            if faults:
                self.refused[row.index] = faults
            else:
                self.warnings[row.index] = await leave_owned_fields(self.applying, row)

    async def run(self) -> None:
        """Apply the rows that are not refused, until no row rests on one that is."""
        for _ in range(MAX_ROUNDS):
            self._reset()
            self.work.begin_step()
            passing = await self._check_planned_values()
            ordered = await self._order()
            await self._apply_all(ordered)
            conflicts = await self._find_final_conflicts()
            # These still have the value that they were written without.
            conflicts |= {index: self.failed[index] for index in passing & self.failed.keys()}
            if not conflicts:
                return
            self.refused.update(conflicts)
            await self.work.undo_steps_after(self.first_step)
            self.batch_work.forget_locks()
        raise LimitExceeded(
            "Too many of these rows depend on rows that are refused. Send fewer rows.", "rows"
        )

    def get_result(self, row: Row) -> RowResult:
        """Return the outcome of a row."""
        faults = self.refused.get(row.index) or self.failed.get(row.index)
        if faults:
            return RowResult(RowOutcome.REJECTED, faults=faults)
        result, warnings = self.applied[row.index].result, self.warnings[row.index]
        return replace(result, warnings=warnings) if warnings else result

    def get_object_id(self, row: Row) -> UUID:
        """Return the id of the object of a row; one of no object where there is none."""
        if row.index in self.applied:
            id: UUID = self.applied[row.index].aggregate.id
            return id
        target = self.applying.targets.get(row.index)
        return NO_OBJECT if target is None else UUID(int=target.id.int)

    def write_records(self) -> None:
        """Store the newer versions of the rows that were applied, and what waits after them."""
        added, changed = list[SourceVersion](), list[SourceVersion]()
        for index, each in self.applied.items():
            newer, before = self._find_versions(index, each.aggregate)
            if newer is not None:
                (added if before is None else changed).append(newer)
        self.work.write_records(added=added, changed=changed)
        waiting_changes = [each.waiting for each in self.applied.values()]
        self.work.write_records(
            added=[one for each in waiting_changes for one in each.added],
            removed=[one for each in waiting_changes for one in each.removed],
        )

    def list_changes(self) -> list[ObjectChange]:
        """Return what the applied rows change, with what waits and the versions of the rows."""
        found = [one for each in self.applied.values() for one in each.changes]
        by_id = dict[UUID, ObjectChange]()
        for each in found:
            by_id.setdefault(each.aggregate.id, each)
        waiting_changes = [each.waiting for each in self.applied.values()]
        removed = group_by_object(one for each in waiting_changes for one in each.removed)
        added = group_by_object(one for each in waiting_changes for one in each.added)
        for id, change in by_id.items():
            change.waiting_before, change.waiting_after = removed.get(id, {}), added.get(id, {})
        for index, applied in self.applied.items():
            newer, before = self._find_versions(index, applied.aggregate)
            if newer is not None:
                own = by_id.get(applied.aggregate.id)
                if own is None:  # the row gives a newer version, and no other value
                    own = ObjectChange(applied.aggregate, applied.aggregate.version)
                    found.append(own)
                own.source_version = newer.id, before, newer.source_version
        return found

    def _find_versions(self, index: int, aggregate: Any) -> tuple[SourceVersion | None, str | None]:
        """Return the newer version that an applied row stores, and the one that is stored."""
        versions, row = self.applying.versions, self.rows[index]
        return versions.build_newer(row, aggregate), versions.find(row)

    def _reset(self) -> None:
        self.failed.clear()
        self.applied.clear()
        self.known.made.clear()
        self.batch_work.open_claims.clear()
        self.batch_work.known = dict(self.known.found.get(self.kind.aggregate, {}))
        self.applying.in_memory = self.batch_work.known

    async def _order(self) -> list[Row]:
        waiting = [each for each in self.rows if each.index not in self.refused]
        parents = {each.index: await self._find_parent_row(each) for each in waiting}
        ordered, loops = order_rows(waiting, lambda row: parents[row.index], self._parent_path)
        self.failed.update({index: [fault] for index, fault in loops.items()})
        return ordered

    @property
    def _parent_path(self) -> str:
        field = self.kind.fields_by_name.get(self.kind.parent)
        return field.path if field else ""

    async def _find_parent_row(self, row: Row) -> Row | None:
        parent = await self.applying.find_parent_row(row)
        is_left_out = parent is not None and parent.index in self.refused
        return None if is_left_out else parent

    async def _apply_all(self, ordered: Sequence[Row]) -> None:
        waiting = list(ordered)
        for _ in range(MAX_PASSES):
            refused = [each for each in waiting if not await self._apply(each)]
            if not refused or len(refused) == len(waiting):
                return
            waiting = refused[::-1]

    async def _apply(self, row: Row) -> bool:
        """Apply a row as a step; return whether it was applied."""
        self.work.begin_step()
        claim_count, known_count = len(self.batch_work.open_claims), len(self.batch_work.known)
        try:
            applied = await self.applying.apply(row)
        except Refusal as refusal:
            self.failed[row.index] = self.applying.list_faults(refusal)
            await self.work.undo_step()
            self.batch_work.forget_locks()
            del self.batch_work.open_claims[claim_count:]
            while len(self.batch_work.known) > known_count:
                self.batch_work.known.popitem()
            return False
        self.failed.pop(row.index, None)
        self.applied[row.index] = applied
        applied.claims = self.batch_work.open_claims[claim_count:]
        if row.name.reference:
            self.known.made[self.kind.aggregate, *row.name.reference] = applied.aggregate
        return True

    async def _check_planned_values(self) -> set[int]:
        """Refuse rows with values that others will have, before anything is written.

        Return the indexes of the rows that give their value to another one.
        """
        waiting = [each for each in self.rows if each.index not in self.refused]
        planned = {
            unique: [
                claim for row in waiting if (claim := await self.applying.plan_claim(row, unique))
            ]
            for unique in self.kind.unique
        }
        for unique, claims in planned.items():
            if unique.is_locked:
                held = sorted({unique.fold(each.value) for each in claims if each.value})
                await self.work.lock_values(unique.attribute, held)
            for index, fault in (await find_conflicts(self.work, unique, claims)).items():
                absent = self.applying.find_absent_fields(self.rows[index])
                self.refused[index] = [*self.refused.get(index, absent), fault]
        passing = set[int]()
        for unique, claims in planned.items():
            accepted = [each for each in claims if each.index not in self.refused]
            passing |= await clear_passed_values(self.work, unique, accepted)
        return passing

    async def _find_final_conflicts(self) -> dict[int, Sequence[Refusal]]:
        conflicts = dict[int, Sequence[Refusal]]()
        for unique in self.kind.unique:
            claims = list[RowClaim]()
            for index, each in self.applied.items():
                if each.claims or each.result.outcome is not RowOutcome.UNCHANGED:
                    claims += each.list_claims(index, unique, self.work.actor.today)
            found: dict[int, Invalid] = dict(await find_conflicts(self.work, unique, claims))
            conflicts.update({index: [fault] for index, fault in found.items()})
        return conflicts
