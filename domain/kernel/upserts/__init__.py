"""Upserts: rows of another system that create objects, or change them where they differ.

A concept declares with `RowKind` which fields a row has and which verbs apply a difference.
"""

from domain.kernel.upserts.batch import MAX_ROWS, UpsertMode, upsert
from domain.kernel.upserts.declaration import Change, RowField, RowKind, attribute_field
from domain.kernel.upserts.records import SOURCE_VERSION, PendingReference, SourceVersion
from domain.kernel.upserts.rows import NamedObject, Row

__all__ = [
    "MAX_ROWS",
    "SOURCE_VERSION",
    "Change",
    "NamedObject",
    "PendingReference",
    "Row",
    "RowField",
    "RowKind",
    "SourceVersion",
    "UpsertMode",
    "attribute_field",
    "upsert",
]
