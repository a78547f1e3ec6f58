"""Calendar: fiscal years and quarters around today, and the moments at which people press a key."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

SATURDAY = 5
HOLIDAYS = {(1, 1), (12, 24), (12, 25), (12, 26), (12, 31)}


@dataclass(frozen=True)
class Span:
    """A stretch of days for which people set goals; both days count."""

    starts_on: date
    due_on: date

    def day(self, share: float) -> date:
        """The day after this share of the time."""
        return self.starts_on + timedelta(days=round(share * (self.due_on - self.starts_on).days))

    def share(self, day: date) -> float:
        """How much of the time has gone by on that day."""
        return (day - self.starts_on).days / max((self.due_on - self.starts_on).days, 1)


def quarters(today: date, first_month: int) -> list[Span]:
    """Five fiscal quarters up to the one of today, and the next one."""
    current = _months_later(_year_start(today, first_month), 0)
    while _months_later(current, 3) <= today:
        current = _months_later(current, 3)
    starts = [_months_later(current, 3 * index) for index in range(-4, 3)]
    return [Span(start, following - timedelta(days=1)) for start, following in pairwise(starts)]


def years(today: date, first_month: int) -> list[Span]:
    """The fiscal year before the one of today, and that one."""
    start = _year_start(today, first_month)
    before = _months_later(start, -12)
    after = _months_later(start, 12)
    return [Span(before, start - timedelta(days=1)), Span(start, after - timedelta(days=1))]


def moment(day: date, zone: str, chance: Random, before: date) -> datetime:
    """A time of that day at which somebody there is at work; else of the next one, if it is past.

    `before` is the day of today: the story ends in the night before it.
    """
    step = 1 if day < before - timedelta(days=5) else -1
    while day.weekday() >= SATURDAY or (day.month, day.day) in HOLIDAYS or day >= before:
        day += timedelta(days=step)
    minutes = int(chance.triangular(8 * 60, 17 * 60 + 30, 9 * 60 + 40))
    at = time(minutes // 60, minutes % 60, chance.randrange(60))
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def last_moment(today: date) -> datetime:
    """The end of the story: the night before today."""
    return datetime.combine(today, time(0), UTC) - timedelta(minutes=1)


def _year_start(today: date, first_month: int) -> date:
    start = today.replace(month=first_month, day=1)
    return start if start <= today else start.replace(year=start.year - 1)


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
