"""Constants of the program as SQL expressions. Values of clients are always bound instead."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, literal_column


def literal_text(value: str) -> ColumnElement[Any]:
    """Return a constant of the program as SQL; never call it with a client's value."""
    return literal_column("'" + value.replace("'", "''") + "'::text", Text)


def literal_number(value: int) -> ColumnElement[Any]:
    """Return a whole number of the program as SQL."""
    return literal_column(f"({value})" if value < 0 else str(value), Integer)
