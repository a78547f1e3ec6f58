"""Mapping: aggregates and their parts onto tables, declared once beside the tables.

The domain classes stay plain; whoever imports `persistence` gets them kept. An aggregate is loaded
whole, with its parts, so that nothing is ever fetched behind a rule's back; only of what it has
said in the past it brings no more than the last word.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, ScalarSelect, Table, and_, event, select
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import RelationshipProperty, Session, registry, relationship
from sqlalchemy.orm.util import identity_key

from domain.kernel.aggregate import Aggregate
from persistence.kernel import tables
from persistence.kernel.tables import metadata

mapped = registry(metadata=metadata)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Rebuild: TypeAlias = Callable[[Connection, UUID, Collection[UUID]], Awaitable[None]]


@dataclass(frozen=True)
class Upkeep:
    """A closure that follows an attribute, rebuilt for the aggregates in which that has changed.

    It is done under a lock named for the aggregate; `from_birth` asks for it for every new one.
    """

    attribute: str
    rebuild: Rebuild
    from_birth: bool = False


UPKEEP: dict[type[Aggregate], Upkeep] = {}

WHOLES: dict[type, tuple[type, str]] = {}
"""For each kind of part the kind of its whole, and the attribute that names it."""


@dataclass(frozen=True)
class Parts:
    """An attribute that lists parts: of which kind, kept where, and pointing to the whole how."""

    kind: type
    table: Table
    by: str
    order: tuple[str, ...]
    newest_only: bool = False


def keep(kind: type, table: Table, upkeep: Upkeep | None = None, **listed: Parts) -> None:
    """Map an aggregate or a part, with its parts and the ids that it collects."""
    properties: dict[str, Any] = {}
    for attribute, each in listed.items():
        WHOLES[each.kind] = (kind, each.by)
        properties[attribute] = _listed(each, table)
    for attribute, found in table.info.get("collected", {}).items():
        link: type = type(f"{kind.__name__}Link", (), {})
        mapped.map_imperatively(link, found.links, confirm_deleted_rows=False)
        properties[f"_{attribute}"] = _links(link, table, found)
        setattr(kind, attribute, _collected(link, f"_{attribute}", found.of))
    version = table.c.get("version")
    mapped.map_imperatively(
        kind,
        table,
        version_id_col=version,
        # Somebody else may have deleted a whole with its parts: the whole's version says so.
        confirm_deleted_rows=version is not None,
        properties=properties,
    )
    if issubclass(kind, Aggregate):
        event.listen(kind, "load", _nothing_has_happened)
        if upkeep is not None:
            UPKEEP[kind] = upkeep


def parts(
    kind: type, table: Table, *, by: str, order: tuple[str, ...], newest_only: bool = False
) -> Parts:
    """The parts that point to their whole through this column; they come and go with it.

    Of a record that only grows the whole knows the newest one, so that a long past costs nothing.
    """
    return Parts(kind, table, by, order, newest_only)


def whole_of(session: Session, part: Any) -> Aggregate:
    """The loaded aggregate that a loaded part belongs to."""
    while not isinstance(part, Aggregate):
        kind, by = WHOLES[type(part)]
        part = session.identity_map[identity_key(kind, (part.tenant_id, getattr(part, by)))]
    return part


def _listed(parts: Parts, whole: Table) -> RelationshipProperty[Any]:
    table = parts.table
    belongs = _belongs(table, parts.by, whole)
    if parts.newest_only:
        belongs = and_(belongs, table.c.id == _newest(parts))
    return relationship(
        parts.kind,
        primaryjoin=belongs,
        passive_deletes=parts.newest_only,
        foreign_keys=[table.c.tenant_id, table.c[parts.by]],
        order_by=[table.c[column] for column in parts.order],
        cascade="all, delete-orphan",
        lazy="selectin",
    )


def _newest(parts: Parts) -> ScalarSelect[Any]:
    """The newest part of the same whole."""
    table, each = parts.table, parts.table.alias()
    return (
        select(each.c.id)
        .where(each.c.tenant_id == table.c.tenant_id, each.c[parts.by] == table.c[parts.by])
        .order_by(*(each.c[column].desc() for column in parts.order))
        .limit(1)
        .correlate(table)
        .scalar_subquery()
    )


def _links(link: type, table: Table, found: tables.Collection) -> RelationshipProperty[Any]:
    return relationship(
        link,
        primaryjoin=_belongs(found.links, found.by, table),
        foreign_keys=[found.links.c.tenant_id, found.links.c[found.by]],
        collection_class=set,
        cascade="all, delete-orphan",
        lazy="selectin",
    )


def _collected(link: type, behind: str, of: str) -> Any:
    def linked(id: UUID) -> Any:
        made = link()
        setattr(made, of, id)
        return made

    return association_proxy(behind, of, creator=linked)


def _belongs(table: Table, by: str, whole: Table) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == whole.c.tenant_id, table.c[by] == whole.c.id)


def _nothing_has_happened(aggregate: Aggregate, *_: object) -> None:
    aggregate.happened = []
