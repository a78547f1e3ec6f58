from datetime import date

import pytest

from domain import people
from domain.kernel.errors import Code
from domain.kernel.identity import PersonId, generate_id
from domain.people import LineKind, Person
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TODAY,
    a_person,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
)

ANNA, BELA, CLEO = (PersonId(generate_id()) for _ in range(3))


def list_lines(person: Person) -> list[tuple[PersonId, date, date | None]]:
    return [(each.manager_id, each.starts_on, each.ends_on) for each in person.lines]


def test_the_first_line_may_begin_with_the_employment() -> None:
    person = a_person(hired_on=days_from_today(-100))
    person.assign_manager(ANNA, starts_on=days_from_today(-100), today=TODAY)
    assert list_lines(person) == [(ANNA, days_from_today(-100), None)]
    assert person.get_manager_id(days_from_today(-100)) == ANNA
    assert person.get_manager_id(days_from_today(-101)) is None


def test_the_first_line_does_not_begin_before_the_employment() -> None:
    person = a_person(hired_on=days_from_today(-100))
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        person.assign_manager(ANNA, starts_on=days_from_today(-101), today=TODAY)
    assert (person.lines, list_event_actions(person)) == ([], [])


def test_a_change_closes_the_line_in_force() -> None:
    person = a_person(hired_on=days_from_today(-100))
    person.assign_manager(ANNA, starts_on=days_from_today(-100), today=TODAY)
    person.assign_manager(BELA, starts_on=TODAY, today=TODAY)
    assert list_lines(person) == [(ANNA, days_from_today(-100), TODAY), (BELA, TODAY, None)]
    assert (person.get_manager_id(days_from_today(-1)), person.get_manager_id(TODAY)) == (
        ANNA,
        BELA,
    )
    assert [each.effective_on for each in person.events] == [days_from_today(-100), TODAY]


def test_a_change_runs_until_the_next_one_that_is_planned() -> None:
    person = a_person()
    person.assign_manager(ANNA, starts_on=TODAY, today=TODAY)
    person.assign_manager(CLEO, starts_on=days_from_today(30), today=TODAY)
    person.assign_manager(BELA, starts_on=days_from_today(10), today=TODAY)
    assert [person.get_manager_id(days_from_today(each)) for each in (9, 10, 29, 30)] == [
        ANNA,
        BELA,
        BELA,
        CLEO,
    ]


def test_a_second_change_on_the_same_day_leaves_an_empty_period() -> None:
    person = a_person(hired_on=days_from_today(-9))
    person.assign_manager(ANNA, starts_on=days_from_today(-9), today=TODAY)
    person.assign_manager(BELA, starts_on=TODAY, today=TODAY)
    person.assign_manager(CLEO, starts_on=TODAY, today=TODAY)
    assert list_lines(person) == [
        (ANNA, days_from_today(-9), TODAY),
        (BELA, TODAY, TODAY),
        (CLEO, TODAY, None),
    ]
    assert person.get_manager_id(TODAY) == CLEO


def test_the_past_is_not_rewritten() -> None:
    person = a_person()
    person.assign_manager(ANNA, starts_on=days_from_today(-9), today=TODAY)
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        person.assign_manager(BELA, starts_on=days_from_today(-1), today=TODAY)
    assert list_lines(person) == [(ANNA, days_from_today(-9), None)]


def test_the_same_manager_again_is_nothing_new() -> None:
    person = a_person()
    first = person.assign_manager(ANNA, starts_on=TODAY, today=TODAY)
    assert person.assign_manager(ANNA, starts_on=days_from_today(5), today=TODAY) is first
    assert list_lines(person) == [(ANNA, TODAY, None)]
    assert list_event_actions(person) == ["manager_assigned"]


def test_the_same_manager_again_takes_back_an_end() -> None:
    person = a_person()
    line = person.assign_manager(ANNA, starts_on=days_from_today(-5), today=TODAY)
    person.end_reporting_line(line.id, ends_on=days_from_today(5), today=TODAY)
    assert person.assign_manager(ANNA, starts_on=TODAY, today=TODAY) is line
    assert list_lines(person) == [(ANNA, days_from_today(-5), None)]


def test_dotted_lines_run_beside_one_another() -> None:
    person = a_person()
    for boss in (ANNA, BELA, ANNA):
        person.assign_manager(boss, kind=LineKind.DOTTED, starts_on=TODAY, today=TODAY)
    person.assign_manager(CLEO, starts_on=TODAY, today=TODAY)
    assert list_lines(person) == [(ANNA, TODAY, None), (BELA, TODAY, None), (CLEO, TODAY, None)]
    assert person.get_manager_id(TODAY) == CLEO


def test_a_line_ends_and_nobody_takes_its_place() -> None:
    person = a_person()
    line = person.assign_manager(ANNA, starts_on=days_from_today(-9), today=TODAY)
    for wrong in (days_from_today(-1), days_from_today(-10)):
        with expect_error(Code.OUT_OF_RANGE, "endsOn"):
            person.end_reporting_line(line.id, ends_on=wrong, today=TODAY)
    person.end_reporting_line(line.id, ends_on=days_from_today(5), today=TODAY)
    assert (
        person.get_manager_id(days_from_today(4)),
        person.get_manager_id(days_from_today(5)),
    ) == (ANNA, None)
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        person.end_reporting_line(line.id, ends_on=days_from_today(6), today=TODAY)
    with expect_error(Code.REFERENCE_NOT_FOUND, "lineId"):
        person.end_reporting_line(generate_id(), ends_on=TODAY, today=TODAY)
    assert list_event_actions(person) == ["manager_assigned", "line_ended"]


def test_a_planned_line_is_called_off_by_its_first_day() -> None:
    person = a_person()
    line = person.assign_manager(ANNA, starts_on=days_from_today(5), today=TODAY)
    person.end_reporting_line(line.id, ends_on=days_from_today(5), today=TODAY)
    assert line.is_superseded
    assert person.get_manager_id(days_from_today(5)) is None


def test_nobody_reports_to_themselves_or_after_they_left() -> None:
    person = a_person()
    with expect_error(Code.REFERENCE_CYCLE, "managerId"):
        person.assign_manager(PersonId(person.id), starts_on=TODAY, today=TODAY)
    person.depart(days_from_today(5))
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        person.assign_manager(ANNA, starts_on=days_from_today(5), today=TODAY)
    assert person.lines == []


async def test_a_cycle_is_refused_however_long() -> None:
    top, middle, bottom = a_person("Top"), a_person("Middle"), a_person("Bottom")
    work = FakeWork(an_actor(role="hr"), [top, middle, bottom])
    await people.assign_manager(work, middle.id, top.id)
    await people.assign_manager(work, bottom.id, middle.id)
    for boss in (top, middle, bottom):
        with expect_error(Code.REFERENCE_CYCLE, "managerId"):
            await people.assign_manager(work, top.id, boss.id)
    assert top.lines == []


async def test_a_cycle_in_the_future_is_one_too() -> None:
    ada, ben = a_person(), a_person("Ben")
    work = FakeWork(an_actor(role="hr"), [ada, ben])
    await people.assign_manager(work, ben.id, ada.id, starts_on=days_from_today(30))
    with expect_error(Code.REFERENCE_CYCLE, "managerId"):
        await people.assign_manager(work, ada.id, ben.id)
    assert ada.lines == []


async def test_two_people_may_change_places() -> None:
    ada, ben, cleo = a_person(), a_person("Ben"), a_person("Cleo")
    work = FakeWork(an_actor(role="hr"), [ada, ben, cleo])
    await people.assign_manager(work, ada.id, cleo.id, starts_on=days_from_today(30))
    await people.assign_manager(work, ben.id, ada.id, starts_on=days_from_today(30))
    await people.assign_manager(work, ada.id, ben.id)
    assert [ada.get_manager_id(days_from_today(each)) for each in (0, 29, 30)] == [
        ben.id,
        ben.id,
        cleo.id,
    ]


async def test_dotted_lines_may_cross() -> None:
    ada, ben = a_person(), a_person("Ben")
    work = FakeWork(an_actor(role="hr"), [ada, ben])
    await people.assign_manager(work, ben.id, ada.id)
    await people.assign_manager(work, ada.id, ben.id, kind=LineKind.DOTTED)
    assert list_lines(ada) == [(ben.id, TODAY, None)]


async def test_a_manager_who_has_left_is_refused() -> None:
    ada, boss = a_person(), a_person("Boss")
    boss.depart(days_from_today(10))
    work = FakeWork(an_actor(role="hr"), [ada, boss])
    with expect_error(Code.OUT_OF_RANGE, "managerId") as refusal:
        await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(10))
    assert str(refusal.value) == (
        "This manager is not employed on that day. Choose 2025-06-25 or an earlier day, or somebody"
        " else."
    )
    assert ada.lines == []
    await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(9))
    assert list_lines(ada) == [(boss.id, days_from_today(9), None)]


async def test_a_manager_who_has_not_started_is_refused() -> None:
    ada, boss = a_person(), a_person("Boss", hired_on=days_from_today(5))
    work = FakeWork(an_actor(role="hr"), [ada, boss])
    with expect_error(Code.OUT_OF_RANGE, "managerId") as refusal:
        await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(4))
    assert str(refusal.value) == (
        "This manager is not employed on that day. Choose 2025-06-21 or a later day, or somebody"
        " else."
    )
    with expect_error(Code.OUT_OF_RANGE, "managerId"):
        await people.hire(work, given_name="Ben", manager_id=boss.id)
    assert (ada.lines, len(work.aggregates)) == ([], 2)
    await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(5))
    assert list_lines(ada) == [(boss.id, days_from_today(5), None)]


async def test_an_unknown_manager_and_a_stale_version_are_refused() -> None:
    ada, boss = a_person(), a_person("Boss")
    work = FakeWork(an_actor(role="hr"), [ada, boss])
    with expect_error(Code.REFERENCE_NOT_FOUND, "managerId"):
        await people.assign_manager(work, ada.id, generate_id())
    with expect_error(Code.VERSION_CONFLICT):
        await people.assign_manager(work, ada.id, boss.id, expected_version=7)
    assert ada.lines == []


@pytest.mark.parametrize("role", ["employee", "analyst"])
async def test_others_change_no_manager(role: str) -> None:
    ada, boss = a_person(), a_person("Boss")
    work = FakeWork(an_actor(ada, role), [ada, boss])
    with expect_error(Code.NOT_PERMITTED):
        await people.assign_manager(work, ada.id, boss.id)
    assert ada.lines == []


async def test_a_line_is_ended_under_the_same_lock() -> None:
    ada, boss = a_person(), a_person("Boss")
    work = FakeWork(an_actor(role="hr"), [ada, boss])
    await people.assign_manager(work, ada.id, boss.id)
    await people.end_reporting_line(work, ada.id, ada.lines[0].id)
    assert ada.get_manager_id(TODAY) is None
    assert work.locked_trees == ["person", "person"]
