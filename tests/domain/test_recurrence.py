"""Rules of RFC 5545: the days that they give, and rules that never match."""

from datetime import date

import pytest

from domain.kernel.errors import Invalid
from domain.recurrences import Recurrence, check_rule

START = date(1997, 9, 2)
"""The start of the examples of RFC 5545, section 3.8.5.3."""


def list_days(rule: str, count: int, starts_on: date = START) -> list[str]:
    recurrence, day, found = Recurrence(rule, starts_on), starts_on.replace(day=1), list[str]()
    while len(found) < count and (following := recurrence.find_next(day)) is not None:
        day = following
        found.append(day.isoformat())
    return found


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;INTERVAL=10;COUNT=5", "09-02 09-12 09-22 10-02 10-12"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=8", "09-02 09-04 09-16 09-18 09-30 10-02"),
        ("FREQ=MONTHLY;BYMONTHDAY=2,15;COUNT=10", "09-02 09-15 10-02 10-15 11-02 11-15"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "09-29 10-30 11-27 12-30"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "09-04 10-07 11-06"),
        ("FREQ=MONTHLY;BYDAY=1FR;UNTIL=19971224", "09-05 10-03 11-07 12-05"),
    ],
)
def test_the_examples_of_the_standard(rule: str, days: str) -> None:
    expected = [f"1997-{each}" for each in days.split()]
    assert list_days(rule, len(expected)) == expected


def test_a_rule_with_a_count_ends() -> None:
    assert list_days("FREQ=DAILY;COUNT=2", 5) == ["1997-09-02", "1997-09-03"]


def test_a_leap_day_comes_again() -> None:
    days = list_days("FREQ=YEARLY", 3, date(2024, 2, 29))
    assert days == ["2024-02-29", "2028-02-29", "2032-02-29"]


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=2"),
        *("FREQ=YEARLY;BYDAY=MO;BYSETPOS=366", "FREQ=YEARLY;INTERVAL=999;BYDAY=1MO;BYMONTHDAY=31"),
    ],
)
def test_a_rule_that_never_matches_is_refused(rule: str) -> None:
    with pytest.raises(Invalid, match="no day in the next ten years"):
        check_rule(rule, date(2027, 2, 28), "rule")
