"""The values that an object had before a run, and those that cannot be given back to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.kernel.upserts import NamedObject, Row, RowField, RowKind, find_value
from domain.sync_runs.kept_values import NO_VERSION, VALUE, VERSION, decode, encode
from domain.sync_runs.model import SyncRunChange, SyncRunChangeKind

Values = dict[str, Any]


@dataclass
class ObjectPlan:
    """What is done to undo the changes of one object.

    `rows` are values by the day from which they hold, the first day first; `conflicts` the fields
    that have changed since, with None for the object itself. Then `is_left` says that nothing is
    undone. `others` are the changes beside fields: references, versions and what waits. `version`
    is that of the object now, and `first_version` the one before the run, if only the run has
    changed the object since.
    """

    target: Any
    version: int
    rows: list[tuple[date | None, Values]] = field(default_factory=list)
    conflicts: list[str | None] = field(default_factory=list)
    others: list[SyncRunChange] = field(default_factory=list)
    first_version: int | None = None
    is_created: bool = False
    is_left: bool = False

    def gives(self, name: str) -> bool:
        """Return whether a field gets a value from before."""
        return any(name in values for _, values in self.rows)

    def leave(self) -> None:
        """Undo nothing of the object."""
        self.is_left, self.rows, self.others = True, [], []


def plan_object(
    kind: RowKind, target: Any, changes: Sequence[SyncRunChange], today: date
) -> ObjectPlan:
    """Return what is done to undo changes of an object, as it is now."""
    created = next((each for each in changes if each.kind is SyncRunChangeKind.CREATED), None)
    fields = [each for each in changes if each.kind is SyncRunChangeKind.FIELD]
    plan = ObjectPlan(target, target.version, is_created=created is not None)
    plan.others = [each for each in changes if each is not created and each not in fields]
    if all(each.after.get(VERSION) == target.version for each in fields):  # nobody else came since
        first = min((each.before.get(VERSION, NO_VERSION) for each in fields), default=NO_VERSION)
        plan.first_version = first or None
    if created is None:
        _plan_fields(plan, kind, fields, today)
    elif target.version == created.after[VERSION]:
        plan.rows = [(None, dict(kind.end(target, today)))]
    else:
        plan.conflicts.append(None)
        plan.leave()
    return plan


def _plan_fields(
    plan: ObjectPlan, kind: RowKind, fields: Sequence[SyncRunChange], today: date
) -> None:
    """Plan the values from before, where the values are still those of the run.

    Where a verb cannot change the past, the last value from before holds from today on. Of several
    changes on one day the newest counts: somebody has changed the field between them.
    """
    latest = dict[tuple[str, date | None], SyncRunChange]()
    for each in sorted(fields, key=lambda each: (each.valid_from or date.min, each.id)):
        is_late = each.valid_from is not None and each.field not in kind.restorable
        day = max(each.valid_from or today, today) if is_late else each.valid_from
        latest[each.field, day] = each
    open_ones, changed = dict[tuple[str, date | None], SyncRunChange](), set[str]()
    for (name, day), each in latest.items():
        present = encode(_read(kind.fields_by_name[name], plan.target, day, today))
        is_begun = name != kind.started_by or each.after.get(VERSION) == plan.target.version
        if present == each.after[VALUE] and is_begun:
            open_ones[name, day] = each
        elif present != each.before[VALUE]:
            changed.add(name)
    if _is_lossy(kind, latest):
        changed.add(kind.started_by)
    left = {*changed, *(kind.together if changed & {*kind.together} else ())}
    plan.conflicts += [kind.fields_by_name[each].path for each in sorted(changed)]
    has_ended = _has_ended(kind, open_ones, left, today)
    rows = dict[date | None, Values]()
    for (name, day), each in open_ones.items():
        is_over = has_ended and day is not None and name not in kind.restorable
        if name not in left and not is_over:
            rows.setdefault(day, {})[name] = decode(kind.fields_by_name[name], each.before)
    plan.rows = _order_rows(kind, rows)


def _is_lossy(kind: RowKind, changes: Mapping[tuple[str, date | None], SyncRunChange]) -> bool:
    """Return whether an object was ended and begun again since, so that more was lost than fields.

    What the end would have ended was ended for good when the object began again.
    """
    started, ended = changes.get((kind.started_by, None)), changes.get((kind.ended_by, None))
    if started is None or ended is None:
        return False
    end = ended.before[VALUE]
    return end is None or bool(end > started.after[VALUE])


def _has_ended(
    kind: RowKind,
    changes: Mapping[tuple[str, date | None], SyncRunChange],
    left: Collection[str],
    today: date,
) -> bool:
    """Return whether the object will be over again: then values from today on need not be given."""
    ended = changes.get((kind.ended_by, None))
    if ended is None or kind.ended_by in left:
        return False
    end = ended.before[VALUE]
    return end is not None and bool(end <= encode(today))


def _order_rows(kind: RowKind, rows: dict[date | None, Values]) -> list[tuple[date | None, Values]]:
    """Return the rows in the order of their days; values without a day come first.

    The end of the object comes last: what has ended cannot be changed.
    """
    undated = rows.pop(None, {})
    ordered = sorted(rows.items(), key=lambda each: each[0] or date.min) or [(None, {})]
    is_end = undated.get(kind.ended_by) is not None
    late = {name for name in undated if is_end and name in kind.together}
    ordered[0][1].update({name: undated[name] for name in undated if name not in late})
    ordered[-1][1].update({name: undated[name] for name in late})
    return [each for each in ordered if each[1]]


def _read(field: RowField, target: Any, day: date | None, today: date) -> Any:
    if day is not None and field.read_timeline is not None:
        return find_value(field.read_timeline(target), day)
    return field.read(target, Row(0, NamedObject(id=target.id), {}, today, valid_from=day))
