"""Counting working days: pure functions over a place and the days that the tenant has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from domain.working_days.public_holidays import USUAL_WEEKEND, load_holidays, load_weekend

MAX_FREE_DAYS = 366
"""The search ends after so many free days in a row: somebody has entered them by mistake."""


@dataclass(frozen=True)
class WorkingDays:
    """The working days of a place. Without a country, all days but weekends are working days.

    `changes` are the days on which the tenant decides otherwise: True is a working day.
    """

    country: str | None = None
    subdivision: str | None = None
    changes: Mapping[date, bool] = field(default_factory=dict)

    def includes(self, day: date) -> bool:
        """Return whether a day is a working day."""
        if day in self.changes:
            return self.changes[day]
        if self.country is None:
            return day.weekday() not in USUAL_WEEKEND
        if day.weekday() in load_weekend(self.country):
            return False
        return day not in load_holidays(self.country, self.subdivision)


def add_working_days(day: date, number: int, working_days: WorkingDays) -> date:
    """Return the day that is so many working days after a day; the day itself is not counted.

    With 0 it is the day itself if that is a working day, and else the next one.
    """
    later = day if number else day - timedelta(days=1)
    missing, free = max(number, 1), 0
    for distance in count(1):
        candidate = later + timedelta(days=distance)
        is_working = working_days.includes(candidate)
        missing, free = (missing - 1, 0) if is_working else (missing, free + 1)
        if missing == 0 or free > MAX_FREE_DAYS:
            return candidate
    raise AssertionError("The count has no end.")
