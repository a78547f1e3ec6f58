"""The stored form of values that a run has changed: JSON, without a type that the field knows."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.kernel.fields import field_specs
from domain.kernel.upserts import NamedObject, PendingReference, RowField

VALUE = "value"
VERSION = "version"
"""The version of an object, where the values of a field alone do not tell whether it changed."""
NO_VERSION = 0
"""A version that no object has: what names it has changed since."""


def keep(value: Any, **more: Any) -> dict[str, Any]:
    """Return a value in its stored form, with further ones."""
    return {VALUE: encode(value), **more}


def encode(value: Any) -> Any:
    """Return a value as JSON."""
    match value:
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case Mapping():
            return {str(key): encode(each) for key, each in value.items()}
        case _:
            return value


def decode(field: RowField, kept: Mapping[str, Any]) -> Any:
    """Return a kept value of a field, in the form that a row has."""
    value = kept[VALUE]
    if value is None:
        return None
    if field.is_json:
        return value
    if field.refers_to is not None:
        return NamedObject(id=UUID(value))
    if isinstance(value, dict):
        return {UUID(id): day and date.fromisoformat(day) for id, day in value.items()}
    if field.entity is None:
        return date.fromisoformat(value)
    kind = field_specs(field.entity)[field.name].type
    return kind(value) if isinstance(kind, type) else value


def keep_waiting(references: Sequence[PendingReference]) -> dict[str, Any]:
    """Return references that wait in their stored form."""
    found = [(each.source, each.external_id, encode(each.valid_from)) for each in references]
    return {VALUE: [list(each) for each in sorted(found, key=str)]}


def build_waiting(
    pending: type[PendingReference], kept: Mapping[str, Any], **values: Any
) -> list[PendingReference]:
    """Return kept references that wait. `values` are those that all have."""
    return [
        pending(
            source=source,
            external_id=external_id,
            valid_from=day and date.fromisoformat(day),
            **values,
        )
        for source, external_id, day in kept[VALUE]
    ]
