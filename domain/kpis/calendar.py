"""The calendar of a tenant: the periods of its KPIs, computed from three settings.

The periods of a frequency are counted by whole numbers without holes, their ordinals. Whatever
moves in time adds to ordinals, never to days: months have no fixed length, and some years have 53
weeks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.kernel.errors import Code, Invalid
from domain.kernel.unit_of_work import Work
from domain.kpis.enums import KpiFrequency
from domain.tenants import FiscalYearName, Tenant, WeekStart, load_tenant

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
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
    _known: dict[tuple[KpiFrequency, int], Period] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def find(self, frequency: KpiFrequency, day: date) -> Period:
        """Return the period that a day lies in. Raises Invalid with OUT_OF_RANGE."""
        if not FIRST_DAY <= day <= LAST_DAY:
            message = f"Periods lie between {FIRST_DAY} and {LAST_DAY}. Choose a day there."
            raise Invalid(message, code=Code.OUT_OF_RANGE)
        return self._find(frequency, day)

    def get(self, frequency: KpiFrequency, ordinal: int) -> Period:
        """Return the period with an ordinal. Raises ValueError outside of the years 1 to 9999."""
        found = self._known.get((frequency, ordinal))
        if found is None:
            starts_on = self._find_start(frequency, ordinal)
            ends_before = self._find_start(frequency, ordinal + 1)
            label = LABELS[frequency](self, starts_on, ordinal)
            found = Period(frequency, ordinal, starts_on, ends_before, label)
            self._known[frequency, ordinal] = found
        return found

    def find_by_label(self, frequency: KpiFrequency, label: str, *field: str | int) -> Period:
        """Return the period with a label. Raises Invalid at the field."""
        pattern, example = PATTERNS[frequency]
        parts = pattern.fullmatch(label)
        if parts is None:
            message = f"There is no such period. Write one like {example}."
            raise Invalid(message, *field, code=Code.INVALID_FORMAT)
        year, *others = map(int, parts.groups())
        try:
            found = self.find(frequency, self._guess_day(frequency, year, *others))
        except (ValueError, Invalid):
            found = None
        if found is None or found.label != label:
            message = f"There is no period {label}. Choose one that is in the calendar."
            raise Invalid(message, *field, code=Code.OUT_OF_RANGE)
        return found

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

    def _guess_day(self, frequency: KpiFrequency, year: int, number: int = 1, day: int = 1) -> date:
        """Return a day in the period with these numbers in its label, if there is such a period."""
        if frequency is KpiFrequency.WEEKLY:
            return self._find_first_week(year).starts_on + timedelta(days=7 * (number - 1))
        if frequency in (KpiFrequency.QUARTERLY, KpiFrequency.ANNUAL):
            first_year = year - self._names_by_later_year
            months = first_year * 12 + self.fiscal_year_start_month - 1 + 3 * (number - 1)
            return date(months // 12, months % 12 + 1, 1)
        return date(year, number, day)

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
        return f"FY{first_year + self._names_by_later_year}"

    @property
    def _names_by_later_year(self) -> bool:
        is_last = self.fiscal_year_named_by is FiscalYearName.LAST_YEAR
        return is_last and self.fiscal_year_start_month > 1


def create_calendar(tenant: Tenant) -> PeriodCalendar:
    """Return the calendar of a tenant."""
    return PeriodCalendar(
        tenant.week_start, tenant.fiscal_year_start_month, tenant.fiscal_year_named_by
    )


async def load_calendar(work: Work) -> PeriodCalendar:
    """Return the calendar of the actor's tenant."""
    return create_calendar(await load_tenant(work))


def _find_week(first_day: date) -> tuple[int, int]:
    """Return the year and the number of a week."""
    middle = first_day + MIDDLE_OF_WEEK
    return middle.year, (middle.timetuple().tm_yday - 1) // 7 + 1


def _label_week(_: PeriodCalendar, first_day: date, __: int) -> str:
    year, week = _find_week(first_day)
    return f"{year}-W{week:02}"


_DAY = (re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII), "2026-03-31")
PATTERNS: Mapping[KpiFrequency, tuple[re.Pattern[str], str]] = {
    KpiFrequency.DAILY: _DAY,
    KpiFrequency.WEEKLY: (re.compile(r"(\d{4})-W(\d\d)", re.ASCII), "2026-W09"),
    KpiFrequency.MONTHLY: (re.compile(r"(\d{4})-(\d\d)", re.ASCII), "2026-03"),
    KpiFrequency.QUARTERLY: (re.compile(r"FY(\d{4})-Q(\d)", re.ASCII), "FY2026-Q1"),
    KpiFrequency.ANNUAL: (re.compile(r"FY(\d{4})", re.ASCII), "FY2026"),
    KpiFrequency.IRREGULAR: _DAY,
}
"""The form of a label, and an example of it."""

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
