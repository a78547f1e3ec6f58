"""Writing: all rows that a unit of work changes, in one statement and so in one trip.

Each kind of change to a table is a part of that statement that takes its rows as arrays, one for
each column, or a single one value by value. Wholes come first, and nothing else is done where the
version of one is not the one that was read. Pointers are followed when everything is done, so that
no table waits for another; what goes is counted, and so leaves its place before anything comes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache, lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import JSONB, dialect

from domain.kernel.errors import VersionConflict
from persistence.kernel.images import Image
from persistence.kernel.mapping import KEPT, STAMPS, Connection, Kept
from persistence.kernel.transaction import entering
from persistence.kernel.translation import STALE

Rows = list[tuple[Any, ...]]


class Turn(IntEnum):
    """What comes before what."""

    WHOLE = 0
    DELETE = 1
    UPDATE = 2
    INSERT = 3


@dataclass(frozen=True, eq=False)
class Change:
    """What is done with rows, as SQL in which `{rows}` are named `r`, and `$1` is the tenant.

    `columns` are the names and types of what a row brings.
    """

    turn: Turn
    sql: str
    columns: tuple[tuple[str, str], ...]

    def of(self, rows: str, conditions: Sequence[str]) -> str:
        """The SQL with these rows, as long as the conditions hold."""
        if conditions:
            rows = f"(SELECT * FROM {rows} AS given WHERE {' AND '.join(conditions)})"
        return self.sql.format(rows=f"{rows} AS r ({', '.join(name for name, _ in self.columns)})")


class Writes:
    """What a unit of work is about to write."""

    def __init__(self) -> None:
        self._rows: dict[Change, Rows] = {}

    def add(self, change: Change, *rows: tuple[Any, ...]) -> None:
        """Write these rows, too."""
        if rows:
            self._rows.setdefault(change, []).extend(rows)

    def follow(self, kind: type, before: Image | None, after: Image | None, at: datetime) -> None:
        """Bring the rows of an aggregate from one image to the other; its parts come and go."""
        kept = KEPT[kind]
        if after is None:
            assert before is not None, "What never was cannot go."
            self.add(_deletion(kept.table), _key(kept.table, kind, before))
            return
        if before is None:
            stamps = (at,) * len(_stamps(kept.table))
            self.add(_insertion(kept.table), (*_sent(kind, after), *stamps))
        elif before.values != after.values:
            stamps = (at,) if _stamps(kept.table) else ()
            names, sent = _to_be_written(kept, before, after), _sent(kind, after)
            values = (sent[kept.places[name]] for name in names)
            self.add(_update(kept.table, names), (after.values[1], *values, *stamps))
        self._follow_parts(kind, before, after, at)
        self._follow_links(kind, before, after)

    def _follow_parts(self, kind: type, before: Image | None, after: Image, at: datetime) -> None:
        for place, listed in enumerate(KEPT[kind].parts.values()):
            was, now = before.parts[place] if before else {}, after.parts[place]
            for id in {**was, **now}:
                if was.get(id) != now.get(id):
                    self.follow(listed.kind, was.get(id), now.get(id), at)

    def _follow_links(self, kind: type, before: Image | None, after: Image) -> None:
        tenant_id, id = after.values[:2]
        for place, found in enumerate(KEPT[kind].collected.values()):
            was, now = before.collected[place] if before else frozenset(), after.collected[place]
            self.add(_deletion(found.links), *((id, each) for each in was - now))
            self.add(_insertion(found.links), *((tenant_id, id, each) for each in now - was))

    @property
    def is_all_or_nothing(self) -> bool:
        """Whether no version can turn out to be stale when another has been written already."""
        return sum(len(rows) for each, rows in self._rows.items() if each.turn is Turn.WHOLE) <= 1

    async def send(self, connection: Connection, tenant_id: UUID) -> None:
        """Write all of it. Raises VersionConflict where somebody else has been there."""
        changes = tuple(sorted(self._rows, key=lambda each: each.turn))
        text = _together(tuple((each, len(self._rows[each]) == 1) for each in changes))
        done = await connection.fetchrow(text, tenant_id, *self._sent(changes))
        assert done is not None, "It counts."
        for each, found in zip(changes, done, strict=False):
            if each.turn is Turn.WHOLE and found < len(self._rows[each]):
                raise VersionConflict(STALE)

    def _sent(self, changes: Sequence[Change]) -> Iterator[Any]:
        for each in changes:
            rows = self._rows[each]
            yield from zip(*rows, strict=True) if rows[1:] else rows[0]


@lru_cache(maxsize=4096)
def _together(changes: Sequence[tuple[Change, bool]]) -> str:
    """The statement for these changes, each with whether it has a single row."""
    place = count(2)
    parts: list[str] = []
    counts: list[str] = []
    all_there: list[str] = []
    for number, (each, is_single) in enumerate(changes):
        many = "" if is_single else "[]"
        sent = [f"${next(place)}::{type_}{many}" for _, type_ in each.columns]
        rows = f"(VALUES ({', '.join(sent)}))" if is_single else f"unnest({', '.join(sent)})"
        change = each.of(rows, all_there)
        if each.turn is not Turn.INSERT:
            change += " RETURNING 1"
            counts.append(f"(SELECT count(*) FROM w{number})")
        if each.turn is Turn.WHOLE:
            all_there.append(f"{counts[-1]} = {1 if is_single else f'cardinality({sent[0]})'}")
        parts.append(f"w{number} AS ({change})")
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)} FROM {entering(1)}"


@cache
def _insertion(table: Table) -> Change:
    columns = _sendable(table)
    names = ", ".join(each.name for each in columns)
    values = ", ".join(map(_received, columns))
    sql = f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {{rows}}"
    return Change(Turn.INSERT, sql, _typed(columns))


@cache
def _update(table: Table, names: Sequence[str]) -> Change:
    """Write these attributes. Versions go up by one, from the one that was read."""
    columns = [table.c[name] for name in ("id", *names, *_stamps(table)[1:])]
    values = ", ".join(f"{each.name} = {_received(each)}" for each in columns[1:])
    sql = (
        f"UPDATE {table.name} SET {values} FROM {{rows}}"
        f" WHERE {table.name}.tenant_id = $1 AND {table.name}.id = r.id"
    )
    if "version" not in table.c:
        return Change(Turn.UPDATE, sql, _typed(columns))
    return Change(Turn.WHOLE, f"{sql} AND {table.name}.version = r.version - 1", _typed(columns))


def _to_be_written(kept: Kept, before: Image, after: Image) -> Sequence[str]:
    """The attribute that is another beside the version; of several all, to keep statements few.

    Without any, only in parts is something different.
    """
    places = kept.places.items()
    different = tuple(name for name, n in places if before.values[n] != after.values[n])
    if sum(name != "version" for name in different) <= 1:
        return different
    return tuple(name for name in kept.places if name not in ("tenant_id", "id"))


@cache
def _deletion(table: Table) -> Change:
    columns = _naming(table)
    sql = f"DELETE FROM {table.name} USING {{rows}} WHERE {table.name}.tenant_id = $1"
    sql += "".join(f" AND {table.name}.{each.name} = r.{each.name}" for each in columns)
    return Change(Turn.WHOLE if "version" in table.c else Turn.DELETE, sql, _typed(columns))


def _naming(table: Table) -> list[Column[Any]]:
    """The columns by which a row is found in its tenant, with the version that was read."""
    keys = [each.name for each in table.primary_key.columns if each.name != "tenant_id"]
    return [table.c[name] for name in (*keys, "version") if name in table.c]


def _key(table: Table, kind: type, image: Image) -> tuple[Any, ...]:
    places = KEPT[kind].places
    return tuple(image.values[places[each.name]] for each in _naming(table))


def _sent(kind: type, image: Image) -> tuple[Any, ...]:
    """The values as they are sent."""
    values = list(image.values)
    for place in _written(KEPT[kind]):
        values[place] = json.dumps(values[place])
    return tuple(values)


@cache
def _written(kept: Kept) -> list[int]:
    return [place for place, each in enumerate(kept.columns) if _is_json(each)]


def _sendable(table: Table) -> list[Column[Any]]:
    """All columns: those of attributes first, in their order, and then the stamps."""
    attributes = [each for each in table.columns if each.name not in STAMPS]
    return attributes + [table.c[name] for name in _stamps(table)]


@cache
def _stamps(table: Table) -> tuple[str, ...]:
    return tuple(name for name in STAMPS if name in table.c)


def _received(column: Column[Any]) -> str:
    return f"r.{column.name}::jsonb" if _is_json(column) else f"r.{column.name}"


def _typed(columns: Sequence[Column[Any]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (each.name, "text" if _is_json(each) else each.type.compile(_DIALECT)) for each in columns
    )


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSONB)


_DIALECT = dialect()  # type: ignore[no-untyped-call]
