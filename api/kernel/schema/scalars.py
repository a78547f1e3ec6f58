"""Scalars: strict parsing of input; output is passed on as PostgreSQL formatted it."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

JSON = NewType("JSON", object)

_DATE_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME_PATTERN = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DECIMAL_PATTERN = re.compile(r"-?\d{1,18}(\.\d{1,10})?", re.ASCII)
_MAX_DATETIME_LENGTH = 100
_YEARS = range(1900, 2200)


def parse_date(text: Any) -> date:
    """Parse a calendar day. Raises GraphQLError for all but YYYY-MM-DD from 1900 to 2199."""
    message = "A Date is written YYYY-MM-DD, from the year 1900 to 2199."
    if not isinstance(text, str) or not _DATE_PATTERN.fullmatch(text):
        raise GraphQLError(message)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise GraphQLError("There is no such day in the calendar.") from None
    if day.year not in _YEARS:
        raise GraphQLError(message)
    return day


def parse_datetime(text: Any) -> datetime:
    """Parse a point in time with its offset from UTC, cut to microseconds.

    Raises GraphQLError for anything else.
    """
    message = "A DateTime is written 2026-11-20T09:30:00Z: with seconds, and with Z or an offset."
    is_short = isinstance(text, str) and len(text) <= _MAX_DATETIME_LENGTH
    if not is_short or not _DATETIME_PATTERN.fullmatch(text):
        raise GraphQLError(message)
    try:
        moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError("There is no such moment in the calendar.") from None
    if moment.year not in _YEARS:
        raise GraphQLError("A DateTime lies between the years 1900 and 2199.")
    return moment


def parse_decimal(value: Any) -> Decimal:
    """Parse an exact number from text or an integer. Raises GraphQLError beyond 18 + 10 digits."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DECIMAL_PATTERN.fullmatch(text):
        message = 'A Decimal is text such as "12.50": up to 18 digits, then up to 10 decimals.'
        raise GraphQLError(message)
    return Decimal(text)


def _serialize_value(value: Any) -> Any:
    """Return the wire form; most values come from PostgreSQL in that form already."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _define_scalar(name: str, url: str, description: str, parse: Any) -> ScalarDefinition:
    return strawberry.scalar(
        name=name,
        specified_by_url=url,
        description=description,
        serialize=_serialize_value,
        parse_value=parse,
    )


SCALARS: dict[object, ScalarDefinition] = {
    date: _define_scalar(
        "Date",
        "https://scalars.graphql.org/andimarek/local-date.html",
        "A calendar day, written YYYY-MM-DD, from 1900 to 2199.",
        parse_date,
    ),
    datetime: _define_scalar(
        "DateTime",
        "https://www.rfc-editor.org/rfc/rfc3339",
        "A point in time (RFC 3339) with seconds and offset, such as `2026-11-20T09:30:00Z`."
        " Digits after the microseconds are dropped.",
        parse_datetime,
    ),
    Decimal: _define_scalar(
        "Decimal",
        "https://www.w3.org/TR/xmlschema11-2/#decimal",
        'An exact number as text, such as "12.50": up to 18 digits, then up to 10 decimals.',
        parse_decimal,
    ),
    JSON: _define_scalar(
        "JSON",
        "https://www.rfc-editor.org/rfc/rfc8259",
        "Any JSON value.",
        lambda value: value,
    ),
}
"""For `StrawberryConfig(scalar_map=…)`."""
