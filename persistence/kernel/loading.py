"""Loading: an aggregate with its parts and collected ids, all in one statement.

A part comes as a row within the row of its whole, in the binary form of its columns.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

from persistence.kernel.images import Image
from persistence.kernel.mapping import KEPT, Kept, Parts
from persistence.kernel.tables import Collection, Word

Read = Callable[[Any], Any]


@cache
def selection(kept: Kept) -> str:
    """The statement that finds all of a kind in the tenant `$1`; its rows are called `it`."""
    return (
        f"SELECT {', '.join(_expressions(kept, 'it'))} FROM {kept.table.name} it"
        " WHERE it.tenant_id = $1"
    )


@cache
def listed(kept: Kept, place: int) -> str:
    """The statement that finds those whose ids are in the parameter at this place, as rows."""
    return (
        f"SELECT ROW({', '.join(_expressions(kept, 'it'))})"
        f" FROM unnest(${place}::uuid[]) named (id)"
        f" JOIN {kept.table.name} it ON it.tenant_id = $1 AND it.id = named.id"
    )


def made(kept: Kept, row: Sequence[Any]) -> tuple[Any, Image]:
    """What such a row holds, as the domain has it, and the image of that."""
    reads = _reads(kept)
    values = tuple(
        value if read is None or value is None else read(value)
        for read, value in zip(reads, row, strict=False)
    )
    attributes = dict(zip(_names(kept), values, strict=True))
    others = iter(row[len(reads) :])
    parts, collected = [], []
    for name, listed in kept.parts.items():
        them = [made(KEPT[listed.kind], each) for each in next(others)]
        attributes[name] = [thing for thing, _ in them]
        parts.append({thing.id: image for thing, image in them})
    for name in kept.collected:
        attributes[name] = set(next(others))
        collected.append(frozenset(attributes[name]))
    return kept.kind(**attributes), Image(values, tuple(parts), tuple(collected))


def _expressions(kept: Kept, row: str) -> Iterator[str]:
    for column in kept.columns:
        yield f"{row}.{column.name}"
    for listed in kept.parts.values():
        yield f"ARRAY({_parts(listed, row)})"
    for found in kept.collected.values():
        yield f"ARRAY({_links(found, row)})"


def _parts(listed: Parts, whole: str) -> str:
    row = f"{whole}s"
    newest = " DESC" if listed.newest_only else ""
    order = ", ".join(f"{row}.{column}{newest}" for column in listed.order)
    return (
        f"SELECT ROW({', '.join(_expressions(KEPT[listed.kind], row))})"
        f" FROM {listed.table.name} {row}"
        f" WHERE {row}.tenant_id = $1 AND {row}.{listed.by} = {whole}.id"
        f" ORDER BY {order}{' LIMIT 1' if listed.newest_only else ''}"
    )


def _links(found: Collection, whole: str) -> str:
    return (
        f"SELECT link.{found.of} FROM {found.links.name} link"
        f" WHERE link.tenant_id = $1 AND link.{found.by} = {whole}.id"
    )


@cache
def _names(kept: Kept) -> tuple[str, ...]:
    return tuple(column.name for column in kept.columns)


@cache
def _reads(kept: Kept) -> tuple[Read | None, ...]:
    """How each column is read."""
    return tuple(map(_of_column, kept.columns))


def _of_column(column: Column[Any]) -> Read | None:
    match column.type:
        case Word(words=words):
            return words
        case JSONB():
            return json.loads
        case _:
            return None
