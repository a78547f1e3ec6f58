"""Fiscal periods around today, and the times of day at which people work."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

SATURDAY = 5
HOLIDAYS = {(1, 1), (12, 24), (12, 25), (12, 26), (12, 31)}


@dataclass(frozen=True)
class FiscalPeriod:
    """A fiscal quarter or year. Both days belong to it."""

    starts_on: date
    due_on: date

    def day_at(self, share: float) -> date:
        """Return the day after this share of the period."""
        return self.starts_on + timedelta(days=round(share * (self.due_on - self.starts_on).days))

    def share_at(self, day: date) -> float:
        """Return the share of the period that has passed on that day."""
        return (day - self.starts_on).days / (self.due_on - self.starts_on).days


def list_periods(
    today: date, first_month: int, *, months: int, earlier: int, later: int
) -> list[FiscalPeriod]:
    """Return the fiscal period of today, with so many before and after it."""
    month = today.year * 12 + today.month - 1
    current = month - (month - (first_month - 1)) % months
    indexes = [current + months * each for each in range(-earlier, later + 2)]
    starts = [date(index // 12, index % 12 + 1, 1) for index in indexes]
    return [FiscalPeriod(start, after - timedelta(days=1)) for start, after in pairwise(starts)]


def find_start(today: date, first_month: int) -> datetime:
    """Return when a demo tenant began to use Trellis: shortly before the quarter a year ago."""
    quarter, *_ = list_periods(today, first_month, months=3, earlier=4, later=0)
    return datetime.combine(quarter.starts_on - timedelta(days=20), time(7), UTC)


def choose_time(day: date, time_zone: str, today: date, random: Random) -> datetime:
    """Return a time of that day at which people work there; of the nearest workday before today."""
    step = timedelta(days=1 if day < today - timedelta(days=5) else -1)
    while day.weekday() >= SATURDAY or (day.month, day.day) in HOLIDAYS or day >= today:
        day += step
    minutes = int(random.triangular(8 * 60, 17 * 60 + 30, 9 * 60 + 40))
    at = time(minutes // 60, minutes % 60, random.randrange(60))
    return datetime.combine(day, at, ZoneInfo(time_zone)).astimezone(UTC)
