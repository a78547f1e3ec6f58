"""The types in which values are sent to columns."""

from typing import Any

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import dialect

_DIALECT = dialect()  # type: ignore[no-untyped-call]


def describe_type(column: Column[Any]) -> str:
    """Return the type of a parameter; a collation is no part of it."""
    return "text" if isinstance(column.type, Text) else column.type.compile(_DIALECT)
