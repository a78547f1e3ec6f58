"""A refusal names the day that is in the way, where the actor may see it."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.kernel.errors import Invalid
from domain.kernel.identity import PersonId, generate_id
from domain.kernel.periods import new_period
from domain.people import Person
from tests.factories.domain_examples import a_person

HIRED, LEFT, LATER = date(2024, 3, 1), date(2026, 4, 1), date(2026, 5, 4)


def a_leaver() -> Person:
    """Return somebody with a leave, whose last day is 2026-03-31."""
    person = a_person(hired_on=HIRED)
    person.start_leave(date(2025, 1, 7), ends_on=date(2025, 2, 1))
    person.depart(LEFT)
    return person


def conceal_employments(person: Person) -> Person:
    """Let the person be as they are loaded for who may not see employments."""
    person.employments, person.leaves = [], []
    return person


def assign_manager(person: Person) -> None:
    manager = PersonId(generate_id())
    person.assign_manager(manager, starts_on=LATER, today=LATER)


REFUSALS: dict[str, Callable[[Person], object]] = {
    "Nobody leaves before the first day, 2024-03-01. Choose a later day.": lambda person: (
        person.depart(date(2024, 2, 1))
    ),
    "The earlier employment runs until 2026-03-31. Choose a later day.": lambda person: (
        person.rehire(date(2026, 3, 1), today=LATER)
    ),
    "Another leave runs from 2025-01-07 to 2025-01-31. End that one first.": lambda person: (
        person.start_leave(date(2025, 1, 31))
    ),
    "The last day of the person is 2026-03-31. Choose an earlier day.": assign_manager,
    "The last day, 2026-04-30, is before the first one, 2026-05-04. Change one of the two days.": (
        lambda _: new_period(LATER, date(2026, 5, 1))
    ),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_a_refusal_names_the_day(message: str) -> None:
    person = a_leaver()
    with pytest.raises(Invalid) as refused:
        REFUSALS[message](person)
    assert str(refused.value) == message


def test_a_leave_without_an_end_is_named_by_its_first_day() -> None:
    person = a_person(hired_on=HIRED)
    person.start_leave(date(2025, 1, 7))
    with pytest.raises(Invalid, match=r"^Another leave runs from 2025-01-07 on\. End that"):
        person.start_leave(LATER)


def test_who_may_not_see_employments_does_not_learn_the_last_day() -> None:
    person = conceal_employments(a_leaver())
    with pytest.raises(Invalid) as refused:
        assign_manager(person)
    assert str(refused.value) == "The person has left by then. Choose an earlier day."
