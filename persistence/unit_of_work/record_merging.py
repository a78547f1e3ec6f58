"""Merging two aggregates of a kind: everything that names one of them names the other instead.

The columns are found by their foreign keys, so that a new table takes part without a declaration.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from domain.kernel.aggregate import Aggregate
from domain.kernel.audit_chain import LOCK
from domain.kernel.identity import PersonId
from persistence.access import closure_tables
from persistence.kernel.journal import (
    MOVE_ACTOR,
    MOVE_ENTRIES,
    REPLACE_IN_FACTS,
    JournalWriter,
)
from persistence.kernel.journal_seals import DESTROY_SALTS
from persistence.kernel.mapping.registry import MAPPINGS, EntityMapping
from persistence.kernel.mapping.row_mapper import parse_row, select_all
from persistence.kernel.redirects import EXTEND_REDIRECTS, INSERT_REDIRECT
from persistence.kernel.schema.tables import metadata
from persistence.unit_of_work.hierarchy_lookups import HierarchyLookups
from persistence.unit_of_work.locks import Locks

REBUILT_TABLES = (
    closure_tables.organization_closure,
    closure_tables.team_closure,
    closure_tables.reporting_closure,
)
"""Tables that follow from others. The unit of work writes them again."""


@dataclass(frozen=True)
class Reference:
    """A column with a foreign key to the table of an aggregate, and who changes it in a merge.

    `attribute` of `kind` is changed on the loaded aggregate, so that its version and its journal
    show it. Without an attribute the row is part of something else and is changed by itself.
    """

    table: Table
    column: str
    kind: Any = None
    attribute: str = ""


def list_references(kind: type[Aggregate]) -> tuple[Reference, ...]:
    """Return all columns that name an aggregate of this kind, but for those of its own parts."""
    return _list_references_to(MAPPINGS[kind])


@cache
def _list_references_to(mapping: EntityMapping) -> tuple[Reference, ...]:
    target = mapping.table
    own_parts = {
        (table, each.parent_column)
        for each in mapping.children.values()
        for table in (each.table, each.superseded)
    }
    attributes = {each[:2]: each[2:] for each in _iterate_attributes()}
    return tuple(
        Reference(table, column, *attributes.get((table, column), ()))
        for table in metadata.sorted_tables
        if table not in REBUILT_TABLES
        for constraint in table.foreign_key_constraints
        if constraint.referred_table is target
        for column in constraint.column_keys
        if column != "tenant_id" and (table, column) not in own_parts
    )


def _iterate_attributes() -> Iterator[tuple[Table, str, type[Aggregate], str]]:
    """Yield the columns that are attributes of aggregates: table, column, kind and attribute."""
    for kind, mapping in MAPPINGS.items():
        if issubclass(kind, Aggregate):
            for column in mapping.columns:
                yield mapping.table, column.name, kind, column.name
            for name, links in mapping.link_collections.items():
                yield links.links, links.target_column, kind, name


class RecordMerging(HierarchyLookups, Locks, ABC):
    """The part of a unit of work that replaces one aggregate by another."""

    _journal: JournalWriter

    @abstractmethod
    async def flush(self) -> None:
        """Write all changes so far."""

    @abstractmethod
    def _track_row(self, kind: Any, row: Any) -> Any:
        """Return the aggregate of a row; the tracked one if it was loaded before."""

    async def replace_in_attributes(
        self, kind: type[Aggregate], old_id: UUID, new_id: UUID
    ) -> None:
        """Let the attributes of aggregates that name one object name another of its kind."""
        changed: dict[str, set[UUID]] = {}
        for each in list_references(kind):
            if not each.attribute:
                continue
            for aggregate in await self._find_by_attribute(each, old_id):
                value = getattr(aggregate, each.attribute)
                is_set = isinstance(value, set)
                setattr(
                    aggregate, each.attribute, (value - {old_id}) | {new_id} if is_set else new_id
                )
                changed.setdefault(each.kind.NAME, set()).add(aggregate.id)
        for entity, ids in changed.items():
            await self._rewrite_entries(REPLACE_IN_FACTS, old_id, new_id, entity, sorted(ids))
        self._journal.rewrite(
            lambda entry: (
                entry._replace(access_facts=entry.access_facts.replace(str(old_id), str(new_id)))
                if entry.entity_id in changed.get(entry.entity, ())
                else entry
            )
        )

    async def replace(self, kind: type[Aggregate], old_id: UUID, new_id: UUID) -> None:
        """Let everything that still names one aggregate name another, and redirect its id."""
        connection, tenant_id = await self.get_connection(), self._tenant_id
        for each in list_references(kind):
            await connection.execute(
                f"UPDATE {each.table.name} SET {each.column} = $3"
                f" WHERE tenant_id = $1 AND {each.column} = $2",
                tenant_id,
                old_id,
                new_id,
            )
        await self._rewrite_entries(MOVE_ENTRIES, old_id, new_id, kind.NAME)
        await connection.execute(EXTEND_REDIRECTS, tenant_id, old_id, new_id)
        await connection.execute(INSERT_REDIRECT, tenant_id, old_id, kind.NAME, new_id)
        await self._rewrite_entries(MOVE_ACTOR, old_id, new_id)
        self._journal.rewrite(
            lambda entry: entry._replace(actor_id=new_id) if entry.actor_id == old_id else entry
        )
        if self.actor.person_id == old_id:
            self.actor = replace(self.actor, person_id=PersonId(new_id))

    async def _rewrite_entries(self, statement: str, *values: Any) -> None:
        """Change entries of the journal, and destroy the salts of their seals."""
        await self.lock_value(LOCK, "")
        connection = await self.get_connection()
        rows = await connection.fetch(f"{statement} RETURNING number", self._tenant_id, *values)
        numbers = [row[0] for row in rows]
        if numbers:
            await connection.execute(DESTROY_SALTS, self._tenant_id, numbers, self.now)

    async def _find_by_attribute(self, reference: Reference, id: UUID) -> list[Any]:
        kind, mapping = reference.kind, MAPPINGS[reference.kind]
        condition = f"it.{reference.column} = $2"
        if reference.table is not mapping.table:
            links = mapping.link_collections[reference.attribute]
            condition = (
                f"it.id IN (SELECT {links.owner_column} FROM {links.links.name}"
                f" WHERE tenant_id = $1 AND {links.target_column} = $2)"
            )
        connection = await self.get_connection()
        sql = f"{select_all(mapping)} AND {condition} ORDER BY it.id"
        rows = await connection.fetch(sql, self._tenant_id, id)
        return [self._track_row(kind, parse_row(row[0])) for row in rows]
