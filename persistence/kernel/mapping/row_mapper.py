"""Loading of an aggregate with its parts and sets of ids, in one statement.

A row is a JSON array of its columns. Each list of parts is an array of such rows in the row of
their parent. Arrays of records would take about as much time, but Citus cannot return them.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import orjson
from asyncpg.pgproto.pgproto import UUID
from sqlalchemy import Column, Date, DateTime, Numeric, Uuid

from persistence.kernel.mapping.registry import MAPPINGS, ChildCollection, EntityMapping
from persistence.kernel.mapping.state import EntityState
from persistence.kernel.schema.tables import EnumText, LinkCollection, TextList

Row: TypeAlias = list[Any]
"""The values of a row's columns as JSON has them, then its lists of parts and of ids."""

Decoder = Callable[[Any], Any]


@cache
def select_all(mapping: EntityMapping, *, with_superseded: bool = False) -> str:
    """Build the statement for all entities of the tenant `$1`; its rows have the alias `it`.

    Superseded parts are left out by default, because a history grows without a bound.
    """
    row = build_row_sql(mapping, "it", with_superseded=with_superseded)
    return f"SELECT {row} FROM {mapping.table.name} it WHERE it.tenant_id = $1"


@cache
def select_by_ids(mapping: EntityMapping, position: int) -> str:
    """Build the statement for the entities whose ids are in the parameter at this position."""
    return (
        f"SELECT {build_row_sql(mapping, 'it')}"
        f" FROM unnest(${position}::uuid[]) named (id)"
        f" JOIN {mapping.table.name} it ON it.tenant_id = $1 AND it.id = named.id"
    )


def parse_row(value: bytes) -> Row:
    """Return the row in the only column of one of these statements."""
    row: Row = orjson.loads(value)
    return row


def get_id(mapping: EntityMapping, row: Row) -> Any:
    """Return the id of the entity in a row."""
    return UUID(row[mapping.positions["id"]])


def from_row(mapping: EntityMapping, row: Row) -> tuple[Any, EntityState]:
    """Build the entity and its state from a row.

    The entity is built without its constructor, which takes most of the time of a large set.
    """
    plan = _plan_entity(mapping)
    count = len(plan.names)
    own_values = row[:count]
    for position, decode in plan.decoders:
        value = own_values[position]
        if value is not None:
            own_values[position] = decode(value)
    entity = object.__new__(mapping.kind)
    attributes = vars(entity)
    attributes.update(zip(plan.names, own_values, strict=True))
    child_states, linked_ids = [], []
    for name, child_mapping in plan.children:
        children, states = [], {}
        for each in row[count]:
            child, state = from_row(child_mapping, each)
            children.append(child)
            states[child.id] = state
        attributes[name] = children
        child_states.append(states)
        count += 1
    for name in mapping.link_collections:
        attributes[name] = set(map(UUID, row[count]))
        linked_ids.append(frozenset(attributes[name]))
        count += 1
    for name, create in plan.others:
        attributes[name] = create()
    if plan.finish is not None:
        plan.finish(entity)
    return entity, EntityState(tuple(own_values), tuple(child_states), tuple(linked_ids))


class _EntityPlan(NamedTuple):
    """How an entity is built: its columns, their decoders, its parts, and its other attributes."""

    names: tuple[str, ...]
    decoders: tuple[tuple[int, Decoder], ...]
    children: tuple[tuple[str, EntityMapping], ...]
    others: tuple[tuple[str, Callable[[], Any]], ...]
    finish: Callable[[Any], None] | None


@cache
def _plan_entity(mapping: EntityMapping) -> _EntityPlan:
    stored = {*_list_attribute_names(mapping), *mapping.children, *mapping.link_collections}
    return _EntityPlan(
        _list_attribute_names(mapping),
        _list_decoders(mapping),
        tuple((name, MAPPINGS[each.kind]) for name, each in mapping.children.items()),
        tuple(
            (each.name, _find_default(each))
            for each in fields(mapping.kind)
            if each.name not in stored
        ),
        getattr(mapping.kind, "__post_init__", None),
    )


def _find_default(field: Field[Any]) -> Callable[[], Any]:
    """Return the function that creates the value of an attribute that is not stored."""
    if field.default_factory is not MISSING:
        return field.default_factory
    return lambda: field.default


def build_row_sql(mapping: EntityMapping, row: str, *, with_superseded: bool = False) -> str:
    """Build the SQL of one entity as a JSON array, from a row of this alias."""
    expressions = _list_expressions(mapping, row, with_superseded=with_superseded)
    return f"json_build_array({', '.join(expressions)})"


def _list_expressions(mapping: EntityMapping, row: str, *, with_superseded: bool) -> Iterator[str]:
    for column in mapping.columns:
        exact = "::text" if isinstance(column.type, Numeric) else ""
        yield f"{row}.{column.name}{exact}"
    for children in mapping.children.values():
        yield f"ARRAY({_select_children(children, row, with_superseded=with_superseded)})"
    for links in mapping.link_collections.values():
        yield f"ARRAY({_select_links(links, row)})"


def _select_children(collection: ChildCollection, parent: str, *, with_superseded: bool) -> str:
    row, versions = f"{parent}s", collection.versions
    current = versions and not with_superseded and f" AND {row}.{versions.superseded_at} IS NULL"
    loaded = collection.unless_set and f" AND {row}.{collection.unless_set} IS NULL"
    newest = " DESC" if collection.newest_only else ""
    order = ", ".join(f"{row}.{column}{newest}" for column in collection.order_columns)
    return (
        f"SELECT {build_row_sql(MAPPINGS[collection.kind], row)}"
        f" FROM {collection.table.name} {row}"
        f" WHERE {row}.tenant_id = $1 AND {row}.{collection.parent_column} = {parent}.id"
        f"{current or ''}{loaded or ''}"
        f" ORDER BY {order}{' LIMIT 1' if collection.newest_only else ''}"
    )


def _select_links(collection: LinkCollection, parent: str) -> str:
    return (
        f"SELECT link.{collection.target_column} FROM {collection.links.name} link"
        f" WHERE link.tenant_id = $1 AND link.{collection.owner_column} = {parent}.id"
    )


@cache
def _list_attribute_names(mapping: EntityMapping) -> tuple[str, ...]:
    return tuple(column.name for column in mapping.columns)


@cache
def _list_decoders(mapping: EntityMapping) -> tuple[tuple[int, Decoder], ...]:
    """Return the columns that JSON does not have as they are, each with its decoder."""
    decoders = enumerate(map(_choose_decoder, mapping.columns))
    return tuple((position, decode) for position, decode in decoders if decode is not None)


def _choose_decoder(  # noqa: PLR0911 - one return for each type
    column: Column[Any],
) -> Decoder | None:
    match column.type:
        case EnumText(enum_type=enum_type):
            return {str(each): each for each in enum_type}.__getitem__
        case Uuid():
            return UUID  # as the driver decodes ids, and five times as fast as the standard one
        case DateTime():
            return datetime.fromisoformat
        case Date():
            return date.fromisoformat
        case Numeric():
            return Decimal
        case TextList():
            return tuple
        case _:
            return None
