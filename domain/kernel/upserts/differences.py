"""Differences of rows: the fields that a row changes, with their values before and after."""

from collections.abc import Mapping
from typing import Any

from domain.kernel.rows import Difference
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.declaration import RowField, RowKind
from domain.kernel.upserts.known_objects import KnownObjects
from domain.kernel.upserts.rows import NamedObject, Row


def read_values(kind: RowKind, target: Any, row: Row) -> dict[str, Any]:
    """Return the present values of the fields that a row gives."""
    fields = kind.fields_by_name
    return {name: fields[name].read(target, row) for name in row.values}


async def list_differences(
    work: Work, kind: RowKind, known: KnownObjects, row: Row, before: Mapping[str, Any], target: Any
) -> list[Difference]:
    """Return what a row has changed about an object, in the form of the row."""
    found = list[Difference]()
    for name, now in read_values(kind, target, row).items():
        was, field = before.get(name), kind.fields_by_name[name]
        if was == now:
            continue
        if field.is_json:
            found.append(Difference(field.path, *_keep_differences(was or {}, now), None))
            continue
        was = None if was is None else await _show(work, known, field, was)
        after = row.values[name] if field.refers_to else field.show(now)
        found.append(Difference(field.path, was, after, field.refers_to))
    return found


async def _show(work: Work, known: KnownObjects, field: RowField, value: Any) -> Any:
    """Return an earlier value; None of an object that the actor may not see."""
    if field.refers_to is None:
        return field.show(value)
    found = await known.find(work, field.refers_to, NamedObject(id=value))
    return None if found is None else value


def _keep_differences(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values by key that differ, before and after."""
    keys = [each for each in {**before, **after} if before.get(each) != after.get(each)]
    was, now = ({key: each[key] for key in keys if key in each} for each in (before, after))
    return was, now
