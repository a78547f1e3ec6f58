"""Days that recur, by a rule of RFC 5545, expanded by the library `dateutil`.

Only this module imports it: see docs/decisions/0104-reviews-hold-what-was-looked-at.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from domain.kernel.errors import Invalid
from domain.kernel.fields import SingleLine

RULE = SingleLine("The rule", max_length=200)
HORIZON = timedelta(days=3_660)
"""A rule without a day in the next ten years is refused."""

CYCLE_YEARS = 400
"""The Gregorian calendar repeats after so many years, with its weekdays."""

NUMBER, SIGNED = "[1-9][0-9]{0,2}", "-?[1-9][0-9]{0,2}"
DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
PATTERNS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": NUMBER,
    "COUNT": NUMBER,
    "UNTIL": "[0-9]{8}",
    "BYDAY": f"(?:-?[1-5])?{DAY}(?:,(?:-?[1-5])?{DAY}){{0,6}}",
    "BYMONTHDAY": f"{SIGNED}(?:,{SIGNED}){{0,30}}",
    "BYSETPOS": f"{SIGNED}(?:,{SIGNED}){{0,9}}",
}
"""The parts of a rule, each with the form of its value."""

ALLOWED = {
    "DAILY": set[str](),
    "WEEKLY": {"BYDAY"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
}
"""The parts with BY that a frequency takes."""

LIMITS = {"BYMONTHDAY": 31, "BYSETPOS": 366}

UNKNOWN_PART = f"Write it in parts such as FREQ=MONTHLY;BYDAY=1MO. Parts: {', '.join(PATTERNS)}."


@dataclass(frozen=True)
class Recurrence:
    """A checked rule and the first day from which it counts."""

    rule: str
    starts_on: date

    def find_next(self, after: date) -> date | None:
        """Return the first day after a day; None where there is none in the next ten years.

        The rule is expanded in the last cycle of the calendar before the year 9999. There the
        library gives up soon when no day ever matches.
        """
        years = (MAXYEAR - self.starts_on.year) // CYCLE_YEARS * CYCLE_YEARS
        first = _shift(self.starts_on, years)
        text = UNTIL.sub(lambda found: _shift_until(found, years), self.rule)
        rule = rrulestr(text, dtstart=datetime.combine(first, time()))
        found = rule.after(datetime.combine(_shift(after, years), time()))
        day = None if found is None else _shift(found.date(), -years)
        return day if day is not None and day <= max(after, self.starts_on) + HORIZON else None


UNTIL = re.compile("(?<=UNTIL=)[0-9]{8}")


def check_rule(text: str, starts_on: date, *path: str | int) -> str:
    """Return a rule in capital letters. Raises Invalid."""
    rule = text.upper().removeprefix("RRULE:").strip().rstrip(";")
    _check_parts(_split(rule, *path), *path)
    day_before = starts_on - timedelta(days=1)
    if Recurrence(rule, starts_on).find_next(day_before) is None:
        raise Invalid("This rule has no day in the next ten years. Change it.", *path)
    return rule


def _split(rule: str, *path: str | int) -> Mapping[str, str]:
    parts = dict[str, str]()
    for each in rule.split(";"):
        name, _, value = each.partition("=")
        if name not in PATTERNS:
            raise Invalid(f"{name or 'An empty part'} is not known here. {UNKNOWN_PART}", *path)
        if name in parts:
            raise Invalid(f"The part {name} comes twice. Remove one.", *path)
        if not re.fullmatch(PATTERNS[name], value):
            raise Invalid(f"The value of {name} cannot be read. Write it as RFC 5545 says.", *path)
        parts[name] = value
    return parts


def _check_parts(parts: Mapping[str, str], *path: str | int) -> None:
    """Raise Invalid for parts that do not go together."""
    frequency = parts.get("FREQ")
    if frequency is None:
        raise Invalid("The rule has no FREQ. Add one, such as FREQ=MONTHLY.", *path)
    unfit = sorted({each for each in parts if each.startswith("BY")} - ALLOWED[frequency])
    if unfit:
        raise Invalid(f"FREQ={frequency} takes no {unfit[0]}. Use another frequency.", *path)
    if frequency == "WEEKLY" and any(each.isdigit() for each in parts.get("BYDAY", "")):
        raise Invalid("Days of a week have no number. Write BYDAY=MO, or use MONTHLY.", *path)
    if "COUNT" in parts and "UNTIL" in parts:
        raise Invalid("A rule has COUNT or UNTIL, not both. Remove one.", *path)
    if "BYSETPOS" in parts and not parts.keys() & {"BYDAY", "BYMONTHDAY"}:
        raise Invalid("BYSETPOS chooses among days. Add BYDAY or BYMONTHDAY.", *path)
    for name, limit in LIMITS.items():
        if any(abs(int(each)) > limit for each in parts.get(name, "1").split(",")):
            raise Invalid(f"The numbers of {name} go up to {limit}. Change them.", *path)
    if "UNTIL" in parts:
        _read_day(parts["UNTIL"], *path)


def _read_day(text: str, *path: str | int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("UNTIL is no day. Write one like 20261231.", *path) from None


def _shift_until(found: re.Match[str], years: int) -> str:
    return _shift(date.fromisoformat(found.group()), years).strftime("%Y%m%d")


def _shift(day: date, years: int) -> date:
    """Return the same day of another cycle of the calendar; the last day for those beyond it."""
    year = day.year + years
    return day.replace(year=year) if year <= MAXYEAR else date.max
