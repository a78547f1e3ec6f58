"""Wire forms: how a value of the database looks in the answer, where JSON would not do."""

from typing import Any

from sqlalchemy import ColumnElement, Float, Numeric, Text, cast, func, literal_column

from persistence.kernel.schema.tables import EnumText


def to_json_value(value: ColumnElement[Any], prefix: str | None = None) -> ColumnElement[Any]:
    """Ids with their prefix, enums by graph name, exact numbers as text; the rest as it is."""
    if prefix is not None:
        return literal_text(f"{prefix}_").op("||")(cast(value, Text))
    if isinstance(value.type, EnumText):
        return func.upper(_build_enum_name(value, value.type), type_=Text)
    if isinstance(value.type, Numeric) and not isinstance(value.type, Float):
        return cast(value, Text)
    return value


def _build_enum_name(value: ColumnElement[Any], type_: EnumText) -> ColumnElement[Any]:
    """A permission is kept as `noun:verb`, which no graph name may be."""
    if any(":" in word for word in type_.enum_type):
        return func.replace(cast(value, Text), literal_text(":"), literal_text("_"))
    return cast(value, Text)


def literal_text(value: str) -> ColumnElement[Any]:
    """A constant of the program, never a client's value."""
    return literal_column("'" + value.replace("'", "''") + "'::text", Text)
