"""Periods of calendar days. The end is the first day that no longer counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import raise_faults

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days from `starts_on` until the day before `ends_on`; without an end if that is None."""

    starts_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise build_reversed_days(self.starts_on, self.ends_on)

    def __str__(self) -> str:
        if self.ends_on is None:
            return f"from {self.starts_on} on"
        return f"from {self.starts_on} to {self.ends_on - ONE_DAY}"

    def covers(self, day: date) -> bool:
        """Return whether the period contains that day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def overlaps(self, other: "Period") -> bool:
        """Return whether some day lies in both periods."""
        return (self.ends_on is None or other.starts_on < self.ends_on) and (
            other.ends_on is None or self.starts_on < other.ends_on
        )


def new_period(starts_on: date, ends_on: date | None = None) -> Period:
    """Return a period of at least one day. Raises Invalid.

    An existing period may become empty when its end is changed; a new one may not be empty.
    """
    raise_faults(find_period_faults(starts_on, ends_on))
    return Period(starts_on, ends_on)


def find_period_faults(starts_on: date | None, ends_on: date | None) -> Iterator[Invalid]:
    """Yield what is wrong with the days of a new period; nothing where one of them is None."""
    if starts_on is not None and ends_on is not None and ends_on <= starts_on:
        yield build_reversed_days(starts_on, ends_on)


def subtract(period: Period, others: Iterable[Period]) -> list[Period]:
    """Return the days of a period that lie in none of the others, as periods in their order."""
    gaps, starts_on = list[Period](), period.starts_on
    for other in sorted(others, key=lambda each: each.starts_on):
        if not period.overlaps(other) or other.ends_on == other.starts_on:
            continue
        if other.starts_on > starts_on:
            gaps.append(Period(starts_on, other.starts_on))
        if other.ends_on is None:
            return gaps
        starts_on = max(starts_on, other.ends_on)
    if period.ends_on is None or starts_on < period.ends_on:
        gaps.append(Period(starts_on, period.ends_on))
    return gaps


def build_reversed_days(starts_on: date, ends_on: date, field: str = "endsOn") -> Invalid:
    """Return the refusal of a period whose last day is before its first one."""
    message = (
        f"The last day, {ends_on - ONE_DAY}, is before the first one, {starts_on}."
        " Change one of the two days."
    )
    return Invalid(message, field, code=Code.OUT_OF_RANGE)
