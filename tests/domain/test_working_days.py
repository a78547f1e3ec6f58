"""Working days: weekends and public holidays of a place, and the days that a tenant changes."""

from datetime import date, timedelta

import pytest

from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId, generate_id
from domain.working_days import WorkCalendar, WorkingDays, add_working_days

CATALONIA = WorkingDays("ES", "CT")
TENANT = TenantId(generate_id())


@pytest.mark.parametrize(
    ("start", "number", "expected", "place"),
    [
        ("2026-06-15", 1, "2026-06-16", WorkingDays()),
        ("2026-06-12", 1, "2026-06-15", WorkingDays()),  # a Friday
        ("2026-06-13", 0, "2026-06-15", WorkingDays()),  # a Saturday
        ("2026-06-15", 0, "2026-06-15", WorkingDays()),
        ("2026-06-15", 10, "2026-06-29", WorkingDays()),
        ("2026-06-23", 1, "2026-06-25", CATALONIA),  # 24 June is Sant Joan
        ("2026-06-23", 1, "2026-06-24", WorkingDays("ES", "MD")),
        ("2026-12-24", 1, "2026-12-28", CATALONIA),  # 25 and 26 December
        ("2026-06-04", 1, "2026-06-07", WorkingDays("EG")),  # Fridays and Saturdays are free
    ],
)
def test_working_days_are_counted_where_somebody_works(
    start: str, number: int, expected: str, place: WorkingDays
) -> None:
    day = add_working_days(date.fromisoformat(start), number, place)
    assert day == date.fromisoformat(expected)


def test_the_tenant_decides_otherwise_than_the_public_holidays() -> None:
    calendar = WorkCalendar(tenant_id=TENANT, name="Barcelona", country="ES", subdivision="CT")
    holiday, usual, saturday = date(2026, 6, 24), date(2026, 6, 25), date(2026, 6, 27)
    calendar.set_day(holiday, "Inventory", is_working=True)
    calendar.set_day(usual, "Company day", is_working=False)
    calendar.set_day(saturday, "Peak", is_working=True)
    days = [date(2026, 6, 23) + timedelta(days=each) for each in range(6)]
    included = [calendar.working_days.includes(each) for each in days]
    assert included == [True, True, False, True, True, False]

    calendar.reset_day(holiday)
    assert not calendar.working_days.includes(holiday)
    assert [each.action for each in calendar.events] == ["day_set"] * 3 + ["day_reset"]


def test_the_same_day_again_changes_nothing() -> None:
    calendar = WorkCalendar(tenant_id=TENANT, name="Barcelona")
    calendar.set_day(date(2026, 6, 24), "Inventory", is_working=False)
    calendar.events.clear()
    calendar.set_day(date(2026, 6, 24), "Inventory", is_working=False)
    calendar.reset_day(date(2026, 6, 25))
    assert calendar.events == []
    assert len(calendar.days) == 1


def test_days_without_end_end_the_search() -> None:
    start = date(2026, 6, 15)
    never = {start + timedelta(days=each): False for each in range(1_000)}
    assert add_working_days(start, 1, WorkingDays(changes=never)) < start + timedelta(days=400)


@pytest.mark.parametrize(
    ("country", "subdivision", "field"),
    [("XX", None, "country"), ("es", None, "country"), ("ES", "BY", "subdivision")],
)
def test_an_unknown_place_is_refused(country: str, subdivision: str | None, field: str) -> None:
    calendar = WorkCalendar(tenant_id=TENANT, name="Barcelona", country="DE", subdivision="BY")
    with pytest.raises(Invalid) as refused:
        calendar.edit(country=country, subdivision=subdivision)
    assert (refused.value.code, refused.value.field) == (Code.INVALID_FORMAT, (field,))
    assert (calendar.country, calendar.subdivision) == ("DE", "BY")
