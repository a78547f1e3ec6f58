"""The spelling of the graph, as far as persistence must know it: names, ids, enums and values.

PostgreSQL writes the JSON of answers itself, and the change history and the paths of errors arise
below the API. So persistence spells names and values as the graph does, and only in this module.
Each function in Python has a twin in SQL beside it; tests/persistence/test_wire_format.py compares
their results.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    Double,
    Float,
    Numeric,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
)

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import to_camel_case as to_camel_case  # noqa: PLC0414 - beside its SQL twin
from persistence.kernel.schema.tables import EnumText, PeriodEnd, find_referenced_table
from persistence.kernel.sql_literals import literal_text

Sql = ColumnElement[Any]

QUERY_TYPE = "Query"
PAGE_INFO_TYPE = "PageInfo"
CONNECTION_SUFFIX = "Connection"
EDGE_SUFFIX = "Edge"
"""`__typename` is part of the JSON that PostgreSQL writes, so the names of types are needed."""

MAX_EXAMPLE_PREFIXES = 3
"""The refusal of an id lists the expected prefixes, unless it would become too long."""

GRAPH_NAME_KEY = "graph_name"
"""Under this key a column's info has its name in the graph, where that is another."""

DERIVED_KEY = "derived"
"""Under this key a column's info says whether the journal leaves it out, because it follows from
others."""

UUID_LENGTH = 36

ONE_DAY = timedelta(days=1)

# -- names ----------------------------------------------------------------------------------


def get_graph_name(column: Column[Any]) -> str:
    """Return the name of a column in the graph, in snake case."""
    return str(column.info.get(GRAPH_NAME_KEY, column.name))


def to_snake_case(type_name: str) -> str:
    """Return the name of a graph type as Python spells variables."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in type_name).lstrip("_")


def camel_case_sql(name: Sql) -> Sql:
    """Return the SQL twin of `to_camel_case`."""
    words = func.replace(name, literal_text("_"), literal_text(" "))
    capitals = func.replace(func.initcap(words), literal_text(" "), literal_text(""))
    first_letter = func.lower(func.left(name, literal_column("1")))
    return first_letter.op("||")(func.substr(capitals, literal_column("2")))


# -- ids ------------------------------------------------------------------------------------


def encode_id(prefix: str, id: UUID) -> str:
    """Return the global id of an object: the prefix of its type, and its UUID."""
    return f"{prefix}_{id}"


def encode_id_sql(prefix: str, id: Sql) -> Sql:
    """Return the SQL twin of `encode_id`."""
    return literal_text(f"{prefix}_").op("||")(cast(id, Text))


def get_id_prefix(text: str) -> str:
    """Return the part of a global id that names its type, whether the rest is valid or not."""
    return text.partition("_")[0]


def extract_uuid(text: str, *prefixes: str) -> UUID | None:
    """Return the UUID of a global id, or None if the text is not exactly such an id."""
    prefix, _, rest = text.partition("_")
    if prefix not in prefixes or len(rest) != UUID_LENGTH:
        return None
    try:
        # The driver's UUID parses about thirty times as fast as the standard library's.
        uuid: UUID = pgproto.UUID(rest)
    except ValueError:
        return None
    return uuid if str(uuid) == rest else None


def decode_id(text: str, *prefixes: str, field: tuple[str | int, ...] = ()) -> UUID:
    """Return the UUID of a global id with one of these prefixes.

    Raises Invalid (INVALID_FORMAT) for any other text, and for the id of another type.
    """
    uuid = extract_uuid(text, *prefixes)
    if uuid is not None:
        return uuid
    message = "This is not a valid id. Use an id from a response, unchanged."
    if len(prefixes) <= MAX_EXAMPLE_PREFIXES:
        examples = " or ".join(f"{each}_…" for each in prefixes)
        message = f"This id is not valid here. Use one that looks like {examples}."
    raise Invalid(message, *field, code=Code.INVALID_FORMAT)


# -- enums ----------------------------------------------------------------------------------


def to_enum_name(value: str) -> str:
    """Return the graph's name of a stored enum value: `goals:read` becomes `GOALS_READ`."""
    return str(value).upper().replace(":", "_")


def enum_name_sql(value: Sql, type_: EnumText) -> Sql:
    """Return the SQL twin of `to_enum_name`; most enums have no colon to replace."""
    text: Sql = cast(value, Text)
    if any(":" in member for member in type_.enum_type):
        text = func.replace(text, literal_text(":"), literal_text("_"))
    return func.upper(text, type_=Text)


def from_enum_name(name: Any) -> str:
    """Return the stored value of an enum argument, given as a member or as its name.

    Not for values with a colon, which no argument takes.
    """
    return str(getattr(name, "value", name)).lower()


# -- numbers and moments --------------------------------------------------------------------


def format_decimal(number: Decimal) -> str:
    """Return an exact number as text: JSON numbers become floats in most clients."""
    return format(number, "f")


def decimal_sql(number: Sql) -> Sql:
    """Return the SQL twin of `format_decimal`."""
    return cast(number, Text)


def to_ratio(number: Decimal) -> float:
    """Return a ratio as a JSON number: the float next to the exact number.

    Only here a decimal becomes a float, and only after all computing, so that an answer and a
    comparison use the same float.
    """
    return float(number)


def ratio_sql(number: Sql) -> Sql:
    """Return the SQL twin of `to_ratio`."""
    return cast(number, Double)


def format_moment(moment: date) -> str:
    """Return a date or a point in time in ISO 8601, as PostgreSQL's `to_json` does.

    PostgreSQL omits the trailing zeros of a fraction of a second; Python always writes six digits.
    """
    text, microsecond = moment.isoformat(), getattr(moment, "microsecond", 0)
    return text if microsecond % 10 or not microsecond else _TRAILING_ZEROS.sub(r"\1", text)


_TRAILING_ZEROS = re.compile(r"(\.\d*?)0+(?=[+-]|$)")


# -- ends of periods ------------------------------------------------------------------------


def to_last_day(end: date) -> date:
    """Return the last day that counts; `end` is the stored day, the first that no longer does."""
    return end - ONE_DAY


def last_day_sql(end: Sql) -> Sql:
    """Return the SQL twin of `to_last_day`."""
    return end.op("-", return_type=Date())(literal_column("1"))


def from_last_day(day: date) -> date:
    """Return the stored end of a period for its last day.

    It has no twin in SQL: a filter moves the value, so that an index over the column serves.
    """
    return day + ONE_DAY


# -- columns --------------------------------------------------------------------------------


def choose_json_encoder(  # noqa: PLR0911 - one return for each type
    column: Column[Any],
) -> Callable[[Any], Any]:
    """Return the function that makes a value of this column ready for JSON."""
    match column.type:
        case Uuid() if column.foreign_keys:
            prefix = find_referenced_table(column.table, column.key).info["prefix"]
            return lambda id: encode_id(prefix, id)
        case Uuid():
            return str
        case EnumText():
            return to_enum_name
        case Numeric() if not isinstance(column.type, Float):
            return format_decimal
        case PeriodEnd():
            return lambda end: format_moment(to_last_day(end))
        case Date() | DateTime():
            return format_moment
        case _:
            return lambda value: value


def to_json_value(value: Sql, prefix: str | None = None) -> Sql:
    """Return the SQL twin of `choose_json_encoder`; ids get their prefix from the read model."""
    if prefix is not None:
        return encode_id_sql(prefix, value)
    if isinstance(value.type, EnumText):
        return enum_name_sql(value, value.type)
    if isinstance(value.type, Numeric) and not isinstance(value.type, Float):
        return decimal_sql(value)
    if isinstance(value.type, PeriodEnd):
        return last_day_sql(value)
    return value
