"""Steps over the periods of one frequency in the calendar of a tenant."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.kpis.calendar import FIRST_DAY, Period, PeriodCalendar
from domain.kpis.enums import KpiFrequency

WORDS = {
    "week": KpiFrequency.WEEKLY,
    "month": KpiFrequency.MONTHLY,
    "quarter": KpiFrequency.QUARTERLY,
}
PERIODS_OF_YEAR = {
    KpiFrequency.DAILY: (365, 366),
    KpiFrequency.WEEKLY: (52, 53),
    KpiFrequency.MONTHLY: (12,),
    KpiFrequency.QUARTERLY: (4,),
    KpiFrequency.ANNUAL: (1,),
}


@dataclass(frozen=True)
class PeriodSteps:
    """The steps that formulas know, over ordinals."""

    calendar: PeriodCalendar
    frequency: KpiFrequency

    def get(self, ordinal: int) -> Period:
        """Return the period with this ordinal."""
        return self.calendar.get(self.frequency, ordinal)

    def find_earlier(self, ordinal: int, steps: int) -> int | None:
        """Return the period that many steps before this one; None before the calendar begins."""
        first = self.calendar.find(self.frequency, FIRST_DAY).ordinal
        return ordinal - steps if ordinal - steps >= first else None

    def find_previous_year(self, ordinal: int) -> int | None:
        """Return the same period one year before; None if that year has no such period."""
        found = self.calendar.find_previous_year(self.get(ordinal))
        return None if found is None else found.ordinal

    def list_following_years(self, ordinal: int) -> Iterable[int]:
        """Return the periods whose previous year is this one: one, or none."""
        candidates = (ordinal + each for each in PERIODS_OF_YEAR[self.frequency])
        return [each for each in candidates if self.find_previous_year(each) == ordinal]

    def find_first(self, word: str, ordinal: int) -> int:
        """Return the first period of the week, month, quarter or year around this one."""
        period = self.get(ordinal)
        if word not in WORDS:
            return self.calendar.find_first_in_year(period).ordinal
        around = self.calendar.find(WORDS[word], period.starts_on)
        return self.calendar.find(self.frequency, around.starts_on).ordinal

    def find_last(self, word: str, ordinal: int) -> int:
        """Return the last period of the week, month, quarter or year around this one."""
        if self.frequency is KpiFrequency.WEEKLY:
            first = self.find_first(word, ordinal)
            return first + 52 if self.find_first(word, first + 52) == first else first + 51
        around = self.calendar.find(
            WORDS.get(word, KpiFrequency.ANNUAL), self.get(ordinal).starts_on
        )
        return self.calendar.find(self.frequency, around.last_day).ordinal

    def list_inside(self, finer: KpiFrequency, first: int, last: int) -> range:
        """Return the periods of the same or a finer frequency from one period to another."""
        if finer is self.frequency:
            return range(first, last + 1)
        begin = self.calendar.find(finer, self.get(first).starts_on)
        end = self.calendar.find(finer, self.get(last).last_day)
        return range(begin.ordinal, end.ordinal + 1)

    def list_around(self, finer: KpiFrequency, ordinals: Iterable[int]) -> set[int]:
        """Return the periods around those of the same or a finer frequency."""
        if finer is self.frequency:
            return {*ordinals}
        days = (self.calendar.get(finer, each).starts_on for each in ordinals)
        return {self.calendar.find(self.frequency, day).ordinal for day in days}
