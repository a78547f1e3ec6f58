"""What rows change, in the form in which it is stored: for those who may undo it later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.upserts.declaration import RowKind, find_value
from domain.kernel.upserts.records import PendingReference
from domain.kernel.upserts.rows import Row


@dataclass(frozen=True)
class FieldChange:
    """A field of an object, and its values before and after.

    `valid_from` is the day from which the values hold; None where they have no day.
    """

    field: str
    valid_from: date | None
    before: Any
    after: Any


@dataclass
class ObjectChange:
    """What a row changes about one object.

    `version` is that of the object before, None for a new one. `source_version` is the id of the
    stored version of the row, with the version before and after.
    """

    aggregate: Any
    version: int | None
    fields: Sequence[FieldChange] = ()
    added_reference: tuple[str, str] | None = None
    waiting_before: Mapping[str, Sequence[PendingReference]] = field(default_factory=dict)
    waiting_after: Mapping[str, Sequence[PendingReference]] = field(default_factory=dict)
    source_version: tuple[UUID, str | None, str] | None = None


@dataclass(frozen=True)
class Snapshot:
    """The values of all fields of an object at one moment, with and without a day."""

    values: Mapping[str, Any]
    timelines: Mapping[str, Mapping[date, Any]]


def take_snapshot(kind: RowKind, target: Any, row: Row) -> Snapshot:
    """Return the values of all fields of an object."""
    values, timelines = dict[str, Any](), dict[str, Mapping[date, Any]]()
    for each in kind.fields_by_name.values():
        if each.read_timeline is None:
            values[each.name] = each.read(target, row)
        else:
            timelines[each.name] = each.read_timeline(target)
    return Snapshot(values, timelines)


def list_field_changes(kind: RowKind, before: Snapshot, target: Any, row: Row) -> list[FieldChange]:
    """Return what has changed about an object since a snapshot; values with a day for each day."""
    after = take_snapshot(kind, target, row)
    found = [
        FieldChange(name, None, before.values[name], now)
        for name, now in after.values.items()
        if before.values[name] != now
    ]
    for name, now in after.timelines.items():
        was = before.timelines[name]
        for day in sorted({**was, **now}) if was != now else ():
            values = find_value(was, day), find_value(now, day)
            if values[0] != values[1]:
                found.append(FieldChange(name, day, *values))
    return found
