"""Job facts hold from their day on, in whatever order they were entered."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import Share
from domain.kernel.identity import OrganizationId, generate_id
from domain.people import EmploymentType, JobState, Person
from domain.people.jobs import FACTS, find_job, list_current
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    TODAY,
    a_person,
    days_from_today,
    expect_error,
    list_event_actions,
)

FIRST_DAY = days_from_today(-100)


def hire(**facts: Any) -> Person:
    person = Person.hire(TENANT, given_name="Ada", hired_on=FIRST_DAY, **facts)
    person.events.clear()
    return person


def change(person: Person, day: int, **facts: Any) -> None:
    person.change_job(days_from_today(day), facts, today=TODAY, at=NOW)


def list_jobs(person: Person, *names: str) -> list[tuple[Any, ...]]:
    """Return the first day of each job, in days from today, and some of its facts."""
    return [
        ((each.starts_on - TODAY).days, *(getattr(each, name) for name in names))
        for each in list_current(person.jobs)
    ]


def list_directory(person: Person) -> tuple[Any, ...]:
    return person.job_title, person.level, person.location, person.job_changes_on


def test_the_first_job_begins_with_the_employment() -> None:
    person = hire(job_title=" Engineer ", working_time_share=Decimal("0.8"))
    assert list_jobs(person, *FACTS) == [(-100, None, "Engineer", None, None, None, Decimal("0.8"))]
    assert list_directory(person) == ("Engineer", None, None, None)
    assert find_job(person.jobs, days_from_today(-101)) is None


def test_only_the_given_facts_change_until_the_next_change_of_each() -> None:
    person = hire(job_title="Clerk", level="L1")
    change(person, 30, job_title="Head")
    change(person, 10, job_title="Lead", level="L2")
    change(person, -50, location="Oslo", employment_type=EmploymentType.FIXED_TERM)
    assert list_jobs(person, "job_title", "level", "location", "employment_type") == [
        (-100, "Clerk", "L1", None, None),
        (-50, "Clerk", "L1", "Oslo", EmploymentType.FIXED_TERM),
        (10, "Lead", "L2", "Oslo", EmploymentType.FIXED_TERM),
        (30, "Head", "L2", "Oslo", EmploymentType.FIXED_TERM),
    ]
    assert [each.effective_on for each in person.events] == [
        days_from_today(each) for each in (30, 10, -50)
    ]


def test_the_directory_shows_the_job_of_today_until_the_next_one() -> None:
    person = hire(job_title="Clerk", level="L1")
    change(person, 30, job_title="Head")
    assert list_directory(person) == ("Clerk", "L1", None, days_from_today(30))
    change(person, 0, level="L2")
    assert list_directory(person) == ("Clerk", "L2", None, days_from_today(30))
    change(person, -5, level="L0")
    assert list_directory(person) == ("Clerk", "L2", None, days_from_today(30))
    person.update_directory_fields(days_from_today(30))
    assert list_directory(person) == ("Head", "L2", None, None)


def test_the_directory_shows_the_first_job_of_somebody_who_comes_later() -> None:
    person = Person.hire(TENANT, given_name="Ada", hired_on=days_from_today(9), job_title="Clerk")
    change(person, 20, job_title="Head")
    assert list_directory(person) == ("Clerk", None, None, days_from_today(20))


def test_a_replaced_job_stays_as_what_was_known() -> None:
    person = hire(job_title="Clerk")
    change(person, 0, job_title="Lead")
    change(person, 0, job_title="Head")
    assert list_jobs(person, "job_title") == [(-100, "Clerk"), (0, "Head")]
    old = [each for each in person.jobs if each.state is JobState.SUPERSEDED]
    assert [(each.job_title, each.superseded_at) for each in old] == [("Lead", NOW)]


def test_null_takes_a_fact_away() -> None:
    person = hire(level="L1")
    change(person, 0, level=None)
    assert list_jobs(person, "level") == [(-100, "L1"), (0, None)]


def test_what_is_recorded_already_changes_nothing() -> None:
    person = hire(level="L1")
    change(person, -100, level="L1")
    assert (list_jobs(person, "level"), list_event_actions(person)) == ([(-100, "L1")], [])


def test_a_value_of_a_past_day_is_not_replaced() -> None:
    person = hire(level="L1")
    with expect_error(Code.NOT_UNIQUE, "effectiveOn"):
        change(person, -100, level="L2", location="Oslo")
    assert (list_jobs(person, "level", "location"), list_event_actions(person)) == (
        [(-100, "L1", None)],
        [],
    )


@pytest.mark.parametrize(
    ("day", "facts", "code", "field"),
    [
        (0, {}, Code.REQUIRED, ()),
        (-101, {"level": "L2"}, Code.OUT_OF_RANGE, ("effectiveOn",)),
        (50, {"level": "L2"}, Code.OUT_OF_RANGE, ("effectiveOn",)),
        (0, {"level": "x" * 51}, Code.TOO_LONG, ("level",)),
        (0, {"working_time_share": Decimal("1.1")}, Code.OUT_OF_RANGE, ("workingTimeShare",)),
    ],
)
def test_a_wrong_change_leaves_the_job_as_it_is(
    day: int, facts: dict[str, Any], code: Code, field: tuple[str, ...]
) -> None:
    person = hire(level="L1")
    person.depart(days_from_today(50))
    person.events.clear()
    with expect_error(code, *field):
        change(person, day, **facts)
    assert (list_jobs(person, "level"), list_event_actions(person)) == ([(-100, "L1")], [])


def test_somebody_without_a_job_begins_with_what_the_directory_shows() -> None:
    person = a_person(hired_on=FIRST_DAY)
    person.jobs.clear()
    person.job_title = "Clerk"
    change(person, 0, level="L2")
    assert list_jobs(person, "job_title", "level") == [(-100, "Clerk", None), (0, "Clerk", "L2")]


def find_id(person: Person, day: int) -> UUID:
    return person.get_job_starting_on(days_from_today(day)).id


def correct(person: Person, day: int, reason: str = "A typo.", **input: Any) -> None:
    starts_on = input.pop("starts_on", None)
    given = {"starts_on": starts_on, "today": TODAY, "at": NOW}
    person.correct_job(find_id(person, day), input, reason, **given)


def test_a_correction_replaces_a_value_of_a_past_day() -> None:
    person = hire(job_title="Clerk", level="L1")
    change(person, -50, job_title="Lead")
    correct(person, -100, " Mistyped. ", job_title="Trainee", level="L0")
    assert list_jobs(person, "job_title", "level") == [(-100, "Trainee", "L0"), (-50, "Lead", "L0")]
    assert list_directory(person) == ("Lead", "L0", None, None)
    event = person.events[-1]
    assert (event.action, event.effective_on, event.reason) == (
        "job_corrected",
        FIRST_DAY,
        "Mistyped.",
    )


def test_a_correction_moves_what_was_recorded_for_a_wrong_day() -> None:
    person = hire(job_title="Clerk")
    change(person, -50, job_title="Lead")
    change(person, -30, level="L1")
    correct(person, -50, starts_on=days_from_today(-20))
    assert list_jobs(person, "job_title", "level") == [
        (-100, "Clerk", None),
        (-30, "Clerk", "L1"),
        (-20, "Lead", "L1"),
    ]
    assert person.events[-1].effective_on == days_from_today(-20)


def test_a_withdrawn_entry_lets_earlier_facts_go_on() -> None:
    person = hire(job_title="Clerk")
    change(person, 20, job_title="Lead", level="L1")
    change(person, 30, level="L2")
    person.withdraw_job(find_id(person, 20), "Given up.", today=TODAY, at=NOW)
    assert list_jobs(person, "job_title", "level") == [(-100, "Clerk", None), (30, "Clerk", "L2")]
    assert list_directory(person) == ("Clerk", None, None, days_from_today(30))
    event = person.events[-1]
    assert (event.action, event.effective_on) == ("job_withdrawn", days_from_today(20))


@pytest.mark.parametrize(
    ("day", "input", "code", "field"),
    [
        (-50, {}, Code.REQUIRED, ()),
        (-50, {"reason": " ", "level": "L2"}, Code.REQUIRED, ("reason",)),
        (-50, {"starts_on": days_from_today(-101)}, Code.OUT_OF_RANGE, ("startsOn",)),
        (-50, {"starts_on": FIRST_DAY}, Code.NOT_UNIQUE, ("startsOn",)),
        (-100, {"starts_on": days_from_today(-99)}, Code.OUT_OF_RANGE, ("startsOn",)),
        (-50, {"level": "x" * 51}, Code.TOO_LONG, ("level",)),
    ],
)
def test_a_wrong_correction_changes_nothing(
    day: int, input: dict[str, Any], code: Code, field: tuple[str, ...]
) -> None:
    person = hire(level="L1")
    change(person, -50, level="L2")
    before = [(each.id, each.facts, each.state) for each in person.jobs]
    with expect_error(code, *field):
        correct(person, day, **input)
    assert [(each.id, each.facts, each.state) for each in person.jobs] == before
    assert list_event_actions(person) == ["job_changed"]


def test_only_a_job_as_it_is_known_now_is_corrected() -> None:
    person = hire(level="L1")
    old = find_id(person, -100)
    correct(person, -100, level="L2")
    for id in (old, generate_id()):
        with expect_error(Code.REFERENCE_NOT_FOUND, "jobId"):
            person.correct_job(id, {"level": "L3"}, "A typo.", today=TODAY, at=NOW)
        with expect_error(Code.REFERENCE_NOT_FOUND, "jobId"):
            person.withdraw_job(id, "A typo.", today=TODAY, at=NOW)
    with expect_error(Code.OUT_OF_RANGE, "jobId"):
        person.withdraw_job(find_id(person, -100), "A typo.", today=TODAY, at=NOW)
    assert list_jobs(person, "level") == [(-100, "L2")]


TEXTS = st.sampled_from([None, "A", "B", "C"])
UNITS = st.sampled_from([None, *(OrganizationId(generate_id()) for _ in range(3))])
ENTRIES = st.dictionaries(
    st.tuples(
        st.integers(-99, 99),
        st.sampled_from(["organization_id", "job_title", "level", "location"]),
    ),
    st.tuples(UNITS, TEXTS),
    max_size=8,
).map(
    lambda entries: {
        (day, name): unit if name == "organization_id" else text
        for (day, name), (unit, text) in entries.items()
    }
)


def find_unit(facts: dict[tuple[int, str], Any]) -> tuple[Any, date | None]:
    """Return the unit of today, and the first day in another one."""
    units = [(day, facts[day, name]) for day, name in sorted(facts) if name == "organization_id"]
    today = next((unit for day, unit in reversed(units) if day <= 0), None)
    later = next((day for day, unit in units if day > 0 and unit != today), None)
    return today, None if later is None else days_from_today(later)


@given(ENTRIES.flatmap(lambda found: st.tuples(st.just(found), st.permutations(list(found)))))
def test_facts_in_any_order_end_in_the_same_history(
    entered: tuple[dict[tuple[int, str], Any], list[tuple[int, str]]],
) -> None:
    facts, order = entered
    one, other = hire(job_title="First"), hire(job_title="First")
    for day, name in facts:
        change(one, day, **{name: facts[day, name]})
    for day, name in order:
        change(other, day, **{name: facts[day, name]})
    assert list_jobs(one, *FACTS, "stated_facts") == list_jobs(other, *FACTS, "stated_facts")
    assert list_directory(one) == list_directory(other)
    assert (one.organization_id, one.unit_changes_on) == find_unit(facts)
    for number in range(-100, 100):
        job = find_job(one.jobs, days_from_today(number))
        for name in ("organization_id", "level", "location"):
            days = [day for day, each in facts if each == name and day <= number]
            assert getattr(job, name) == (facts[max(days), name] if days else None)


@pytest.mark.parametrize("value", ["0.0001", "0.8", "1", "0.7750"])
def test_a_share_is_a_part_of_one(value: str) -> None:
    assert Share("The share").check(Decimal(value)) == Decimal(value)


@pytest.mark.parametrize("value", ["0", "-0.5", "1.0001", "0.00001", "2"])
def test_other_shares_are_refused(value: str) -> None:
    with pytest.raises(Invalid, match=r"above 0 and at most 1, such as 0\.8"):
        Share("The share").check(Decimal(value))
