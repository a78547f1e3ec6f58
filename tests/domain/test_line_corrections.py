"""Reporting lines and leaves are corrected: entered late, backwards, or with the wrong days."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import people, staffing
from domain.kernel.errors import Code
from domain.kernel.identity import PersonId, generate_id
from domain.people import LineKind, Person, ReportingLine
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TENANT,
    TODAY,
    YEAR,
    a_person,
    an_actor,
    days_from_today,
    expect_error,
)

HIRED = TODAY - YEAR
WHY = "It was entered late."
MANAGERS = [PersonId(generate_id()) for _ in range(3)]
DAYS = st.integers(0, 300).map(lambda number: HIRED + timedelta(days=number))
SEVEN_MANAGERS = st.lists(st.sampled_from(MANAGERS), min_size=7, max_size=7)
RANDOM = st.randoms(use_true_random=False)


def list_lines(person: Person, kind: LineKind = LineKind.PRIMARY) -> list[Any]:
    lines = [each for each in person.lines if not each.is_superseded and each.kind is kind]
    return sorted(
        ((each.manager_id, each.starts_on, each.ends_on) for each in lines),
        key=lambda each: each[1],
    )


def enter(person: Person, manager_id: PersonId, starts_on: date, ends_on: date | None) -> None:
    """Enter a line as `people.add_past_line` does."""
    line = ReportingLine(
        tenant_id=TENANT,
        person_id=person.id,
        manager_id=manager_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    line.ends_on = ends_on or person.find_line_end(line)
    person.place_line(line, WHY, TODAY)


@given(st.lists(DAYS, min_size=1, max_size=7, unique=True), SEVEN_MANAGERS, RANDOM)
def test_lines_without_an_end_become_the_same_history_in_any_order(
    starts: list[date], managers: list[PersonId], random: Random
) -> None:
    """Each line runs until the next one starts, whichever was entered first."""
    facts = list(zip(managers, sorted(starts), strict=False))
    person = a_person()
    for manager_id, starts_on in random.sample(facts, len(facts)):
        enter(person, manager_id, starts_on, None)
    ends = [*sorted(starts)[1:], None]
    assert list_lines(person) == [
        (*fact, ends_on) for fact, ends_on in zip(facts, ends, strict=True)
    ]


@given(st.lists(DAYS, min_size=2, max_size=14, unique=True), SEVEN_MANAGERS, RANDOM)
def test_lines_with_an_end_become_the_same_history_in_any_order(
    days: list[date], managers: list[PersonId], random: Random
) -> None:
    bounds = sorted(days)
    facts = list(zip(managers, bounds[::2], bounds[1::2], strict=False))
    person = a_person()
    for fact in random.sample(facts, len(facts)):
        enter(person, *fact)
    assert list_lines(person) == facts


@given(st.lists(DAYS, min_size=3, max_size=8, unique=True), SEVEN_MANAGERS, st.data())
def test_wrong_lines_are_corrected_into_the_same_history_in_any_order(
    days: list[date], managers: list[PersonId], data: st.DataObject
) -> None:
    """The right lines follow one another. The wrong ones run anywhere within their days."""
    bounds, person = sorted(days), a_person()
    right = list(zip(managers, bounds, bounds[1:], strict=False))
    wrong = []
    for _ in right:
        starts_on, ends_on = sorted(data.draw(st.tuples(*[st.sampled_from(bounds)] * 2)))
        manager_id = data.draw(st.sampled_from(MANAGERS))
        enter(person, manager_id, starts_on, max(ends_on, starts_on + timedelta(days=1)))
        wrong.append(person.lines[0])
    for line, fact in data.draw(st.permutations(list(zip(wrong, right, strict=True)))):
        values = dict(zip(("manager_id", "starts_on", "ends_on"), fact, strict=True))
        person.place_line(replace(line, **values), WHY, TODAY)
    assert list_lines(person) == right


async def a_report() -> tuple[FakeWork, Person, Person, Person]:
    """Return the work of HR, somebody with a manager since a hundred days, and another manager."""
    ada, boss, cleo = a_person("Ada"), a_person("Boss"), a_person("Cleo")
    work = FakeWork(an_actor(role="hr"), [ada, boss, cleo])
    await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(-100))
    ada.events.clear()
    return work, ada, boss, cleo


async def test_a_manager_who_was_entered_late_leaves_the_others_their_other_days() -> None:
    work, ada, boss, cleo = await a_report()
    starts_on, ends_on = days_from_today(-60), days_from_today(-50)
    line = await people.add_past_line(
        work, ada.id, cleo.id, WHY, starts_on=starts_on, ends_on=ends_on
    )
    assert (line.manager_id, line.kind) == (cleo.id, LineKind.PRIMARY)
    assert list_lines(ada) == [
        (boss.id, days_from_today(-100), starts_on),
        (cleo.id, starts_on, ends_on),
        (boss.id, ends_on, None),
    ]
    assert [(each.action, each.reason, each.effective_on) for each in ada.events] == [
        ("line_corrected", WHY, starts_on)
    ]


async def test_a_manager_of_before_runs_until_the_first_line() -> None:
    work, ada, boss, cleo = await a_report()
    await people.add_past_line(work, ada.id, cleo.id, WHY, starts_on=HIRED)
    assert list_lines(ada) == [
        (cleo.id, HIRED, days_from_today(-100)),
        (boss.id, days_from_today(-100), None),
    ]


async def test_a_line_that_began_earlier_takes_the_days_of_the_one_before() -> None:
    work, ada, boss, cleo = await a_report()
    await people.assign_manager(work, ada.id, cleo.id)
    await people.correct_line(work, ada.id, ada.lines[1].id, WHY, starts_on=days_from_today(-30))
    assert list_lines(ada) == [
        (boss.id, days_from_today(-100), days_from_today(-30)),
        (cleo.id, days_from_today(-30), None),
    ]


async def test_a_line_that_ended_later_takes_the_days_of_the_next_one() -> None:
    work, ada, boss, cleo = await a_report()
    await people.assign_manager(work, ada.id, cleo.id)
    await people.correct_line(work, ada.id, ada.lines[0].id, WHY, ends_on=days_from_today(10))
    assert list_lines(ada) == [
        (boss.id, days_from_today(-100), days_from_today(10)),
        (cleo.id, days_from_today(10), None),
    ]
    assert ada.events[-1].effective_on == days_from_today(10)  # until then a plan


async def test_the_wrong_manager_is_replaced_on_the_same_days() -> None:
    work, ada, _, cleo = await a_report()
    await people.correct_line(work, ada.id, ada.lines[0].id, WHY, manager_id=cleo.id)
    assert list_lines(ada) == [(cleo.id, days_from_today(-100), None)]


async def test_a_line_that_never_was_is_cancelled_by_its_first_day() -> None:
    work, ada, _, _ = await a_report()
    line = ada.lines[0]
    await people.correct_line(work, ada.id, line.id, WHY, ends_on=line.starts_on)
    assert list_lines(ada) == []


async def test_an_end_that_was_a_mistake_is_taken_back_until_the_next_line() -> None:
    work, ada, boss, cleo = await a_report()
    line = ada.lines[0]
    await people.correct_line(work, ada.id, line.id, WHY, ends_on=days_from_today(-90))
    await people.correct_line(work, ada.id, line.id, WHY, ends_on=None)
    assert list_lines(ada) == [(boss.id, days_from_today(-100), None)]
    await people.add_past_line(work, ada.id, cleo.id, WHY, starts_on=days_from_today(-5))
    await people.correct_line(work, ada.id, ada.lines[1].id, WHY, ends_on=None)
    assert list_lines(ada)[0] == (boss.id, days_from_today(-100), days_from_today(-5))


async def test_a_line_is_not_the_next_one_after_itself() -> None:
    work, ada, boss, _ = await a_report()
    values = {"starts_on": days_from_today(-200), "ends_on": None}
    await people.correct_line(work, ada.id, ada.lines[0].id, WHY, **values)
    assert list_lines(ada) == [(boss.id, days_from_today(-200), None)]


async def test_a_correction_without_a_change_records_nothing() -> None:
    work, ada, boss, _ = await a_report()
    await people.correct_line(work, ada.id, ada.lines[0].id, WHY, manager_id=boss.id)
    assert ada.events == []


async def test_dotted_lines_to_other_managers_stay() -> None:
    work, ada, boss, cleo = await a_report()
    for each in (boss, cleo):
        days = {"starts_on": days_from_today(-9), "kind": LineKind.DOTTED}
        await people.add_past_line(work, ada.id, each.id, WHY, **days)
    assert len(list_lines(ada, LineKind.DOTTED)) == 2
    assert list_lines(ada) == [(boss.id, days_from_today(-100), None)]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"starts_on": HIRED - timedelta(days=1)}, Code.OUT_OF_RANGE, "startsOn"),
        ({"ends_on": days_from_today(-101)}, Code.OUT_OF_RANGE, "endsOn"),
    ],
)
async def test_days_of_a_line_lie_in_an_employment(values: Any, code: Code, field: str) -> None:
    work, ada, boss, _ = await a_report()
    with expect_error(code, field):
        await people.correct_line(work, ada.id, ada.lines[0].id, WHY, **values)
    assert (list_lines(ada), ada.events) == ([(boss.id, days_from_today(-100), None)], [])


async def test_a_line_ends_with_an_employment_that_another_one_follows() -> None:
    work, ada, boss, cleo = await a_report()
    await staffing.depart(work, ada.id, left_on=days_from_today(-20))
    await staffing.rehire(work, ada.id, hired_on=days_from_today(-10))
    await people.add_past_line(work, ada.id, cleo.id, WHY, starts_on=days_from_today(-40))
    assert list_lines(ada) == [
        (boss.id, days_from_today(-100), days_from_today(-40)),
        (cleo.id, days_from_today(-40), days_from_today(-20)),
    ]
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        id = next(each.id for each in ada.lines if each.manager_id == cleo.id)
        await people.correct_line(work, ada.id, id, WHY, ends_on=days_from_today(-15))
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        await people.add_past_line(work, ada.id, cleo.id, WHY, starts_on=days_from_today(-15))


async def test_a_manager_works_here_on_the_first_day() -> None:
    work, ada, _, cleo = await a_report()
    dan = a_person("Dan", hired_on=days_from_today(-30))
    work.aggregates.append(dan)
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        await people.add_past_line(work, ada.id, dan.id, WHY, starts_on=days_from_today(-31))
    await staffing.depart(work, cleo.id, left_on=days_from_today(-30))
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        await people.add_past_line(work, ada.id, cleo.id, WHY, starts_on=days_from_today(-30))
    assert len(ada.lines) == 1


async def test_a_day_to_come_is_no_correction() -> None:
    work, ada, _, cleo = await a_report()
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        await people.add_past_line(work, ada.id, cleo.id, WHY, starts_on=days_from_today(1))
    assert len(ada.lines) == 1


async def test_a_line_that_is_added_twice_is_one_line() -> None:
    work, report, _, manager = await a_report()
    days = {"starts_on": days_from_today(-60), "ends_on": days_from_today(-50)}
    first, again = [
        await people.add_past_line(work, report.id, manager.id, WHY, **days) for _ in range(2)
    ]
    assert again is first
    assert [each.action for each in report.events] == ["line_corrected"]


async def test_a_new_line_has_a_day() -> None:
    """The day before the first one cancels a line that exists, and is no end of a new one."""
    work, report, _, manager = await a_report()
    lines = list(report.lines)
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        await people.add_past_line(work, report.id, manager.id, WHY, starts_on=HIRED, ends_on=HIRED)
    assert report.lines == lines


async def test_a_cycle_on_a_past_day_is_refused_and_one_entered_backwards_is_turned() -> None:
    work, ada, boss, _ = await a_report()
    with expect_error(Code.REFERENCE_CYCLE, "managerId"):
        await people.add_past_line(work, boss.id, ada.id, WHY, starts_on=days_from_today(-50))
    with expect_error(Code.REFERENCE_CYCLE, "managerId"):
        await people.add_past_line(work, ada.id, ada.id, WHY, starts_on=days_from_today(-50))
    line = ada.lines[0]
    await people.correct_line(work, ada.id, line.id, WHY, ends_on=line.starts_on)
    await people.add_past_line(work, boss.id, ada.id, WHY, starts_on=line.starts_on)
    assert (list_lines(ada), list_lines(boss)) == ([], [(ada.id, line.starts_on, None)])


async def test_nobody_becomes_a_manager_by_their_own_correction() -> None:
    work, ada, boss, cleo = await a_report()
    kept = {"people:correct", "people:manage", "employment:manage", "directory:read"}
    grants = frozenset(each for each in work.actor.grants if each.permission in kept)
    work.actor = replace(work.actor, person_id=PersonId(cleo.id), grants=grants)
    with expect_error(Code.SELF_APPOINTMENT, "managerId"):
        await people.add_past_line(work, ada.id, cleo.id, WHY, starts_on=days_from_today(-5))
    with expect_error(Code.SELF_APPOINTMENT, "managerId"):
        await people.correct_line(work, ada.id, ada.lines[0].id, WHY, manager_id=cleo.id)
    assert list_lines(ada) == [(boss.id, days_from_today(-100), None)]


async def test_the_days_and_the_reason_of_a_leave_are_corrected() -> None:
    ada = a_person()
    leave = ada.start_leave(days_from_today(-60), reason="Parental")
    ada.events.clear()
    work = FakeWork(an_actor(role="hr"), [ada])
    days = {"starts_on": days_from_today(-70), "ends_on": days_from_today(-10)}
    await people.correct_leave(work, ada.id, leave.id, WHY, **days)
    assert (leave.starts_on, leave.ends_on, leave.reason) == (*days.values(), "Parental")
    await people.correct_leave(work, ada.id, leave.id, WHY, ends_on=None, leave_reason=None)
    assert (leave.ends_on, leave.reason) == (None, None)
    assert [(each.action, each.reason) for each in ada.events] == [("leave_corrected", WHY)] * 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": HIRED - timedelta(days=1)}, "startsOn"),
        ({"ends_on": days_from_today(-61)}, "endsOn"),
        ({"starts_on": days_from_today(-25)}, "startsOn"),
        ({"starts_on": days_from_today(-85)}, "startsOn"),
    ],
)
async def test_a_leave_gets_no_days_that_it_cannot_have(values: Any, field: str) -> None:
    ada = a_person()
    leave = ada.start_leave(days_from_today(-60), ends_on=days_from_today(-50))
    ada.start_leave(days_from_today(-30), ends_on=days_from_today(-20))
    ada.start_leave(days_from_today(-90), ends_on=days_from_today(-80))
    ada.events.clear()
    before = (leave.starts_on, leave.ends_on)
    values = {"ends_on": days_from_today(-22), **values} if "starts_on" in values else values
    with expect_error(Code.OUT_OF_RANGE, field):
        work = FakeWork(an_actor(role="hr"), [ada])
        await people.correct_leave(work, ada.id, leave.id, WHY, **values)
    assert ((leave.starts_on, leave.ends_on), ada.events) == (before, [])
