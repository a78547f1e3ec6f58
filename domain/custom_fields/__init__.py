"""Custom fields: what a tenant records about people, teams and goals beside the built-in fields."""

from domain.custom_fields.enums import (
    CustomFieldReaders,
    CustomFieldStatus,
    CustomFieldType,
    CustomFieldWriters,
    CustomObjectType,
)
from domain.custom_fields.holders import (
    ATTRIBUTES,
    CustomFieldHolder,
    guard_custom_values,
    unite_custom_values,
    write_hr_values,
)
from domain.custom_fields.model import MAX_FIELDS, MAX_TEXT_LENGTH, CustomField
from domain.custom_fields.options import MAX_OPTIONS
from domain.custom_fields.use_cases import create, edit
from domain.custom_fields.values import (
    VALUE_NAMES,
    GivenValue,
    normalize_value,
    read_stored,
)
from domain.custom_fields.writing import resolve, set_first_values, want_fields

__all__ = [
    "ATTRIBUTES",
    "MAX_FIELDS",
    "MAX_OPTIONS",
    "MAX_TEXT_LENGTH",
    "VALUE_NAMES",
    "CustomField",
    "CustomFieldHolder",
    "CustomFieldReaders",
    "CustomFieldStatus",
    "CustomFieldType",
    "CustomFieldWriters",
    "CustomObjectType",
    "GivenValue",
    "create",
    "edit",
    "guard_custom_values",
    "normalize_value",
    "read_stored",
    "resolve",
    "set_first_values",
    "unite_custom_values",
    "want_fields",
    "write_hr_values",
]
