"""SQL that turns rows into JSON objects and arrays."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Label,
    Select,
    Text,
    cast,
    func,
    literal_column,
    select,
)

from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import to_json_value
from persistence.reading.raw_sql import WrapSelect

__all__ = [
    "build_json_array",
    "build_json_object",
    "join_json_object",
    "literal_text",
    "select_expressions",
    "to_json_value",
]

MAX_IDENTIFIER_LENGTH = 63
"""PostgreSQL truncates longer identifiers silently; longer response keys are written as text."""

OBJECT_COLUMN = "~object"
EMPTY_JSON_ARRAY: ColumnElement[Any] = literal_column("'[]'::json", JSON)


def select_expressions(expressions: Iterable[tuple[str, ColumnElement[Any]]]) -> Select[Any]:
    """Return a select of expressions by their response keys, correlated with all outer rows."""
    return select(*(sql.label(key) for key, sql in expressions)).correlate_except()


def build_json_object(rows: Select[Any]) -> ColumnElement[Any]:
    """Return at most one row as a JSON object, or null.

    The row is called "~", which no response key can shadow.
    """
    if _has_long_names(rows):
        return _build_json_as_text(rows).scalar_subquery()
    return WrapSelect('(SELECT row_to_json("~") FROM (', rows, ') AS "~")')


def join_json_object(rows: Select[Any], name: str) -> tuple[FromClause, ColumnElement[Any]]:
    """Return a lateral subquery for a join, and its column: at most one row as a JSON object.

    Of a row that is joined to many others, PostgreSQL can write the object once.
    """
    if _has_long_names(rows):
        objects = _build_json_as_text(rows)
    else:
        column = literal_column('row_to_json("~")', JSON).label(OBJECT_COLUMN)
        objects = select(column).select_from(rows.subquery("~"))
    joined = objects.lateral(name)
    return joined, joined.c[OBJECT_COLUMN]


def build_json_array(rows: Select[Any]) -> ColumnElement[Any]:
    """Return the rows, in their order, as a JSON array."""
    item = '"~"'
    if _has_long_names(rows):
        item, rows = f'"~"."{OBJECT_COLUMN}"', _build_json_as_text(rows)
    items = WrapSelect(f"(SELECT json_agg({item}) FROM (", rows, ') AS "~")')
    return func.coalesce(items, EMPTY_JSON_ARRAY, type_=JSON)


def _has_long_names(rows: Select[Any]) -> bool:
    labels = (each for each in rows.inner_columns if isinstance(each, Label))
    return any(len(each.name) > MAX_IDENTIFIER_LENGTH for each in labels)


def _build_json_as_text(rows: Select[Any]) -> Select[Any]:
    """Return the same rows as JSON objects that are concatenated as text, with names of any length.

    A response key consists of letters, digits and underscores, so it needs no escaping.
    """
    text: ColumnElement[Any] = literal_text("{")
    for n, column in enumerate(rows.selected_columns):
        value = cast(func.to_json(column.element), Text)
        key = literal_text(f'{"," if n else ""}"{column.name}":')
        text = text.op("||")(key).op("||")(func.coalesce(value, literal_text("null")))
    whole = cast(text.op("||")(literal_text("}")), JSON).label(OBJECT_COLUMN)
    return rows.with_only_columns(whole, maintain_column_froms=True)
