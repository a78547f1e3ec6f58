"""Loading: an aggregate with its parts and collected ids, all in one statement.

A part comes as a row within the row of its whole, in the binary form of its columns.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

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


def made(kept: Kept, row: Sequence[Any]) -> Any:
    """What such a row holds, as the domain has it."""
    return kept.kind(
        **{
            name: value if read is None or value is None else read(value)
            for (name, read), value in zip(_readings(kept), row, strict=True)
        }
    )


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
def _readings(kept: Kept) -> tuple[tuple[str, Read | None], ...]:
    """The attributes in the order in which they are selected, and how each is read."""
    return (
        *((column.name, _of_column(column)) for column in kept.columns),
        *((name, _of_parts(KEPT[listed.kind])) for name, listed in kept.parts.items()),
        *((name, set) for name in kept.collected),
    )


def _of_column(column: Column[Any]) -> Read | None:
    match column.type:
        case Word(words=words):
            return words
        case JSONB():
            return json.loads
        case _:
            return None


def _of_parts(kept: Kept) -> Read:
    return lambda rows: [made(kept, row) for row in rows]
