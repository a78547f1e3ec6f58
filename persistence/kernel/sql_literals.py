"""Constants of the program as SQL expressions. Values of clients are always bound instead."""

from typing import Any

from sqlalchemy import ColumnElement, Text, literal_column


def literal_text(value: str) -> ColumnElement[Any]:
    """Return a constant of the program as SQL; never call it with a client's value."""
    return literal_column("'" + value.replace("'", "''") + "'::text", Text)
