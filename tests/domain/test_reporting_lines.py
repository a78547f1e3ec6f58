from datetime import date

import pytest

from domain import people
from domain.kernel.errors import Code
from domain.kernel.identity import PersonId, generate_id
from domain.people import LineKind, Person
from tests.domain.examples import TODAY, a_person, an_actor, days, refused, what_happened
from tests.domain.memory import Memory

ANNA, BELA, CLEO = (PersonId(generate_id()) for _ in range(3))


def lines(person: Person) -> list[tuple[PersonId, date, date | None]]:
    return [(each.manager_id, each.starts_on, each.ends_on) for each in person.lines]


def test_the_first_line_may_begin_with_the_employment() -> None:
    person = a_person(hired_on=days(-100))
    person.assign_manager(ANNA, starts_on=days(-100), today=TODAY)
    assert lines(person) == [(ANNA, days(-100), None)]
    assert person.get_manager_id(days(-100)) == ANNA
    assert person.get_manager_id(days(-101)) is None


def test_but_not_before_it() -> None:
    person = a_person(hired_on=days(-100))
    with refused(Code.OUT_OF_RANGE, "startsOn"):
        person.assign_manager(ANNA, starts_on=days(-101), today=TODAY)
    assert (person.lines, what_happened(person)) == ([], [])


def test_a_change_closes_the_line_in_force() -> None:
    person = a_person(hired_on=days(-100))
    person.assign_manager(ANNA, starts_on=days(-100), today=TODAY)
    person.assign_manager(BELA, starts_on=TODAY, today=TODAY)
    assert lines(person) == [(ANNA, days(-100), TODAY), (BELA, TODAY, None)]
    assert (person.get_manager_id(days(-1)), person.get_manager_id(TODAY)) == (ANNA, BELA)
    assert [each.effective_on for each in person.events] == [days(-100), TODAY]


def test_a_change_runs_until_the_next_one_that_is_planned() -> None:
    person = a_person()
    person.assign_manager(ANNA, starts_on=TODAY, today=TODAY)
    person.assign_manager(CLEO, starts_on=days(30), today=TODAY)
    person.assign_manager(BELA, starts_on=days(10), today=TODAY)
    assert [person.get_manager_id(days(each)) for each in (9, 10, 29, 30)] == [
        ANNA,
        BELA,
        BELA,
        CLEO,
    ]


def test_a_second_change_on_the_same_day_leaves_an_empty_period() -> None:
    person = a_person(hired_on=days(-9))
    person.assign_manager(ANNA, starts_on=days(-9), today=TODAY)
    person.assign_manager(BELA, starts_on=TODAY, today=TODAY)
    person.assign_manager(CLEO, starts_on=TODAY, today=TODAY)
    assert lines(person) == [
        (ANNA, days(-9), TODAY),
        (BELA, TODAY, TODAY),
        (CLEO, TODAY, None),
    ]
    assert person.get_manager_id(TODAY) == CLEO


def test_the_past_is_not_rewritten() -> None:
    person = a_person()
    person.assign_manager(ANNA, starts_on=days(-9), today=TODAY)
    with refused(Code.OUT_OF_RANGE, "startsOn"):
        person.assign_manager(BELA, starts_on=days(-1), today=TODAY)
    assert lines(person) == [(ANNA, days(-9), None)]


def test_the_same_manager_again_is_nothing_new() -> None:
    person = a_person()
    first = person.assign_manager(ANNA, starts_on=TODAY, today=TODAY)
    assert person.assign_manager(ANNA, starts_on=days(5), today=TODAY) is first
    assert lines(person) == [(ANNA, TODAY, None)]
    assert what_happened(person) == ["manager_assigned"]


def test_the_same_manager_again_takes_back_an_end() -> None:
    person = a_person()
    line = person.assign_manager(ANNA, starts_on=days(-5), today=TODAY)
    person.end_reporting_line(line.id, ends_on=days(5), today=TODAY)
    assert person.assign_manager(ANNA, starts_on=TODAY, today=TODAY) is line
    assert lines(person) == [(ANNA, days(-5), None)]


def test_dotted_lines_run_beside_one_another() -> None:
    person = a_person()
    for boss in (ANNA, BELA, ANNA):
        person.assign_manager(boss, kind=LineKind.DOTTED, starts_on=TODAY, today=TODAY)
    person.assign_manager(CLEO, starts_on=TODAY, today=TODAY)
    assert lines(person) == [(ANNA, TODAY, None), (BELA, TODAY, None), (CLEO, TODAY, None)]
    assert person.get_manager_id(TODAY) == CLEO


def test_a_line_ends_and_nobody_takes_its_place() -> None:
    person = a_person()
    line = person.assign_manager(ANNA, starts_on=days(-9), today=TODAY)
    for wrong in (days(-1), days(-10)):
        with refused(Code.OUT_OF_RANGE, "endsOn"):
            person.end_reporting_line(line.id, ends_on=wrong, today=TODAY)
    person.end_reporting_line(line.id, ends_on=days(5), today=TODAY)
    assert (person.get_manager_id(days(4)), person.get_manager_id(days(5))) == (ANNA, None)
    with refused(Code.OUT_OF_RANGE, "endsOn"):
        person.end_reporting_line(line.id, ends_on=days(6), today=TODAY)
    with refused(Code.REFERENCE_NOT_FOUND, "lineId"):
        person.end_reporting_line(generate_id(), ends_on=TODAY, today=TODAY)
    assert what_happened(person) == ["manager_assigned", "line_ended"]


def test_a_planned_line_is_called_off_by_its_first_day() -> None:
    person = a_person()
    line = person.assign_manager(ANNA, starts_on=days(5), today=TODAY)
    person.end_reporting_line(line.id, ends_on=days(5), today=TODAY)
    assert line.is_superseded
    assert person.get_manager_id(days(5)) is None


def test_nobody_reports_to_themselves_or_after_they_left() -> None:
    person = a_person()
    with refused(Code.REFERENCE_CYCLE, "managerId"):
        person.assign_manager(PersonId(person.id), starts_on=TODAY, today=TODAY)
    person.depart(days(5))
    with refused(Code.OUT_OF_RANGE, "startsOn"):
        person.assign_manager(ANNA, starts_on=days(5), today=TODAY)
    assert person.lines == []


async def test_a_cycle_is_refused_however_long() -> None:
    top, middle, bottom = a_person("Top"), a_person("Middle"), a_person("Bottom")
    work = Memory(an_actor(role="hr"), [top, middle, bottom])
    await people.assign_manager(work, middle.id, top.id)
    await people.assign_manager(work, bottom.id, middle.id)
    for boss in (top, middle, bottom):
        with refused(Code.REFERENCE_CYCLE, "managerId"):
            await people.assign_manager(work, top.id, boss.id)
    assert top.lines == []


async def test_a_cycle_in_the_future_is_one_too() -> None:
    ada, ben = a_person(), a_person("Ben")
    work = Memory(an_actor(role="hr"), [ada, ben])
    await people.assign_manager(work, ben.id, ada.id, starts_on=days(30))
    with refused(Code.REFERENCE_CYCLE, "managerId"):
        await people.assign_manager(work, ada.id, ben.id)
    assert ada.lines == []


async def test_but_two_people_may_change_places() -> None:
    ada, ben, cleo = a_person(), a_person("Ben"), a_person("Cleo")
    work = Memory(an_actor(role="hr"), [ada, ben, cleo])
    await people.assign_manager(work, ada.id, cleo.id, starts_on=days(30))
    await people.assign_manager(work, ben.id, ada.id, starts_on=days(30))
    await people.assign_manager(work, ada.id, ben.id)
    assert [ada.get_manager_id(days(each)) for each in (0, 29, 30)] == [ben.id, ben.id, cleo.id]


async def test_dotted_lines_may_cross() -> None:
    ada, ben = a_person(), a_person("Ben")
    work = Memory(an_actor(role="hr"), [ada, ben])
    await people.assign_manager(work, ben.id, ada.id)
    await people.assign_manager(work, ada.id, ben.id, kind=LineKind.DOTTED)
    assert lines(ada) == [(ben.id, TODAY, None)]


async def test_a_manager_who_has_left_is_refused() -> None:
    ada, boss = a_person(), a_person("Boss")
    boss.depart(days(10))
    work = Memory(an_actor(role="hr"), [ada, boss])
    with refused(Code.INVALID, "managerId"):
        await people.assign_manager(work, ada.id, boss.id, starts_on=days(10))
    assert ada.lines == []
    await people.assign_manager(work, ada.id, boss.id, starts_on=days(9))
    assert lines(ada) == [(boss.id, days(9), None)]


async def test_an_unknown_manager_and_a_stale_version_are_refused() -> None:
    ada, boss = a_person(), a_person("Boss")
    work = Memory(an_actor(role="hr"), [ada, boss])
    with refused(Code.REFERENCE_NOT_FOUND, "managerId"):
        await people.assign_manager(work, ada.id, generate_id())
    with refused(Code.VERSION_CONFLICT):
        await people.assign_manager(work, ada.id, boss.id, expected_version=7)
    assert ada.lines == []


@pytest.mark.parametrize("role", ["employee", "analyst"])
async def test_others_change_no_manager(role: str) -> None:
    ada, boss = a_person(), a_person("Boss")
    work = Memory(an_actor(ada, role), [ada, boss])
    with refused(Code.NOT_PERMITTED):
        await people.assign_manager(work, ada.id, boss.id)
    assert ada.lines == []


async def test_a_line_is_ended_under_the_same_lock() -> None:
    ada, boss = a_person(), a_person("Boss")
    work = Memory(an_actor(role="hr"), [ada, boss])
    await people.assign_manager(work, ada.id, boss.id)
    await people.end_reporting_line(work, ada.id, ada.lines[0].id)
    assert ada.get_manager_id(TODAY) is None
    assert work.held == ["person", "person"]
