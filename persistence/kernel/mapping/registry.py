"""The mapping of aggregates and their parts to tables, declared once beside the tables.

The domain classes stay plain: an attribute is stored in the column of its name. An aggregate is
loaded with all its parts, and never reads more later. Two kinds of parts grow without a bound: of
`newest_only` parts, such as check-ins, only the newest one is loaded, and of parts with `versions`,
such as jobs, only what is known now.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Column, Table

from domain.kernel.aggregate import Aggregate, Part
from persistence.kernel.pools import Connection
from persistence.kernel.schema import tables
from persistence.kernel.schema.derived_columns import Derivation, list_derivations

RebuildClosure: TypeAlias = Callable[[Connection, UUID, Collection[UUID]], Awaitable[None]]

TIMESTAMP_COLUMNS = ("created_at", "updated_at")
"""Columns of an aggregate without an attribute; the unit of work sets them."""


@dataclass(frozen=True)
class ClosureMaintenance:
    """How a derived table is rebuilt for aggregates when one of these attributes has changed.

    Most are closure tables; the sort keys of names follow the tenant's locale.

    It runs under a lock with the aggregate's name. With `is_rebuilt_on_insert` it also runs for
    every new one.
    """

    attributes: tuple[str, ...]
    rebuild: RebuildClosure
    is_rebuilt_on_insert: bool = False


@dataclass(frozen=True)
class VersionColumns:
    """The columns of parts of which a change adds a new version.

    `superseded_at` has a value in a version that is no longer what is known. `stated` lists the
    editable columns that were recorded in a version; the others follow from other parts.
    """

    superseded_at: str
    stated: str


@dataclass(frozen=True)
class ChildCollection:
    """An attribute that lists parts, with their table and its column for the parent."""

    kind: type
    table: Table
    parent_column: str
    order_columns: tuple[str, ...]
    newest_only: bool = False
    versions: VersionColumns | None = None
    superseded: Table | None = None
    """The table that keeps the forms which changes have replaced, until `superseded_at`."""
    unless_set: str | None = None
    """Children with a value in this column are never loaded."""


@dataclass(frozen=True, eq=False)
class EntityMapping:
    """The mapping of an aggregate or a part: its row, its parts and its sets of ids."""

    kind: type[Any]
    table: Table
    children: Mapping[str, ChildCollection]
    link_collections: Mapping[str, tables.LinkCollection]
    affects_access: bool = True

    @cached_property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns of the attributes."""
        others = {*TIMESTAMP_COLUMNS, *self.derivations}
        return tuple(
            each
            for each in self.table.columns
            if each.name not in others and tables.PROGRESS not in each.info
        )

    @cached_property
    def derivations(self) -> Mapping[str, Derivation]:
        """The derived columns by name, and how they follow from attributes."""
        return list_derivations(self.table)

    @cached_property
    def sort_keys(self) -> Mapping[str, Derivation]:
        """The derived columns that depend on the tenant's locale."""
        return {name: each for name, each in self.derivations.items() if each.fold is None}

    @cached_property
    def extract_values(self) -> Callable[[Any], tuple[Any, ...]]:
        """The function that returns the values of these attributes of an entity."""
        return attrgetter(*(each.name for each in self.columns))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The position of each attribute among the columns."""
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
    """Map an aggregate or a part, with its parts and its sets of ids."""
    links = tables.LINK_COLLECTIONS.get(table, {})
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
    versions: VersionColumns | None = None,
    superseded: Table | None = None,
) -> ChildCollection:
    """Declare the children that refer to their parent by this column and are deleted with it.

    With `newest_only` the parent loads only the newest child, so that a long history costs nothing.
    """
    return ChildCollection(
        kind, table, parent_column, order_columns, newest_only, versions, superseded
    )


@cache
def find_kind_of_table(table: Table) -> type[Any]:
    """Return the class whose objects a table has; without one, a part that nobody sees."""
    return next((kind for kind, each in MAPPINGS.items() if each.table is table), Part)


@cache
def list_unrelated_entities() -> frozenset[str]:
    """Return the names of the aggregates whose changes alter nobody's rights."""
    return frozenset(
        kind.NAME
        for kind, mapping in MAPPINGS.items()
        if issubclass(kind, Aggregate) and not mapping.affects_access
    )
