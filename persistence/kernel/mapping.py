"""Mapping: aggregates and their parts onto tables, declared once beside the tables.

The domain classes stay plain: an attribute is kept in the column of its name. An aggregate is
loaded whole, with its parts, so that nothing is ever fetched behind a rule's back; only of what it
has said in the past it brings no more than the last word.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import Column, Table

from persistence.kernel import tables

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Rebuild: TypeAlias = Callable[[Connection, UUID, Collection[UUID]], Awaitable[None]]

STAMPS = ("created_at", "updated_at")
"""Columns of a whole that are no attributes: the unit of work knows when it writes."""


@dataclass(frozen=True)
class Upkeep:
    """A closure that follows an attribute, rebuilt for the aggregates in which that has changed.

    It is done under a lock named for the aggregate; `from_birth` asks for it for every new one.
    """

    attribute: str
    rebuild: Rebuild
    from_birth: bool = False


@dataclass(frozen=True)
class Parts:
    """An attribute that lists parts: of which kind, kept where, and pointing to the whole how."""

    kind: type
    table: Table
    by: str
    order: tuple[str, ...]
    newest_only: bool = False


@dataclass(frozen=True, eq=False)
class Kept:
    """How a kind of aggregate or part is kept: its row, its parts, and the ids that it collects."""

    kind: type[Any]
    table: Table
    parts: Mapping[str, Parts]
    collected: Mapping[str, tables.Collection]

    @cached_property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns of its attributes."""
        return tuple(each for each in self.table.columns if each.name not in STAMPS)

    @cached_property
    def values(self) -> Callable[[Any], tuple[Any, ...]]:
        """Reads these attributes of one of its kind."""
        return attrgetter(*(each.name for each in self.columns))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where among them an attribute stands."""
        return {each.name: place for place, each in enumerate(self.columns)}


KEPT: dict[type, Kept] = {}
UPKEEP: dict[type, Upkeep] = {}


def keep(kind: type, table: Table, upkeep: Upkeep | None = None, **listed: Parts) -> None:
    """Map an aggregate or a part, with its parts and the ids that it collects."""
    KEPT[kind] = Kept(kind, table, listed, table.info.get("collected", {}))
    if upkeep is not None:
        UPKEEP[kind] = upkeep


def parts(
    kind: type, table: Table, *, by: str, order: tuple[str, ...], newest_only: bool = False
) -> Parts:
    """The parts that point to their whole through this column; they come and go with it.

    Of a record that only grows the whole knows the newest one, so that a long past costs nothing.
    """
    return Parts(kind, table, by, order, newest_only)
