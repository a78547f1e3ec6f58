"""A job lies within an employment: on the days before, between and after there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import corrections, staffing
from domain.kernel.errors import Code, Invalid
from domain.people import Employment, Person
from domain.people.jobs import list_current
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    TODAY,
    an_actor,
    days_from_today,
    list_event_actions,
)


def a_record(*periods: tuple[int, int | None], title: str = "Clerk") -> Person:
    """Build a person with these employments, in days from today."""
    first_day = days_from_today(periods[0][0])
    person = Person.hire(TENANT, given_name="Ada", hired_on=first_day, job_title=title)
    person.employments = [
        Employment(
            tenant_id=TENANT,
            person_id=person.id,
            hired_on=days_from_today(start),
            left_on=None if end is None else days_from_today(end),
        )
        for start, end in periods
    ]
    latest = person.latest_employment
    person.hired_on, person.left_on = latest.hired_on, latest.left_on
    person.events.clear()
    return person


def change(person: Person, day: int, title: str) -> None:
    person.change_job(days_from_today(day), {"job_title": title}, today=TODAY, at=NOW)


def list_titles(person: Person) -> list[tuple[int, str | None]]:
    return [((each.starts_on - TODAY).days, each.job_title) for each in list_current(person.jobs)]


@pytest.mark.parametrize(
    ("day", "advice"),
    [
        (-101, f"Choose {days_from_today(-100)} or a later day."),
        (-60, f"Choose {days_from_today(-61)} or an earlier day, or {days_from_today(-30)} or a"),
        (-31, f"Choose {days_from_today(-61)} or an earlier day, or {days_from_today(-30)} or a"),
        (10, f"Choose {days_from_today(9)} or an earlier day."),
        (99, f"Choose {days_from_today(9)} or an earlier day."),
    ],
)
def test_a_day_without_an_employment_is_refused_with_the_nearest_days(
    day: int, advice: str
) -> None:
    person = a_record((-100, -60), (-30, 10))
    with pytest.raises(Invalid) as caught:
        change(person, day, "Lead")
    assert (caught.value.code, caught.value.field) == (Code.OUT_OF_RANGE, ("effectiveOn",))
    assert str(caught.value).startswith(f"The person is not employed on that day. {advice}")
    assert (list_titles(person), person.events) == ([(-100, "Clerk")], [])
    with pytest.raises(Invalid) as caught:
        person.start_leave(days_from_today(day))
    assert advice in str(caught.value)
    assert (person.leaves, person.events) == ([], [])


def test_a_correction_moves_no_job_between_two_employments() -> None:
    person = a_record((-100, -60), (-30, None))
    change(person, -70, "Lead")
    person.events.clear()
    job = person.get_job_starting_on(days_from_today(-70))
    with pytest.raises(Invalid, match=f"Choose {days_from_today(-61)} or an earlier day, or"):
        person.correct_job(
            job.id, {}, "A typo.", starts_on=days_from_today(-40), today=TODAY, at=NOW
        )
    assert (list_titles(person), person.events) == ([(-100, "Clerk"), (-70, "Lead")], [])


def test_somebody_who_never_worked_here_has_no_day() -> None:
    with pytest.raises(Invalid, match="Correct the employment first"):
        change(a_record((-30, -30)), -20, "Lead")


PERIODS = st.lists(st.integers(-60, 60), min_size=2, max_size=6, unique=True).map(
    lambda days: list(zip(sorted(days)[::2], sorted(days)[1::2], strict=False))
)


@given(PERIODS, st.integers(-70, 70))
def test_a_job_starts_exactly_on_the_days_of_an_employment(
    periods: list[tuple[int, int]], day: int
) -> None:
    person = a_record(*periods)
    is_employed = any(start <= day < end for start, end in periods)
    try:
        change(person, day, "Clerk" if day == periods[0][0] else "Lead")
    except Invalid as fault:
        assert (fault.code, is_employed) == (Code.OUT_OF_RANGE, False)
    else:
        assert is_employed


async def test_a_job_planned_for_after_the_last_day_takes_no_effect() -> None:
    person = a_record((-100, None))
    change(person, 20, "Head")
    work = FakeWork(an_actor(role="hr"), [person])
    await staffing.depart(work, person.id, left_on=days_from_today(10))
    person.update_directory_fields(days_from_today(20))
    assert (person.job_title, person.job_changes_on) == ("Clerk", days_from_today(20))
    await staffing.cancel_departure(work, person.id)
    person.update_directory_fields(days_from_today(20))
    assert (person.job_title, person.job_changes_on) == ("Head", None)


async def test_a_departure_of_the_past_shows_the_job_of_its_last_day() -> None:
    person = a_record((-100, None))
    change(person, -5, "Lead")
    work = FakeWork(an_actor(role="hr"), [person])
    await staffing.depart(work, person.id, left_on=days_from_today(-10))
    assert person.job_title == "Clerk"
    await staffing.cancel_departure(work, person.id)
    assert person.job_title == "Lead"


async def test_a_return_withdraws_what_was_planned_before_the_departure() -> None:
    person = a_record((-100, None))
    for day, title in ((-50, "Lead"), (20, "Head"), (30, "Director")):
        change(person, day, title)
    work = FakeWork(an_actor(role="hr"), [person])
    await staffing.depart(work, person.id, left_on=days_from_today(-10))
    await staffing.rehire(work, person.id)
    assert list_titles(person) == [(-100, "Clerk"), (-50, "Lead")]
    assert (person.job_title, person.job_changes_on) == ("Lead", None)
    assert list_event_actions(person)[-2:] == ["rehired", "job_withdrawn"]
    assert person.events[-1].effective_on == days_from_today(30)


async def test_a_return_without_a_plan_records_only_itself() -> None:
    person = a_record((-100, -10))
    await staffing.rehire(FakeWork(an_actor(role="hr"), [person]), person.id)
    assert (list_titles(person), list_event_actions(person)) == ([(-100, "Clerk")], ["rehired"])


async def test_an_earlier_last_day_keeps_the_job_of_the_next_employment() -> None:
    person = a_record((-100, -60), (-30, None))
    change(person, -80, "Lead")
    change(person, -70, "Head")
    work = FakeWork(an_actor(role="hr"), [person])
    await corrections.correct_employment(
        work, person.id, person.employments[0].id, "A typo.", left_on=days_from_today(-85)
    )
    assert list_titles(person) == [(-100, "Clerk"), (-30, "Head")]
    assert person.job_title == "Head"
