"""Upserts: rows of another system that create objects, or change them where they differ.

A concept declares with `RowKind` which fields a row has and which verbs apply a difference.
"""

from domain.kernel.upserts.batch import MAX_ROWS, UpsertMode, upsert
from domain.kernel.upserts.changes import ObjectChange, list_field_changes, take_snapshot
from domain.kernel.upserts.declaration import Change, RowField, RowKind, attribute_field, find_value
from domain.kernel.upserts.owned_fields import is_owned_by_other
from domain.kernel.upserts.records import SOURCE_VERSION, PendingReference, SourceVersion
from domain.kernel.upserts.rows import NamedObject, Row

__all__ = [
    "MAX_ROWS",
    "SOURCE_VERSION",
    "Change",
    "NamedObject",
    "ObjectChange",
    "PendingReference",
    "Row",
    "RowField",
    "RowKind",
    "SourceVersion",
    "UpsertMode",
    "attribute_field",
    "find_value",
    "is_owned_by_other",
    "list_field_changes",
    "take_snapshot",
    "upsert",
]
