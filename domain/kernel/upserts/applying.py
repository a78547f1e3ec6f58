"""One row of an upsert: the object that it names, what differs, and the verbs that apply it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import (
    Code,
    ConcurrentChange,
    Invalid,
    LimitExceeded,
    NotFound,
    NotPermitted,
    Refusal,
    StateConflict,
)
from domain.kernel.faults import FaultCollector, list_faults, raise_faults
from domain.kernel.identity import generate_id
from domain.kernel.rows import Difference, ResolvedReference, RowOutcome, RowResult
from domain.kernel.unique_claims import UniqueField
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.applied import Applied
from domain.kernel.upserts.changes import ObjectChange, Snapshot, list_field_changes, take_snapshot
from domain.kernel.upserts.claims import NewObject, RowClaim, is_free
from domain.kernel.upserts.declaration import Change, RowField, RowKind
from domain.kernel.upserts.differences import list_differences, read_values
from domain.kernel.upserts.known_objects import KnownObjects
from domain.kernel.upserts.owned_fields import is_owned_by_other
from domain.kernel.upserts.rights import (
    FORBIDDEN,
    find_forbidden,
    find_forbidden_deferrals,
    may_know,
    may_know_all,
    may_know_value,
)
from domain.kernel.upserts.rows import NamedObject, Row
from domain.kernel.upserts.versions import Versions
from domain.kernel.upserts.waiting import Waiting, WaitingChanges

UNNAMED = "Name the object by `externalReference` or by `id`."
REPEATED = "An earlier row is about the same object. Send it once."
CLOSES_LOOP = (
    "An earlier DEFERRED row refers to this object and is above it, so this row closes a loop."
    " Change one of the two rows."
)
HIDDEN = "Another object has this external id. Correct the id, or remove it from the other object."


@dataclass
class RowApplier:
    """Applies the rows of one call, one after the other, with what they need."""

    work: Work
    kind: RowKind
    known: KnownObjects
    targets: dict[int, Any] = field(default_factory=dict)
    """The stored object of each row that names one the actor may see."""
    versions: Versions = field(default_factory=Versions)
    waiting: Waiting = field(default_factory=Waiting)
    owners: Mapping[str, str] = field(default_factory=dict)
    """The sources that own fields, by the names of the fields."""
    keeps_changes: bool = False
    """Whether applied rows say what they change, so that it can be undone."""
    in_memory: dict[UUID, Any] = field(default_factory=dict)
    """The objects of the rows by their ids, also those that the present row makes."""
    _rows: dict[Any, Row] = field(default_factory=dict)
    _new_objects: dict[int, NewObject] = field(default_factory=dict)

    async def find_name_faults(self, row: Row) -> list[Refusal]:
        """Find the object of a row, and return what is wrong with its name."""
        name, aggregate = row.name, self.kind.aggregate
        if name.is_empty:
            return [Invalid(UNNAMED, "externalReference", code=Code.REQUIRED)]
        target = await self.known.find(self.work, aggregate, name)
        if target is not None:
            self.targets[row.index] = target
        elif name.id is not None:
            return [_build_missing(aggregate, "id")]
        if target is not None and name.id and name.reference:
            by_reference = NamedObject(None, *name.reference)
            if not await self.known.may_see(self.work, target, by_reference):
                return [NotPermitted(FORBIDDEN, "externalReference")]
        holder = self.known.taken.get((aggregate, *name.reference)) if name.reference else None
        if holder is not None and (target is None or target.id != holder):
            return [Invalid(HIDDEN, "externalReference", "id", code=Code.NOT_UNIQUE)]
        return []

    async def find_refusal(self, row: Row) -> Refusal | None:
        """Return why the actor may not change the object of a row, or None."""
        target = await self.known.find(self.work, self.kind.aggregate, row.name)
        if target is None and row.name.id is not None:
            return _build_missing(self.kind.aggregate, "id")
        return await find_forbidden(self.work, self.kind, target)

    def register(self, row: Row) -> bool:
        """Keep a row by its object; return False where an earlier row has the same one."""
        target = self.targets.get(row.index)
        identity = row.name.reference if target is None else target.id
        return self._rows.setdefault(identity, row) is row

    def build_repeated(self, row: Row) -> Refusal:
        """Return the refusal of a row about the same object as an earlier one."""
        path = "externalReference" if row.name.id is None else "id"
        return Invalid(REPEATED, path, code=Code.NOT_UNIQUE)

    async def find_parent_row(self, row: Row) -> Row | None:
        """Return the row about the parent of a row's object; None for one the actor may not see."""
        named = row.values.get(self.kind.parent)
        if named is None or named.is_empty:
            return None
        target = self.known.get(self.kind.aggregate, named)
        if target is None:
            return self._rows.get(named.reference)
        is_visible = await self.known.may_see(self.work, target, named)
        return self._rows.get(target.id) if is_visible else None

    def normalize(self, row: Row) -> list[Refusal]:
        """Bring the values of a row into the form in which they are stored; return the faults."""
        fields, faults = self.kind.fields_by_name, list[Refusal]()
        for name, value in row.values.items():
            check = fields[name].check
            if check is not None:
                try:
                    row.values[name] = check(value, fields[name].path)
                except (Invalid, LimitExceeded) as fault:
                    faults += list_faults(fault)
        return faults

    async def plan_claim(self, row: Row, unique: UniqueField) -> RowClaim | None:
        """Return the unique value that a row gives, where it changes one.

        None where the actor may not see the value of the object. Then the row is refused later.
        """
        if unique.attribute not in row.values:
            return None
        target, value = self.targets.get(row.index), row.values[unique.attribute]
        if target is None:
            if is_free(unique, row):
                return None
            new = self._new_objects.get(row.index)
            if new is None:
                new = self._new_objects[row.index] = NewObject(generate_id(), row.index)
            return RowClaim(row.index, new, value, None) if value else None
        old = getattr(target, unique.attribute)
        if value == old or not unique.is_held(target, self.work.actor.today):
            return None
        if not await may_know(self.work, unique, target):
            return None
        return RowClaim(row.index, target, value, old)

    def find_absent_fields(self, row: Row) -> list[Refusal]:
        """Return the faults of a row for a new object that lacks required fields."""
        message = "A new object needs this field. Fill it in."
        return [
            Invalid(message, each.path, code=Code.REQUIRED)
            for each in self.kind.fields
            if each.is_required
            and all(row.values.get(name) is None for name in (each.name, *each.alternatives))
            and row.index not in self.targets
        ]

    def list_faults(self, refusal: Refusal) -> list[Refusal]:
        """Return the faults of a refused row, each at its field."""
        if isinstance(refusal, ConcurrentChange):
            raise refusal
        return [each.with_traceback(None) for each in list_faults(refusal)]

    async def apply(self, row: Row) -> Applied:
        """Apply a row. Raises all its faults."""
        target = self.targets.get(row.index)
        if target is None:
            return await self._create(row)
        if self.versions.is_outdated(row) or await self._is_unchanged(row, target):
            return Applied(target, RowResult(RowOutcome.UNCHANGED), self._read_unique(target))
        to = Action("see", self.kind.aggregate.SEE)
        target = await self.work.get(self.kind.aggregate, target.id, to=to)
        old_values, before = self._read_unique(target), read_values(self.kind, target, row)
        version, snapshot = target.version, self._take_snapshot(target, row)
        deferred = list[RowField]()
        values = await self._resolve(row, deferred)
        waiting = [*deferred, *self.waiting.list_waiting(self.kind, target.id, row)]
        faults = await find_forbidden_deferrals(self.work, target, waiting)
        for change in self.kind.changes:
            await self._apply_change(change, target, values, row, faults)
        for each in row.later:
            values = await self._resolve(each, deferred)
            for change in self.kind.changes:
                await self._apply_change(change, target, values, each, faults)
        raise_faults(faults)
        is_named = await self._add_name(target, row)
        differences = await list_differences(self.work, self.kind, self.known, row, before, target)
        outcome = RowOutcome.UPDATED if differences or is_named else RowOutcome.UNCHANGED
        applied = await self._finish(row, target, outcome, differences, deferred, old_values)
        if snapshot is not None:
            fields = list_field_changes(self.kind, snapshot, target, row)
            name = row.name.reference if is_named else None
            own = ObjectChange(target, version, fields, added_reference=name)
            applied.changes = [own, *applied.changes]
        return applied

    async def _is_unchanged(self, row: Row, target: Any) -> bool:
        """Return whether a row has the present values of its object, and nothing waits for it.

        Most rows of a nightly run are such ones. False where the actor may not see everything.
        """
        name, waiting = row.name, self.waiting
        if (
            row.undoes
            or (name.id and name.reference)
            or waiting.list_waiting(self.kind, target.id, row)
            or waiting.named.get(name.reference or ("", ""))
        ):
            return False
        fields = self.kind.fields_by_name
        for given, value in row.values.items():
            field = fields[given]
            if field.complete is not None:
                if not await self.has_value(row, target, given):
                    return False
            elif field.refers_to is None and field.read(target, row) != value:
                return False
        for each in self.kind.references:
            if each.name in row.values and not await self.has_value(row, target, each.name):
                return False
        return await may_know_all(self.work, target)

    async def has_value(self, row: Row, target: Any, name: str) -> bool:
        """Return whether an object has the value of a row in a field."""
        each, value = self.kind.fields_by_name[name], row.values[name]
        if each.refers_to and value is not None:
            found = await self.known.find(self.work, each.refers_to, value)
            if found is None and not value.is_empty:
                return False
            value = None if found is None else found.id
        if each.read(target, row) != each.complete_for(row, target, value):
            return False
        return await may_know_value(self.work, target, each)

    async def _create(self, row: Row) -> Applied:
        faults, values = FaultCollector(self.find_absent_fields(row)), dict[str, Any]()
        deferred = list[RowField]()
        with faults.collect():
            values = await self._resolve(row, deferred)
        faults.raise_all()
        try:
            made = await self.kind.create(self.work, values, replace(row, is_first=True))
        except Refusal as refusal:
            raise_faults([self.kind.locate(each, "") for each in list_faults(refusal)])
            raise
        assert row.name.reference is not None, "A row without an object names one of a source."
        self.in_memory[made.id] = made
        made.add_external_reference(*row.name.reference, "externalReference")
        differences = await list_differences(self.work, self.kind, self.known, row, {}, made)
        old_values: dict[str, str | None] = dict.fromkeys(self._read_unique(made))
        outcome = RowOutcome.CREATED
        applied = await self._finish(row, made, outcome, differences, deferred, old_values)
        applied.changes = [ObjectChange(made, None), *applied.changes]
        return applied

    async def _finish(
        self,
        row: Row,
        aggregate: Any,
        outcome: RowOutcome,
        differences: Sequence[Difference],
        deferred: Sequence[RowField],
        old_values: Mapping[str, str | None],
    ) -> Applied:
        """Give the object to those that waited for it, and return the applied row."""
        is_new = outcome is RowOutcome.CREATED
        waiting_changes = self.waiting.list_changes(row, aggregate, deferred, is_new=is_new)
        changes = list[ObjectChange]()
        resolved = await self._give_to_waiting(row, aggregate, waiting_changes, changes)
        outcome = RowOutcome.DEFERRED if deferred else outcome
        result = RowResult(outcome, differences=differences, resolved=resolved)
        return Applied(aggregate, result, old_values, waiting_changes, changes=changes)

    async def _give_to_waiting(
        self, row: Row, aggregate: Any, waiting_changes: WaitingChanges, changes: list[ObjectChange]
    ) -> list[ResolvedReference]:
        """Let objects refer to this one that have waited for it, where the actor may change them.

        A loop refuses the row; whatever else is in the way leaves the reference waiting. What they
        change is added to `changes`.
        """
        resolved = list[ResolvedReference]()
        for each in self.waiting.named.get(row.name.reference or ("", ""), ()):
            waiting = self.known.found.get(self.kind.aggregate, {}).get(each.object_id)
            own_row = self._rows.get(each.object_id)
            if waiting is None or (own_row is not None and each.field in own_row.values):
                continue
            if is_owned_by_other(self.owners, waiting, each.field, each.source):
                continue
            change = next(one for one in self.kind.changes if each.field in one.fields)
            is_first = each.valid_from is None
            like = replace(row, values={}, valid_from=each.valid_from, is_first=is_first)
            version, snapshot = waiting.version, self._take_snapshot(waiting, like)
            try:
                await change.apply(self.work, waiting, {each.field: aggregate.id}, like)
            except Invalid as refusal:
                if refusal.code is Code.REFERENCE_CYCLE:
                    raise Invalid(
                        CLOSES_LOOP, "externalReference", code=Code.REFERENCE_CYCLE
                    ) from None
            except (NotPermitted, NotFound, StateConflict):
                continue
            else:
                waiting_changes.removed.append(each)
                resolved.append(ResolvedReference(self.kind.aggregate, waiting.id, each.field))
                if snapshot is not None:
                    fields = list_field_changes(self.kind, snapshot, waiting, like)
                    changes.append(ObjectChange(waiting, version, fields))
        return resolved

    async def _apply_change(
        self,
        change: Change,
        target: Any,
        values: Mapping[str, Any],
        row: Row,
        faults: list[Refusal],
    ) -> None:
        fields = self.kind.fields_by_name
        differing = {
            name: values[name]
            for name in change.fields
            if name in values
            and fields[name].complete_for(row, target, values[name])
            != fields[name].read_for(row, target)
        }
        if not differing:
            return
        path = fields[next(iter(differing))].path
        try:
            is_first = self.waiting.is_first(target.id, next(iter(differing)))
            apply = change.undo if row.undoes and change.undo else change.apply
            await apply(self.work, target, differing, replace(row, is_first=is_first))
        except ConcurrentChange:
            raise
        except Refusal as refusal:
            faults += [self.kind.locate(each, path) for each in list_faults(refusal)]

    async def _resolve(self, row: Row, deferred: list[RowField]) -> dict[str, Any]:
        """Return the values of a row, with the ids of what it names. Raises Invalid.

        The fields that wait for an unknown object are added to `deferred`, and have no value.
        """
        values, faults = dict(row.values), FaultCollector()
        for each in self.kind.references:
            named = values.get(each.name)
            if each.refers_to is None or named is None:
                continue
            if named.is_empty:
                values[each.name] = None
                continue
            found = await self.known.find(self.work, each.refers_to, named)
            if found is None and each.defers and named.id is None and named.reference:
                del values[each.name]
                deferred.append(each)
                continue
            with faults.collect():
                if found is None:
                    steps = ("id",) if named.id else ("externalReference", "id")
                    raise _build_missing(each.refers_to, each.path, *steps)
                values[each.name] = found.id
        faults.raise_all()
        return values

    async def _add_name(self, target: Any, row: Row) -> bool:
        """Add the id of the source to an object that the row names by our id; say whether."""
        reference = row.name.reference
        names = {(each.source, each.external_id) for each in target.references}
        if reference is None or row.name.id is None or reference in names:
            return False
        await self.work.require(target, to=self.kind.aggregate.ADD_EXTERNAL_REFERENCE)
        target.add_external_reference(*reference, "externalReference")
        return True

    def _take_snapshot(self, target: Any, row: Row) -> Snapshot | None:
        return take_snapshot(self.kind, target, row) if self.keeps_changes else None

    def _read_unique(self, target: Any) -> dict[str, str | None]:
        return {each.attribute: getattr(target, each.attribute) for each in self.kind.unique}


def _build_missing(kind: type[Aggregate], *path: str) -> Invalid:
    """Return the refusal of an object that there is not, or that the actor may not see."""
    noun = (kind.LABEL or kind.NAME).replace("_", " ")
    advice = "Correct the id." if path == ("id",) else "Correct the id, or send that row first."
    return Invalid(f"There is no such {noun}. {advice}", *path, code=Code.REFERENCE_NOT_FOUND)
