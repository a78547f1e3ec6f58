"""When somebody is reminded of a task: pure functions over days and hours where they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import MaxItems, WholeNumber
from domain.kernel.periods import ONE_DAY
from domain.working_days import WorkingDays, add_working_days

MAX_LATE_DAYS = 3
"""A reminder before the due day whose day is longer ago is not sent any more."""

DAYS_BEFORE = WholeNumber("The number of days", 0, 90)


@dataclass(frozen=True)
class ReminderDays(MaxItems):
    """Numbers of days before something is due, each once, the largest first."""

    subject: str = "A cycle"
    items: str = "days of reminders"
    maximum: int = 10

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return f"At most {self.maximum}, each from 0 to 90."

    def check(self, value: Collection[int], *path: str | int) -> Any:
        """Return the numbers as a tuple. Raises Invalid and LimitExceeded, with all faults."""
        given = super().check(value, *path)
        faults = FaultCollector()
        for index, each in enumerate(value):
            with faults.collect():
                DAYS_BEFORE.check(each, *path, index)
        with faults.collect():
            if len(given) < len(value):
                raise Invalid("A day is given twice. Remove one.", *path, code=Code.NOT_UNIQUE)
        faults.raise_all()
        return tuple(sorted(given, reverse=True))


@dataclass(frozen=True)
class ReminderRule:
    """Days before something is due, and each so many working days after it; 0 for none."""

    days_before: Collection[int]
    overdue_interval: int = 0

    def find_stage(self, due_on: date, today: date, working_days: WorkingDays) -> int | None:
        """Return the stage that is reached today; None on free days, or while none is reached.

        Stages rise: minus the days before the due day, then 1, 2 and so on, the overdue ones.
        """
        if not working_days.includes(today):
            return None
        if today > due_on:
            return self._find_overdue_stage(due_on, today, working_days)
        for days in sorted(self.days_before):
            planned = due_on - timedelta(days=days)
            day = add_working_days(planned, 0, working_days)
            if min(day, due_on) <= today <= max(day, planned + timedelta(days=MAX_LATE_DAYS)):
                return -days
        return None

    def _find_overdue_stage(
        self, due_on: date, today: date, working_days: WorkingDays
    ) -> int | None:
        late = count_working_days(due_on, today, working_days)
        return late // self.overdue_interval or None if self.overdue_interval else None


def count_working_days(after: date, until: date, working_days: WorkingDays) -> int:
    """Return the working days after a day, until another one that counts."""
    days = range((until - after).days)
    return sum(working_days.includes(after + ONE_DAY * (each + 1)) for each in days)


def is_quiet(hour: int, quiet_from: int, quiet_until: int) -> bool:
    """Return whether an hour of the day lies in the quiet hours, which may pass midnight."""
    if quiet_from <= quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until
