"""When people are reminded: stages by working days, and quiet hours."""

from datetime import date, timedelta

import pytest

from domain.kernel.errors import Invalid
from domain.kernel.faults import list_faults
from domain.reviews.cycles.reminder_rules import (
    ReminderDays,
    ReminderRule,
    count_working_days,
    is_quiet,
)
from domain.working_days import WorkingDays

USUAL = WorkingDays()
RULE = ReminderRule((14, 7, 3), overdue_interval=2)
FRIDAY = date(2026, 7, 31)
"""The due day of these tests."""


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2026, 7, 16), None),
        (date(2026, 7, 17), -14),
        (date(2026, 7, 18), None),  # a Saturday
        (date(2026, 7, 20), -14),  # a worker was late
        (date(2026, 7, 21), None),  # and later it is not worth a reminder
        (date(2026, 7, 24), -7),
        (date(2026, 7, 28), -3),
        (date(2026, 7, 31), -3),
        (date(2026, 8, 1), None),
        (date(2026, 8, 3), None),  # one working day late
        (date(2026, 8, 4), 1),
        (date(2026, 8, 5), 1),
        (date(2026, 8, 6), 2),
        (date(2026, 8, 14), 5),
    ],
)
def test_each_day_has_its_stage(today: date, stage: int | None) -> None:
    assert RULE.find_stage(FRIDAY, today, USUAL) == stage


def test_a_reminder_on_a_free_day_comes_on_the_next_working_day() -> None:
    monday = date(2026, 8, 3)
    found = [
        day
        for day in (monday - timedelta(days=each) for each in range(8, -1, -1))
        if ReminderRule((2,)).find_stage(monday, day, USUAL) == -2
    ]
    assert found == [monday]  # two days before is a Saturday


def test_holidays_of_the_place_move_reminders() -> None:
    spain = WorkingDays("ES")
    due = date(2026, 12, 28)
    assert ReminderRule((3,)).find_stage(due, date(2026, 12, 25), USUAL) == -3
    assert ReminderRule((3,)).find_stage(due, date(2026, 12, 25), spain) is None
    assert ReminderRule((3,)).find_stage(due, due, spain) == -3


def test_stages_rise_so_that_one_that_was_sent_says_which_ones_are_left() -> None:
    days = [FRIDAY - timedelta(days=20) + timedelta(days=each) for each in range(60)]
    stages = [RULE.find_stage(FRIDAY, each, USUAL) for each in days]
    reached = [each for each in stages if each is not None]
    assert reached == sorted(reached)
    assert list(dict.fromkeys(reached))[:6] == [-14, -7, -3, 1, 2, 3]


def test_without_days_nobody_is_reminded() -> None:
    nothing = ReminderRule(())
    days = [FRIDAY + timedelta(days=each) for each in range(-30, 60)]
    assert {nothing.find_stage(FRIDAY, each, USUAL) for each in days} == {None}


def test_working_days_are_counted_after_the_day() -> None:
    assert count_working_days(FRIDAY, FRIDAY, USUAL) == 0
    assert count_working_days(FRIDAY, date(2026, 8, 3), USUAL) == 1
    assert count_working_days(FRIDAY, date(2026, 8, 10), USUAL) == 6


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "quiet"),
    [
        (18, 8, {*range(18, 24), *range(8)}),
        (12, 14, {12, 13}),
        (0, 0, set()),
        (18, 18, set()),
        (0, 8, set(range(8))),
    ],
)
def test_quiet_hours_may_pass_midnight(quiet_from: int, quiet_until: int, quiet: set[int]) -> None:
    assert {each for each in range(24) if is_quiet(each, quiet_from, quiet_until)} == quiet


def test_days_of_reminders_are_sorted_and_each_is_given_once() -> None:
    rule = ReminderDays()
    assert rule.check([3, 14, 7]) == (14, 7, 3)
    with pytest.raises(Invalid) as caught:
        rule.check([3, 91, 3], "reminderDays")
    assert [each.field for each in list_faults(caught.value)] == [
        ("reminderDays", "1"),
        ("reminderDays",),
    ]
