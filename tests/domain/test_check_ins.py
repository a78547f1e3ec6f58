"""Check-ins about a day in the past, corrections, and the current value that follows from them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import goals
from domain.goals import CheckIn, Confidence, Goal
from domain.kernel.errors import Code
from domain.kernel.identity import generate_id
from domain.tenants import Tenant
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TENANT,
    TODAY,
    a_goal,
    a_measure,
    a_person,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
)


class ReportedGoal:
    """A goal with the key results A and B, and its owner, who checks in minute by minute."""

    def __init__(self, starts_in: int = -500, **settings: Any) -> None:
        owner = a_person()
        self.goal: Goal = a_goal(owner, starts_on=days_from_today(starts_in))
        for title in "AB":
            self.goal.add_key_result(a_measure(title))
        self.goal.events.clear()
        tenant = Tenant.create(TENANT, name="Meridian", **settings)
        self.work = FakeWork(an_actor(owner), [owner, self.goal, tenant])
        self.ids = {each.title: each.id for each in self.goal.key_results}

    async def check_in(self, day: date | None = None, /, **more: Any) -> CheckIn:
        """Check in with values by title, one minute after the last check-in."""
        self.work.now += timedelta(minutes=1)
        values = [(self.ids[name], Decimal(more.pop(name))) for name in "AB" if name in more]
        return await goals.check_in(
            self.work,
            self.goal.id,
            confidence=Confidence.ON_TRACK,
            values=values,
            effective_on=day,
            **more,
        )

    @property
    def current(self) -> dict[str, int]:
        """The current values."""
        return {each.title: int(each.current_value) for each in self.goal.key_results}

    def list_values(self, check_in: CheckIn) -> dict[str, tuple[int, bool]]:
        """Return the values of a check-in, and whether each is reported."""
        values = {each.key_result_id: each for each in check_in.values}
        return {
            title: (int(values[id].value), values[id].is_reported)
            for title, id in self.ids.items()
            if id in values
        }


async def test_a_check_in_is_about_today_unless_it_names_a_day() -> None:
    reported = ReportedGoal()
    assert (await reported.check_in()).effective_on == TODAY
    assert (await reported.check_in(days_from_today(-31))).effective_on == days_from_today(-31)
    assert list_event_actions(reported.goal) == ["checked_in", "checked_in"]


@pytest.mark.parametrize(
    ("limit", "distance"), [(31, 1), (31, -32), (0, -1), (366, -367), (31, -700_000)]
)
async def test_a_day_in_the_future_or_long_ago_is_refused(limit: int, distance: int) -> None:
    reported = ReportedGoal(check_in_backdating_days=limit)
    with expect_error(Code.OUT_OF_RANGE, "effectiveOn"):
        await reported.check_in(days_from_today(distance), A="5")
    assert (reported.current, reported.goal.check_ins) == ({"A": 0, "B": 0}, [])
    assert list_event_actions(reported.goal) == []
    await reported.check_in(days_from_today(-limit), A="5")
    assert reported.current == {"A": 5, "B": 0}


@pytest.mark.parametrize(
    ("starts_in", "distance", "is_refused"),
    [
        (-5, -6, True),
        (-5, -5, False),
        (0, -1, True),
        (0, 0, False),
        (5, 0, False),
        (5, -1, True),
    ],
)
async def test_a_past_day_before_the_goal_started_is_refused(
    starts_in: int, distance: int, *, is_refused: bool
) -> None:
    reported = ReportedGoal(starts_in)
    if is_refused:
        with expect_error(Code.OUT_OF_RANGE, "effectiveOn") as caught:
            await reported.check_in(days_from_today(distance), A="5")
        assert str(caught.value) == (
            f"The goal starts on {days_from_today(starts_in)}. Choose that day or a later one."
        )
    else:
        await reported.check_in(days_from_today(distance), A="5")
    assert (reported.current["A"], len(reported.goal.check_ins)) == (
        (0, 0) if is_refused else (5, 1)
    )


async def test_a_correction_keeps_a_day_before_a_start_that_was_moved() -> None:
    reported = ReportedGoal()
    wrong = await reported.check_in(days_from_today(-10), A="70")
    reported.goal.edit(starts_on=days_from_today(-5))
    right = await reported.check_in(corrects_id=wrong.id, reason="A typo.", A="7")
    assert (right.effective_on, reported.current["A"]) == (days_from_today(-10), 7)
    with expect_error(Code.OUT_OF_RANGE, "effectiveOn"):
        await reported.check_in(days_from_today(-9), corrects_id=right.id, reason="A typo.", A="8")
    assert reported.current["A"] == 7


async def test_a_check_in_about_an_earlier_day_leaves_the_newer_values() -> None:
    reported = ReportedGoal()
    newest = await reported.check_in(A="7")
    earlier = await reported.check_in(days_from_today(-10), A="3", B="4")
    between = await reported.check_in(days_from_today(-5), B="5")
    assert reported.current == {"A": 7, "B": 5}
    assert reported.list_values(newest) == {"A": (7, True), "B": (0, False)}
    assert reported.list_values(earlier) == {"A": (3, True), "B": (4, True)}
    assert reported.list_values(between) == {"A": (3, False), "B": (5, True)}


async def test_a_value_that_was_not_known_on_the_day_is_left_out() -> None:
    reported = ReportedGoal()
    await reported.check_in(A="7")
    earlier = await reported.check_in(days_from_today(-10), B="4")
    assert reported.list_values(earlier) == {"B": (4, True)}


async def test_a_correction_takes_the_place_of_the_check_in() -> None:
    reported = ReportedGoal()
    wrong = await reported.check_in(days_from_today(-3), A="70", B="2")
    right = await reported.check_in(corrects_id=wrong.id, reason=" A digit too many. ", A="7")
    assert (right.corrects_id, right.reason) == (wrong.id, "A digit too many.")
    assert (right.effective_on, right.first_recorded_at) == (wrong.effective_on, wrong.recorded_at)
    assert right.recorded_at == wrong.recorded_at + timedelta(minutes=1)
    assert reported.list_values(right) == {"A": (7, True), "B": (2, True)}
    assert reported.list_values(wrong) == {"A": (70, True), "B": (2, True)}
    assert reported.current == {"A": 7, "B": 2}
    assert list_event_actions(reported.goal) == ["checked_in", "check_in_corrected"]


async def test_a_correction_does_not_overtake_a_later_check_in_of_the_day() -> None:
    reported = ReportedGoal()
    morning = await reported.check_in(A="10")
    await reported.check_in(A="12")
    await reported.check_in(corrects_id=morning.id, reason="Counted again.", A="9")
    assert reported.current == {"A": 12, "B": 0}


async def test_a_correction_of_the_day_lets_an_older_report_count_again() -> None:
    reported = ReportedGoal()
    await reported.check_in(days_from_today(-5), A="3")
    wrong = await reported.check_in(A="7")
    moved = await reported.check_in(
        days_from_today(-9), corrects_id=wrong.id, reason="Another week."
    )
    assert (moved.effective_on, reported.current) == (days_from_today(-9), {"A": 3, "B": 0})


async def test_a_check_in_is_corrected_once_with_a_reason() -> None:
    reported = ReportedGoal()
    first = await reported.check_in(A="1")
    for reason in (None, " "):
        with expect_error(Code.REQUIRED, "reason"):
            await reported.check_in(corrects_id=first.id, reason=reason, A="2")
    with expect_error(Code.TOO_LONG, "reason"):
        await reported.check_in(corrects_id=first.id, reason="x" * 501, A="2")
    with expect_error(Code.INVALID, "reason"):
        await reported.check_in(reason="Without a check-in.", A="2")
    with expect_error(Code.REFERENCE_NOT_FOUND, "corrects"):
        await reported.check_in(corrects_id=generate_id(), reason="Unknown.", A="2")
    assert (reported.current, reported.goal.check_ins) == ({"A": 1, "B": 0}, [first])

    second = await reported.check_in(corrects_id=first.id, reason="Once.", A="2")
    with expect_error(Code.INVALID, "corrects"):
        await reported.check_in(corrects_id=first.id, reason="Twice.", A="3")
    assert reported.current == {"A": 2, "B": 0}
    third = await reported.check_in(corrects_id=second.id, reason="Again.", A="4")
    assert reported.current == {"A": 4, "B": 0}
    assert reported.goal.check_ins == [first, second, third]
    assert third.first_recorded_at == first.recorded_at


VALUES = st.dictionaries(st.sampled_from("AB"), st.integers(1, 99).map(str))
REPORTS = st.dictionaries(
    st.integers(0, 31), st.tuples(VALUES, st.none() | VALUES), min_size=1, max_size=6
)
"""By the days that they lie in the past: reported values, and those of a correction, or None."""


def list_steps(reports: dict[int, tuple[Any, Any]]) -> list[tuple[int, bool]]:
    """List the check-ins to make, by their day, and whether each is a correction."""
    return [
        (day, fixes)
        for day, (_, fix) in reports.items()
        for fixes in ((False,) if fix is None else (False, True))
    ]


@given(
    REPORTS.flatmap(
        lambda reports: st.tuples(st.just(reports), st.permutations(list_steps(reports)))
    )
)
async def test_the_order_of_entry_does_not_change_the_current_values(given: Any) -> None:
    reports, steps = given
    reported, entered, waiting = ReportedGoal(), dict[int, CheckIn](), set[int]()
    for day, is_correction in steps:
        if not is_correction:
            entered[day] = await reported.check_in(days_from_today(-day), **reports[day][0])
        elif day not in entered:
            waiting.add(day)  # it follows the check-in at once
            continue
        if is_correction or day in waiting:
            corrected = {"corrects_id": entered[day].id, "reason": "Typed wrong."}
            await reported.check_in(**corrected, **reports[day][1])

    expected = {"A": 0, "B": 0}
    for day in sorted(reports, reverse=True):
        said, fix = reports[day]
        expected |= {title: int(value) for title, value in {**said, **(fix or {})}.items()}
    assert reported.current == expected
