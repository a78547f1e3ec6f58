"""Changes: what is different between two images of an aggregate, in wire form.

No change can be forgotten, because nobody has to note it down. A field is named as in Python; what
is said of parts has the form in which the graph shows them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Numeric, Uuid

from persistence.kernel.images import Image
from persistence.kernel.mapping import KEPT, Parts
from persistence.kernel.tables import Collection, Word, pointed_at

SILENT = frozenset({"tenant_id", "id", "version"})
"""Attributes that say nothing about what happened."""

Changes = dict[str, list[Any]]
Difference = tuple[str, Any, Any]


def changes_of(kind: type, before: Image | None, after: Image | None) -> Changes:
    """Before and after of every attribute that differs; parts are listed only where they differ."""
    return {name: [was, now] for name, was, now in _differences(kind, before, after)}


def _differences(kind: type, before: Image | None, after: Image | None) -> Iterator[Difference]:
    kept = KEPT[kind]
    for place, name, wire in _telling(kind):
        was = before.values[place] if before else None
        now = after.values[place] if after else None
        if was != now:
            yield name, None if was is None else wire(was), None if now is None else wire(now)
    for place, (name, listed) in enumerate(kept.parts.items()):
        had, has = (image.parts[place] if image else {} for image in (before, after))
        lost, gained = _of_parts(listed, had, has) if had != has else ([], [])
        if lost or gained:  # else there is nothing to be said of what is different
            yield name, lost, gained
    for place, (name, found) in enumerate(kept.collected.items()):
        held, holds = (image.collected[place] if image else _NOTHING for image in (before, after))
        if held != holds:
            yield name, *_of_links(found, held, holds)


_NOTHING: frozenset[UUID] = frozenset()


def _of_parts(
    listed: Parts, before: Mapping[UUID, Image], after: Mapping[UUID, Image]
) -> tuple[list[Any], list[Any]]:
    """Ids are ordered by time of birth, and so are the parts."""
    was, now = [], []
    different = [id for id in {**before, **after} if before.get(id) != after.get(id)]
    for id in sorted(different):
        differences = [
            (camel(name), *values)
            for name, *values in _differences(listed.kind, before.get(id), after.get(id))
            if name != listed.by
        ]
        itself = {"id": f"{listed.table.info['prefix']}_{id}"}
        if differences and id in before:
            was.append(itself | {name: value for name, value, _ in differences})
        if differences and id in after:
            now.append(itself | {name: value for name, _, value in differences})
    return was, now


def _of_links(
    found: Collection, before: frozenset[UUID], after: frozenset[UUID]
) -> tuple[list[str], list[str]]:
    prefix = pointed_at(found.links, found.of).info["prefix"]
    gone, new = before - after, after - before
    return sorted(f"{prefix}_{id}" for id in gone), sorted(f"{prefix}_{id}" for id in new)


@cache
def _telling(kind: type) -> list[tuple[int, str, Callable[[Any], Any]]]:
    """The attributes that say something: the place of each in an image, and its form in JSON."""
    return [
        (place, column.name, _wire(column))
        for place, column in enumerate(KEPT[kind].columns)
        if column.name not in SILENT
    ]


def _wire(column: Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case Uuid() if column.foreign_keys:
            prefix = pointed_at(column.table, column.key).info["prefix"]
            return lambda id: f"{prefix}_{id}"
        case Uuid():
            return str
        case Word():
            return lambda word: str(word).upper().replace(":", "_")
        case Numeric():
            return lambda number: format(number, "f")
        case Date() | DateTime():
            return lambda moment: moment.isoformat()
        case _:
            return lambda value: value


@cache
def camel(name: str) -> str:
    """A Python name as the graph spells it."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
