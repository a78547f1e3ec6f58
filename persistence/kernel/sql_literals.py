"""Constants of the program as SQL expressions. Values of clients are always bound instead."""

from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Integer, Text, column, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

Columns: TypeAlias = dict[str, TypeEngine[Any]]
"""The columns of rows of the program by name."""


def literal_text(value: str) -> ColumnElement[Any]:
    """Return a constant of the program as SQL; never call it with a client's value."""
    return literal_column("'" + value.replace("'", "''") + "'::text", Text)


def literal_number(value: int) -> ColumnElement[Any]:
    """Return a whole number of the program as SQL."""
    return literal_column(f"({value})" if value < 0 else str(value), Integer)


def unpack_rows(items: ColumnElement[Any], columns: Columns, *others: str) -> FromClause:
    """Return the objects of a JSON array as rows, in their order. `others` are columns of JSON."""
    types = columns | dict.fromkeys(others, JSONB())
    return (
        func.jsonb_to_recordset(items)
        .table_valued(*(column(name, type_) for name, type_ in types.items()))
        .render_derived(with_types=True)
    )
