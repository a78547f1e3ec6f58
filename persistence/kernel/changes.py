"""Changes: what a unit of work is about to change in an aggregate and its parts, in wire form.

Read from the mapping's own history of attributes, so that no change can be forgotten. A field is
named as in Python; what is said of parts has the form in which the graph shows them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, inspect
from sqlalchemy.orm import Mapper, RelationshipProperty
from sqlalchemy.orm.attributes import History, get_history
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE as UNLOADED

from domain.kernel.aggregate import Aggregate
from persistence.kernel.tables import Word, pointed_at

SILENT = frozenset({"tenant_id", "id", "version", "created_at", "updated_at"})
"""Attributes that say nothing about what happened."""

Changes = dict[str, list[Any]]


def changes_of(aggregate: Aggregate, *, gone: bool = False) -> Changes:
    """Before and after of every attribute that differs; parts are listed only where they differ."""
    return {name: [before, after] for name, before, after in _differences(aggregate, gone=gone)}


def history_of(aggregate: Aggregate, attribute: str) -> tuple[Any, Any]:
    """The value of one attribute before and after."""
    return _before_and_after(get_history(aggregate, attribute, UNLOADED), gone=False)


def _differences(
    thing: Any, *, gone: bool, without: Iterable[str] = ()
) -> Iterable[tuple[str, Any, Any]]:
    state = inspect(thing)
    mapper: Mapper[Any] = state.mapper
    is_same = state.persistent and not state.modified and not gone
    for name, column in () if is_same else _columns(mapper):
        if name not in without:
            before, after = _before_and_after(get_history(thing, name, UNLOADED), gone=gone)
            if before != after:
                yield name, _value(column, before), _value(column, after)
    for name, parts in mapper.relationships.items():
        history = get_history(thing, name, UNLOADED)
        listed = list(_parts(parts, history, gone=gone))
        before = sorted((was for was, _ in listed if was is not None), key=_birth)
        after = sorted((now for _, now in listed if now is not None), key=_birth)
        if before or after:
            yield name.removeprefix("_"), before, after


def _parts(
    relation: RelationshipProperty[Any], history: History, *, gone: bool
) -> Iterable[tuple[Any, Any]]:
    pointers = {str(remote.key) for _, remote in relation.local_remote_pairs or ()}
    for part in history.deleted or ():
        yield _described(part, pointers, gone=True)[0], None
    for part in history.unchanged or ():
        was, now = _described(part, pointers, gone=gone)
        if was != now:
            yield was, None if gone else now
    for part in history.added or ():
        yield None, _described(part, pointers, gone=False)[1]


def _described(part: Any, without: Iterable[str], *, gone: bool) -> tuple[Any, Any]:
    """A part's differences as two objects; a mere link is described by the id that it holds."""
    differences = list(_differences(part, gone=gone, without=without))
    if not differences:
        return None, None
    if not hasattr(part, "id"):
        return differences[0][1:]
    table: Table = inspect(part).mapper.local_table
    itself = {"id": f"{table.info['prefix']}_{part.id}"}
    before = itself | {camel(name): was for name, was, _ in differences}
    after = itself | {camel(name): now for name, _, now in differences}
    return before, after


def _birth(part: Any) -> str:
    """Ids are ordered by time of birth."""
    return str(part["id"] if isinstance(part, dict) else part)


def _before_and_after(history: History, *, gone: bool) -> tuple[Any, Any]:
    before = history.deleted or history.unchanged or (None,)
    after = (None,) if gone else history.added or history.unchanged or (None,)
    return before[0], after[0]


@cache
def _columns(mapper: Mapper[Any]) -> list[tuple[str, Any]]:
    return [
        (attribute.key, attribute.columns[0])
        for attribute in mapper.column_attrs
        if attribute.key not in SILENT
    ]


def _value(column: Column[Any], value: Any) -> Any:
    if isinstance(value, UUID) and column.foreign_keys:
        return f"{pointed_at(column.table, column.key).info['prefix']}_{value}"
    if value is not None and isinstance(column.type, Word):
        return str(value).upper().replace(":", "_")
    match value:
        case Decimal():
            return format(value, "f")
        case date() | datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


def camel(name: str) -> str:
    """A Python name as the graph spells it."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
