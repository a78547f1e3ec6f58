"""What a run changes is kept, so that it can be undone: the values before and after."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import ObjectChange, RowKind
from domain.sync_runs.kept_values import NO_VERSION, VALUE, VERSION, keep, keep_waiting
from domain.sync_runs.model import SyncRun, SyncRunChange, SyncRunChangeKind, SyncRunType

CREATED, FIELD = SyncRunChangeKind.CREATED, SyncRunChangeKind.FIELD
Place = tuple[UUID, SyncRunChangeKind, str, date | None]


async def keep_changes(
    work: Work, run: SyncRun, kind: RowKind, changes: Sequence[ObjectChange]
) -> None:
    """Keep what rows of a run have changed, after it is written with its versions."""
    if not changes:
        return
    await work.flush()
    ids = list(dict.fromkeys(each.aggregate.id for each in changes))
    stored = await work.find_records(SyncRunChange, sync_run_id=[run.id] * len(ids), object_id=ids)
    keeping = _Keeping(run, kind, {_get_place(each): each for each in sorted(stored, key=_get_id)})
    for each in changes:
        keeping.add(each)
    work.write_records(
        added=[*keeping.added.values()],
        changed=[*keeping.changed.values()],
        removed=keeping.removed,
    )


@dataclass
class _Keeping:
    """The changes that are kept of the objects of some rows, the newest at each place."""

    run: SyncRun
    kind: RowKind
    stored: dict[Place, SyncRunChange]
    added: dict[UUID, SyncRunChange] = field(default_factory=dict)
    changed: dict[UUID, SyncRunChange] = field(default_factory=dict)
    removed: list[SyncRunChange] = field(default_factory=list)

    def add(self, change: ObjectChange) -> None:
        """Keep one change. Of an object that the run created, the fields need not be kept."""
        aggregate = change.aggregate
        created = self.stored.get((aggregate.id, CREATED, "", None))
        if change.version is None:
            self._put(aggregate.id, CREATED, after=keep(None, **{VERSION: aggregate.version}))
        else:
            followed = follow_versions(
                self.stored.values(), {aggregate.id: (change.version, aggregate.version)}
            )
            self.changed |= {each.id: each for each in followed if each.id not in self.added}
        for name in {**change.waiting_before, **change.waiting_after}:
            before, after = (
                keep_waiting(each.get(name, ()))
                for each in (change.waiting_before, change.waiting_after)
            )
            self._put(aggregate.id, SyncRunChangeKind.WAITING, name, before=before, after=after)
        if change.source_version is not None:
            id, was, now = change.source_version
            kind = SyncRunChangeKind.VERSION
            self._put(aggregate.id, kind, str(id), before=keep(was), after=keep(now))
        if created is None and change.version is not None:
            self._add_fields(change)

    def _add_fields(self, change: ObjectChange) -> None:
        aggregate = change.aggregate
        if change.added_reference is not None:
            source, external_id = change.added_reference
            reference = SyncRunChangeKind.REFERENCE
            self._put(aggregate.id, reference, source, after=keep(external_id))
        for each in change.fields:
            before = keep(each.before, **{VERSION: change.version})
            if each.valid_from is not None:
                earlier = self._find_earlier(aggregate.id, each.field, each.valid_from)
                was = before[VALUE]
                before = next((one.before for one in earlier if one.after[VALUE] == was), before)
            after = keep(each.after, **{VERSION: aggregate.version})
            self._put(aggregate.id, FIELD, each.field, each.valid_from, before=before, after=after)

    def _find_earlier(self, id: UUID, name: str, day: date) -> Iterator[SyncRunChange]:
        """Yield the changes of a field from earlier days on, the last day first."""
        days = [place[3] for place in self.stored if place[:3] == (id, FIELD, name) and place[3]]
        for each in sorted((each for each in days if each < day), reverse=True):
            yield self.stored[id, FIELD, name, each]

    def _put(
        self,
        id: UUID,
        kind: SyncRunChangeKind,
        name: str = "",
        day: date | None = None,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any],
    ) -> None:
        """Keep a change as the newest one; one that goes on from an earlier one replaces it."""
        before, earlier = before or keep(None), self.stored.get((id, kind, name, day))
        if earlier is not None and earlier.after[VALUE] == before[VALUE]:
            before = earlier.before
            if earlier.after.get(VERSION) != after.get(VERSION):  # somebody else came between
                before = {**before, VERSION: NO_VERSION}
            if self.added.pop(earlier.id, None) is None:
                self.removed.append(earlier)
        made = SyncRunChange(
            tenant_id=self.run.tenant_id,
            sync_run_id=self.run.id,
            type=SyncRunType(self.kind.aggregate.NAME),
            object_id=id,
            kind=kind,
            field=name,
            valid_from=day,
            before=before,
            after=after,
        )
        self.stored[id, kind, name, day] = self.added[made.id] = made


def _get_place(change: SyncRunChange) -> Place:
    return change.object_id, change.kind, change.field, change.valid_from


def _get_id(change: SyncRunChange) -> UUID:
    return change.id


def follow_versions(
    records: Iterable[SyncRunChange], versions: Mapping[UUID, tuple[int, int]]
) -> list[SyncRunChange]:
    """Let records name the new versions of objects, which the run itself has changed again.

    `versions` are those before and after, by object. Return the records that are changed.
    """
    followed = list[SyncRunChange]()
    for each in records:
        before, after = versions.get(each.object_id, (0, 0))
        if each.after.get(VERSION) == before and before != after:
            each.after = {**each.after, VERSION: after}
            followed.append(each)
    return followed


async def forget_object(work: Work, id: UUID) -> None:
    """Forget what runs changed about somebody who is erased."""
    found = await work.find_records(SyncRunChange, object_id=[id])
    work.write_records(removed=found)


async def follow_merge(work: Work, old_id: UUID, new_id: UUID) -> None:
    """Let what runs changed about a duplicate be about the person who stays.

    A version of the duplicate says nothing about that person, whom no run has to end for it.
    """
    found = await work.find_records(SyncRunChange, object_id=[old_id])
    for each in found:
        each.object_id = new_id
        if VERSION in each.after:
            each.after = {**each.after, VERSION: NO_VERSION}
    work.write_records(changed=found)
