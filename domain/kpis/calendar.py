"""The calendar of a tenant: the periods of its KPIs, computed from three settings.

The periods of a frequency are counted by whole numbers without holes, their ordinals. Whatever
moves in time adds to ordinals, never to days: months have no fixed length, and some years have 53
weeks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.kernel.errors import Code, Invalid
from domain.kpis.enums import KpiFrequency
from domain.tenants import FiscalYearName, Tenant, WeekStart

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""The days that a period may begin on."""

MONTHS = {KpiFrequency.MONTHLY: 1, KpiFrequency.QUARTERLY: 3, KpiFrequency.ANNUAL: 12}
"""The length of the periods that consist of calendar months."""

WEEK_OFFSETS = {WeekStart.SUNDAY: 0, WeekStart.MONDAY: 1, WeekStart.SATURDAY: 6}
"""The number of the first day of week 0, as `date.toordinal` counts days."""

MIDDLE_OF_WEEK = timedelta(days=3)
"""A week belongs to the year of its fourth day, as in ISO 8601."""


@dataclass(frozen=True)
class Period:
    """A period of a frequency. `ends_before` is the first day after it."""

    frequency: KpiFrequency
    ordinal: int
    starts_on: date
    ends_before: date
    label: str

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.ends_before - timedelta(days=1)

    def contains(self, other: "Period") -> bool:
        """Return whether all days of another period lie in this one."""
        return self.starts_on <= other.starts_on and other.ends_before <= self.ends_before


@dataclass(frozen=True)
class PeriodCalendar:
    """The periods of one tenant. Periods of IRREGULAR KPIs are single days."""

    week_start: WeekStart = WeekStart.MONDAY
    fiscal_year_start_month: int = 1
    fiscal_year_named_by: FiscalYearName = FiscalYearName.LAST_YEAR

    def find(self, frequency: KpiFrequency, day: date) -> Period:
        """Return the period that a day lies in. Raises Invalid with OUT_OF_RANGE."""
        if not FIRST_DAY <= day <= LAST_DAY:
            message = f"The day must lie between {FIRST_DAY} and {LAST_DAY}."
            raise Invalid(message, code=Code.OUT_OF_RANGE)
        return self._find(frequency, day)

    def get(self, frequency: KpiFrequency, ordinal: int) -> Period:
        """Return the period with an ordinal. Raises ValueError outside of the years 1 to 9999."""
        starts_on = self._find_start(frequency, ordinal)
        ends_before = self._find_start(frequency, ordinal + 1)
        label = LABELS[frequency](self, starts_on, ordinal)
        return Period(frequency, ordinal, starts_on, ends_before, label)

    def list_between(
        self, frequency: KpiFrequency, first_day: date, last_day: date
    ) -> list[Period]:
        """Return the periods that contain a day from the first to the last, in their order."""
        first, last = self.find(frequency, first_day), self.find(frequency, last_day)
        ordinals = range(first.ordinal, last.ordinal + 1)
        return [self.get(frequency, each) for each in ordinals]

    def find_previous_year(self, period: Period) -> Period | None:
        """Return the period with the same place in the year before.

        None where that year has no such period: 2025 has no week 53, and no 29 February.
        """
        if period.frequency in MONTHS:
            return self.get(period.frequency, period.ordinal - 12 // MONTHS[period.frequency])
        if period.frequency is KpiFrequency.WEEKLY:
            year, week = _find_week(period.starts_on)
            first = self._find_first_week(year - 1)
            found = self.get(period.frequency, first.ordinal + week - 1)
            return found if _find_week(found.starts_on) == (year - 1, week) else None
        day = period.starts_on
        if (day.month, day.day) == (2, 29):
            return None
        return self._find(period.frequency, day.replace(year=day.year - 1))

    def find_enclosing(self, period: Period, frequency: KpiFrequency) -> Period | None:
        """Return the period of a longer frequency around a period; None where it crosses two."""
        found = self._find(frequency, period.starts_on)
        return found if found.contains(period) else None

    def find_first_in_year(self, period: Period) -> Period:
        """Return the first period, of the same frequency, of the year that a period counts to.

        Weeks count to the year in their label, all others to the fiscal year.
        """
        if period.frequency is KpiFrequency.WEEKLY:
            return self._find_first_week(_find_week(period.starts_on)[0])
        year = self._find(KpiFrequency.ANNUAL, period.starts_on)
        return self._find(period.frequency, year.starts_on)

    def list_inside(self, period: Period, frequency: KpiFrequency) -> list[Period]:
        """Return the periods of a shorter frequency that lie in a period as a whole."""
        first, last = (self._find(frequency, day) for day in (period.starts_on, period.last_day))
        found = (self.get(frequency, each) for each in range(first.ordinal, last.ordinal + 1))
        return [each for each in found if period.contains(each)]

    def _find(self, frequency: KpiFrequency, day: date) -> Period:
        if frequency is KpiFrequency.WEEKLY:
            return self.get(frequency, (day.toordinal() - self._week_offset) // 7)
        if frequency in MONTHS:
            months = day.year * 12 + day.month - 1 - self._month_offset(frequency)
            return self.get(frequency, months // MONTHS[frequency])
        return self.get(frequency, day.toordinal())

    @property
    def _week_offset(self) -> int:
        return WEEK_OFFSETS[self.week_start]

    def _month_offset(self, frequency: KpiFrequency) -> int:
        return 0 if frequency is KpiFrequency.MONTHLY else self.fiscal_year_start_month - 1

    def _find_start(self, frequency: KpiFrequency, ordinal: int) -> date:
        if frequency is KpiFrequency.WEEKLY:
            return date.fromordinal(ordinal * 7 + self._week_offset)
        if frequency in MONTHS:
            months = ordinal * MONTHS[frequency] + self._month_offset(frequency)
            return date(months // 12, months % 12 + 1, 1)
        return date.fromordinal(ordinal)

    def _find_first_week(self, year: int) -> Period:
        return self._find(KpiFrequency.WEEKLY, date(year, 1, 4))

    def name_fiscal_year(self, first_year: int) -> str:
        """Return the label of the fiscal year that begins in a calendar year."""
        is_later = self.fiscal_year_named_by is FiscalYearName.LAST_YEAR
        return f"FY{first_year + (is_later and self.fiscal_year_start_month > 1)}"


def create_calendar(tenant: Tenant) -> PeriodCalendar:
    """Return the calendar of a tenant."""
    return PeriodCalendar(
        tenant.week_start, tenant.fiscal_year_start_month, tenant.fiscal_year_named_by
    )


def _find_week(first_day: date) -> tuple[int, int]:
    """Return the year and the number of a week."""
    middle = first_day + MIDDLE_OF_WEEK
    return middle.year, (middle.timetuple().tm_yday - 1) // 7 + 1


def _label_week(_: PeriodCalendar, first_day: date, __: int) -> str:
    year, week = _find_week(first_day)
    return f"{year}-W{week:02}"


LABELS: Mapping[KpiFrequency, Callable[[PeriodCalendar, date, int], str]] = {
    KpiFrequency.DAILY: lambda _, day, __: day.isoformat(),
    KpiFrequency.WEEKLY: _label_week,
    KpiFrequency.MONTHLY: lambda _, day, __: f"{day.year}-{day.month:02}",
    KpiFrequency.QUARTERLY: lambda calendar, _, ordinal: (
        f"{calendar.name_fiscal_year(ordinal // 4)}-Q{ordinal % 4 + 1}"
    ),
    KpiFrequency.ANNUAL: lambda calendar, _, ordinal: calendar.name_fiscal_year(ordinal),
    KpiFrequency.IRREGULAR: lambda _, day, __: day.isoformat(),
}
