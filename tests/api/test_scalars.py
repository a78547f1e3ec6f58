"""Scalars of inputs: what is read, and as which value."""

from datetime import UTC, datetime

import pytest
from graphql import GraphQLError

from api.kernel.schema.scalars import parse_datetime


@pytest.mark.parametrize(
    ("fraction", "microsecond"),
    [
        ("", 0),
        (".5", 500_000),
        (".123456", 123_456),
        (".123456789", 123_456),
        (".000000999999999999", 0),
        ("." + "9" * 60, 999_999),
    ],
)
@pytest.mark.parametrize(("offset", "hour"), [("Z", 9), ("z", 9), ("+02:00", 7), ("-00:00", 9)])
def test_a_moment_has_any_number_of_fractional_digits(
    fraction: str, microsecond: int, offset: str, hour: int
) -> None:
    moment = datetime(2026, 11, 20, hour, 30, 1, microsecond, UTC)
    assert parse_datetime(f"2026-11-20T09:30:01{fraction}{offset}") == moment


@pytest.mark.parametrize("fraction", [".", ".5s", ",5", "." + "9" * 90, ".\u0661"])
def test_what_is_no_fraction_is_refused(fraction: str) -> None:
    with pytest.raises(GraphQLError, match="A DateTime is written 2026-11-20T09:30:00Z"):
        parse_datetime(f"2026-11-20T09:30:01{fraction}Z")
