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

from sqlalchemy import Column, Table

from persistence.kernel.pools import Connection
from persistence.kernel.schema import tables

RebuildClosure: TypeAlias = Callable[[Connection, UUID, Collection[UUID]], Awaitable[None]]

TIMESTAMP_COLUMNS = ("created_at", "updated_at")
"""Columns of a whole that are no attributes: the unit of work knows when it writes."""


@dataclass(frozen=True)
class ClosureMaintenance:
    """A closure that follows an attribute, rebuilt for the aggregates in which that has changed.

    It is done under a lock named for the aggregate; `from_birth` asks for it for every new one.
    """

    attribute: str
    rebuild: RebuildClosure
    is_rebuilt_on_insert: bool = False


@dataclass(frozen=True)
class ChildCollection:
    """An attribute that lists parts: of which kind, kept where, and pointing to the whole how."""

    kind: type
    table: Table
    parent_column: str
    order_columns: tuple[str, ...]
    newest_only: bool = False


@dataclass(frozen=True, eq=False)
class EntityMapping:
    """How a kind of aggregate or part is kept: its row, its parts, and the ids that it collects."""

    kind: type[Any]
    table: Table
    children: Mapping[str, ChildCollection]
    link_collections: Mapping[str, tables.LinkCollection]
    affects_access: bool = True

    @cached_property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns of its attributes."""
        return tuple(each for each in self.table.columns if each.name not in TIMESTAMP_COLUMNS)

    @cached_property
    def extract_values(self) -> Callable[[Any], tuple[Any, ...]]:
        """Reads these attributes of one of its kind."""
        return attrgetter(*(each.name for each in self.columns))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where among them an attribute stands."""
        return {each.name: position for position, each in enumerate(self.columns)}


MAPPINGS: dict[type, EntityMapping] = {}
CLOSURE_MAINTENANCE: dict[type, ClosureMaintenance] = {}


def map_entity(
    kind: type,
    table: Table,
    closure_maintenance: ClosureMaintenance | None = None,
    *,
    affects_access: bool = True,
    **children: ChildCollection,
) -> None:
    """Map an aggregate or a part, with its parts and the ids that it collects."""
    links = table.info.get("collected", {})
    MAPPINGS[kind] = EntityMapping(kind, table, children, links, affects_access)
    if closure_maintenance is not None:
        CLOSURE_MAINTENANCE[kind] = closure_maintenance


def map_children(
    kind: type,
    table: Table,
    *,
    parent_column: str,
    order_columns: tuple[str, ...],
    newest_only: bool = False,
) -> ChildCollection:
    """Declare the children that refer to their parent by this column and are deleted with it.

    With `newest_only` the parent loads only the newest child, so that a long history costs nothing.
    """
    return ChildCollection(kind, table, parent_column, order_columns, newest_only)
