"""The calendar of KPIs: periods with ordinals, labels and counterparts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import Code, Invalid
from domain.kpis import KpiFrequency
from domain.kpis.calendar import FIRST_DAY, LAST_DAY, Period, PeriodCalendar
from domain.tenants import FiscalYearName, WeekStart

DAILY, WEEKLY, MONTHLY = KpiFrequency.DAILY, KpiFrequency.WEEKLY, KpiFrequency.MONTHLY
QUARTERLY, ANNUAL, IRREGULAR = KpiFrequency.QUARTERLY, KpiFrequency.ANNUAL, KpiFrequency.IRREGULAR
CALENDAR = PeriodCalendar()
APRIL = PeriodCalendar(fiscal_year_start_month=4)
CALENDARS = st.builds(
    PeriodCalendar,
    st.sampled_from(WeekStart),
    st.integers(1, 12),
    st.sampled_from(FiscalYearName),
)
DAYS = st.dates(FIRST_DAY + timedelta(days=800), LAST_DAY - timedelta(days=800))


def days(period: Period | None) -> tuple[str, str, str] | None:
    """Return the label, the first and the last day of a period."""
    return period and (period.label, period.starts_on.isoformat(), period.last_day.isoformat())


@pytest.mark.parametrize("frequency", KpiFrequency)
@given(calendar=CALENDARS, day=DAYS)
def test_every_day_lies_in_one_period_and_the_next_one_follows_it(
    frequency: KpiFrequency, calendar: PeriodCalendar, day: date
) -> None:
    period = calendar.find(frequency, day)
    assert period.starts_on <= day < period.ends_before
    assert calendar.find(frequency, period.last_day) == period
    after = calendar.find(frequency, period.ends_before)
    assert (after.ordinal, after.starts_on) == (period.ordinal + 1, period.ends_before)


@pytest.mark.parametrize("frequency", KpiFrequency)
@given(calendar=CALENDARS, day=DAYS)
def test_labels_name_one_period_each_and_go_up(
    frequency: KpiFrequency, calendar: PeriodCalendar, day: date
) -> None:
    first = calendar.find(frequency, day).ordinal
    labels = [calendar.get(frequency, each).label for each in range(first, first + 60)]
    assert labels == sorted(set(labels))


@given(day=DAYS)
def test_weeks_from_monday_are_those_of_iso_8601(day: date) -> None:
    year, week, _ = day.isocalendar()
    assert CALENDAR.find(WEEKLY, day).label == f"{year}-W{week:02}"


def test_years_with_53_weeks_keep_them() -> None:
    last = CALENDAR.find(WEEKLY, date(2027, 1, 3))
    assert days(last) == ("2026-W53", "2026-12-28", "2027-01-03")
    long = [
        y for y in range(2014, 2038) if CALENDAR.find(WEEKLY, date(y, 12, 31)).label[5:] == "W53"
    ]
    assert long == [2015, 2020, 2026, 2032, 2037]


def test_a_week_may_begin_on_saturday_or_sunday() -> None:
    day, starts = date(2026, 1, 1), dict[WeekStart, tuple[str, str, str] | None]()
    for each in WeekStart:
        starts[each] = days(PeriodCalendar(week_start=each).find(WEEKLY, day))
    assert starts == {
        WeekStart.MONDAY: ("2026-W01", "2025-12-29", "2026-01-04"),
        WeekStart.SATURDAY: ("2025-W52", "2025-12-27", "2026-01-02"),
        WeekStart.SUNDAY: ("2025-W53", "2025-12-28", "2026-01-03"),
    }


def test_a_fiscal_year_is_named_by_its_last_or_its_first_year() -> None:
    by_first = PeriodCalendar(
        fiscal_year_start_month=4, fiscal_year_named_by=FiscalYearName.FIRST_YEAR
    )
    day = date(2027, 2, 10)
    assert days(APRIL.find(ANNUAL, day)) == ("FY2027", "2026-04-01", "2027-03-31")
    assert days(by_first.find(ANNUAL, day)) == ("FY2026", "2026-04-01", "2027-03-31")
    assert days(APRIL.find(QUARTERLY, day)) == ("FY2027-Q4", "2027-01-01", "2027-03-31")
    assert days(CALENDAR.find(QUARTERLY, day)) == ("FY2027-Q1", "2027-01-01", "2027-03-31")


def test_the_previous_year_has_the_same_label_or_no_such_period() -> None:
    def earlier(frequency: KpiFrequency, day: date) -> str | None:
        found = CALENDAR.find_previous_year(CALENDAR.find(frequency, day))
        return found and found.label

    assert earlier(WEEKLY, date(2026, 12, 31)) is None
    assert earlier(WEEKLY, date(2026, 12, 27)) == "2025-W52"
    assert earlier(WEEKLY, date(2027, 1, 4)) == "2026-W01"
    assert earlier(DAILY, date(2024, 2, 29)) is None
    assert earlier(DAILY, date(2025, 3, 1)) == "2024-03-01"
    assert earlier(IRREGULAR, date(2025, 3, 1)) == "2024-03-01"
    assert earlier(MONTHLY, date(2025, 1, 31)) == "2024-01"
    assert earlier(QUARTERLY, date(2025, 1, 31)) == "FY2024-Q1"
    assert earlier(ANNUAL, date(2025, 1, 31)) == "FY2024"


def test_a_week_that_crosses_two_months_lies_in_none() -> None:
    crossing, inside = (CALENDAR.find(WEEKLY, date(2026, 3, each)) for each in (31, 18))
    assert CALENDAR.find_enclosing(crossing, MONTHLY) is None
    assert days(CALENDAR.find_enclosing(inside, MONTHLY)) == ("2026-03", "2026-03-01", "2026-03-31")
    month = CALENDAR.find(MONTHLY, date(2027, 1, 15))
    assert days(APRIL.find_enclosing(month, ANNUAL)) == ("FY2027", "2026-04-01", "2027-03-31")


def test_the_parts_of_a_period_lie_in_it_as_a_whole() -> None:
    march = CALENDAR.find(MONTHLY, date(2026, 3, 31))
    assert [each.label for each in CALENDAR.list_inside(march, WEEKLY)] == [
        "2026-W10", "2026-W11", "2026-W12", "2026-W13",
    ]  # fmt: skip
    year = APRIL.find(ANNUAL, date(2026, 4, 1))
    months = [each.label for each in APRIL.list_inside(year, MONTHLY)]
    assert (months[0], months[-1], len(months)) == ("2026-04", "2027-03", 12)


def test_a_year_begins_with_its_first_week_or_with_the_fiscal_year() -> None:
    assert APRIL.find_first_in_year(APRIL.find(WEEKLY, date(2027, 1, 2))).label == "2026-W01"
    assert APRIL.find_first_in_year(APRIL.find(MONTHLY, date(2027, 1, 2))).label == "2026-04"
    assert APRIL.find_first_in_year(APRIL.find(DAILY, date(2026, 3, 31))).label == "2025-04-01"


def test_periods_between_two_days_contain_both() -> None:
    found = CALENDAR.list_between(MONTHLY, date(2025, 12, 31), date(2026, 2, 1))
    assert [each.label for each in found] == ["2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_a_day_of_another_age_is_refused(day: date) -> None:
    with pytest.raises(Invalid, match="between 1900-01-01 and 2199-12-31"):
        CALENDAR.find(DAILY, day)


@pytest.mark.parametrize("frequency", KpiFrequency)
@given(calendar=CALENDARS, day=DAYS)
def test_a_label_finds_its_period(
    frequency: KpiFrequency, calendar: PeriodCalendar, day: date
) -> None:
    period = calendar.find(frequency, day)
    assert calendar.find_by_label(frequency, period.label) == period


@pytest.mark.parametrize(
    ("frequency", "label", "code"),
    [
        (WEEKLY, "2025-W53", Code.OUT_OF_RANGE),
        (WEEKLY, "2026-W00", Code.OUT_OF_RANGE),
        (WEEKLY, "2026-W1", Code.INVALID_FORMAT),
        (MONTHLY, "2026-13", Code.OUT_OF_RANGE),
        (MONTHLY, "2026-W13", Code.INVALID_FORMAT),
        (QUARTERLY, "FY2026-Q5", Code.OUT_OF_RANGE),
        (ANNUAL, "FY0000", Code.OUT_OF_RANGE),
        (ANNUAL, "2026", Code.INVALID_FORMAT),
        (DAILY, "2026-02-29", Code.OUT_OF_RANGE),
        (DAILY, "٢٠٢٦-٠١-٠١", Code.INVALID_FORMAT),
    ],
)
def test_a_label_without_a_period_is_refused(
    frequency: KpiFrequency, label: str, code: Code
) -> None:
    for calendar in (CALENDAR, APRIL):
        with pytest.raises(Invalid) as refused:
            calendar.find_by_label(frequency, label, "period")
        assert (refused.value.code, refused.value.field) == (code, ("period",))
