"""Columns derived from the annotations of an aggregate or part, so that a field is written once.

A `StrEnum` becomes a checked text, a typed id such as `PersonId` a UUID with a pointer to its
table, and `| None` a nullable column. Lists of parts and sets of ids have tables of their own.
Indexes, unique constraints and pointers through plain UUIDs stay explicit beside the table.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_origin
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from domain.kernel.fields import FieldSpec, field_specs
from domain.kernel.keyed_values import KeyedValues
from persistence.kernel.schema.derived_columns import folded_column, sort_key_column
from persistence.kernel.schema.tables import (
    EnumText,
    KeyedJson,
    PeriodEnd,
    TextList,
    tenant_foreign_key,
)
from persistence.kernel.wire_format import DERIVED_KEY, GRAPH_NAME_KEY

STANDARD_ATTRIBUTES = frozenset({"tenant_id", "id", "version", "events"})
"""Attributes of every aggregate; `aggregate_table` and `entity_table` add their columns."""

_ID_TABLES: dict[Any, str] = {}
_TYPES: dict[Any, type[TypeEngine[Any]]] = {
    bool: Boolean,
    int: Integer,
    str: Text,
    date: Date,
    Decimal: Numeric,
    UUID: Uuid,
    dict: JSONB,
    KeyedValues: KeyedJson,
    tuple: TextList,
}


def register_id(id_type: Any, table: str) -> None:
    """Let columns annotated with this typed id point to a table."""
    _ID_TABLES[id_type] = table


def columns_of(entity: type) -> Iterator[SchemaItem]:
    """Yield the columns and pointers of an entity's attributes, in the order of declaration.

    A text that is compared or sorted in another form gets a second column for it.
    """
    for spec in field_specs(entity).values():
        type_ = None if spec.name in STANDARD_ATTRIBUTES else _column_type(spec)
        if type_ is None:
            continue
        info = {GRAPH_NAME_KEY: spec.graph_name, DERIVED_KEY: spec.is_derived}
        yield Column(spec.name, type_, nullable=spec.is_optional, info=info)
        if spec.fold is not None:
            yield folded_column(spec.name, spec.fold)
        if spec.is_sorted_by_locale:
            yield sort_key_column(spec.name)
        if spec.type in _ID_TABLES:
            yield tenant_foreign_key(spec.name, _ID_TABLES[spec.type])


def _column_type(spec: FieldSpec) -> TypeEngine[Any] | None:
    """Return the type of the attribute's column; None for a collection."""
    origin = get_origin(spec.type) or spec.type
    origin = getattr(origin, "__supertype__", origin)
    if origin in (list, set):
        return None
    if spec.is_period_end:
        return PeriodEnd()
    if origin is datetime:
        return DateTime(timezone=True)
    if isinstance(origin, type) and issubclass(origin, StrEnum):
        return EnumText(origin)
    return _TYPES[origin]()
