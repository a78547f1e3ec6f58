"""What an actor may not see is concealed before a use case can refuse anything by it."""

from datetime import date

import pytest

from domain import people, teams
from domain.goals import Goal
from domain.kernel.access import AllOf, AnyOf, Has, Is
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Refusal
from domain.kernel.guarded_values import NoneOrAfter, ensure_comparable, list_guarded_attributes
from domain.people import LineKind, Person
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TODAY,
    YEAR,
    a_person,
    a_team,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
)

EMPLOYMENT_FACTS = tuple(Person.GUARDED)


@pytest.mark.parametrize(
    ("action", "concealed"),
    [
        (Person.EDIT, EMPLOYMENT_FACTS),
        (Person.ASSIGN_MANAGER, EMPLOYMENT_FACTS),
        (Person.END_REPORTING_LINE, EMPLOYMENT_FACTS),
        (Person.HIRE, ()),
        (Person.DEPART, ()),
        (Person.REHIRE, ()),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_an_action_reveals_what_all_may_see_who_may_do_it(
    action: Action, concealed: tuple[str, ...]
) -> None:
    assert list_guarded_attributes(Person, action.rule) == concealed


def test_only_a_rule_that_implies_the_guard_reveals_a_value() -> None:
    guard, other = Is("id"), Has("name", "Ada")
    guarded = {"title": AnyOf((guard, Has("status", "draft")))}
    kind = type("Some", (Goal,), {"NAME": "some", "GUARDED": guarded})
    assert list_guarded_attributes(kind, AllOf((other, guard))) == ()
    assert list_guarded_attributes(kind, AnyOf((other, guard))) == ("title",)
    assert list_guarded_attributes(kind, AnyOf()) == ("title",)
    assert list_guarded_attributes(kind) == ("title",)


async def test_the_person_that_an_admin_edits_has_no_employment_facts() -> None:
    ada = a_person()
    ada.change_employee_number("7")
    ada.start_leave(days_from_today(-9))
    ada.add_external_reference("workday", "1")
    ada.depart(days_from_today(9))
    found = await FakeWork(an_actor(role="tenant_admin"), [ada]).get(Person, ada.id, to=Person.EDIT)
    assert [getattr(found, each) for each in EMPLOYMENT_FACTS] == [
        date.min,
        None,
        None,
        [],
        [],
        [],
        [],
        {},
        {},
    ]


@pytest.mark.parametrize(
    ("hired_on", "left_on", "known"),
    [
        (-9, None, (date.min, None)),
        (0, 1, (date.min, None)),
        (1, 9, (date.max, None)),
        (-9, 0, (date.min, TODAY)),
    ],
)
async def test_of_a_referenced_person_only_the_past_end_is_known(
    hired_on: int, left_on: int | None, known: tuple[date, date | None]
) -> None:
    ada = a_person(hired_on=days_from_today(hired_on))
    if left_on is not None:
        ada.depart(days_from_today(left_on))
    hr = FakeWork(an_actor(role="hr"), [ada])
    found = await hr.reference(Person, ada.id)
    assert found is not None
    assert (found.hired_on, found.left_on) == known
    found = await hr.reference(Person, ada.id, reading=("left_on",))
    assert found is not None
    assert found.left_on == ada.left_on
    admin = FakeWork(an_actor(role="tenant_admin"), [ada])
    found = await admin.reference(Person, ada.id, reading=("left_on",))
    assert found is not None
    assert found.left_on == known[1]


@pytest.mark.parametrize("conditions", [{"left_on": None}, {"left_on": NoneOrAfter(TODAY + YEAR)}])
def test_rows_are_not_compared_by_a_guarded_value(conditions: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Person\.left_on is guarded"):
        ensure_comparable(Person, conditions, today=TODAY)


def test_rows_are_compared_by_what_everyone_knows_and_by_unique_values() -> None:
    conditions = {"left_on": NoneOrAfter(TODAY), "employee_number": "7", "name": "Ada"}
    ensure_comparable(Person, conditions, today=TODAY)


async def test_an_admin_meets_no_hidden_first_or_last_day_when_assigning_a_manager() -> None:
    answers = []
    for hired_on, left_on in ((-700, None), (-1, None), (9, None), (-9, 5)):
        ada, boss = a_person(hired_on=days_from_today(hired_on)), a_person("Boss")
        if left_on is not None:
            ada.depart(days_from_today(left_on))
            boss.depart(days_from_today(left_on))
        work = FakeWork(an_actor(role="tenant_admin"), [ada, boss])
        with expect_error(Code.OUT_OF_RANGE, "startsOn"):
            await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(-1))
        with pytest.raises(Refusal) as refusal:
            await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(-1))
        await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(20))
        lines = [(each.starts_on, each.ends_on) for each in ada.lines]
        answers.append((str(refusal.value), lines))
    expected = f"What was true stays recorded. Choose {TODAY} or a later day."
    assert answers == [(expected, [(days_from_today(20), None)])] * 4


@pytest.mark.parametrize(("hired_on", "left_on"), [(1, None), (-9, 0)])
async def test_an_admin_is_told_no_day_of_a_manager_who_is_absent_today(
    hired_on: int, left_on: int | None
) -> None:
    ada, boss = a_person(), a_person("Boss", hired_on=days_from_today(hired_on))
    if left_on is not None:
        boss.depart(days_from_today(left_on))
    work = FakeWork(an_actor(role="tenant_admin"), [ada, boss])
    with expect_error(Code.OUT_OF_RANGE, "managerId") as refusal:
        await people.assign_manager(work, ada.id, boss.id)
    assert str(refusal.value) == (
        "This manager does not work here on that day. Choose somebody else."
    )
    assert ada.lines == []


async def test_hr_may_be_refused_by_the_days_that_hr_sees() -> None:
    ada, boss = a_person(hired_on=days_from_today(-9)), a_person("Boss")
    boss.depart(days_from_today(10))
    work = FakeWork(an_actor(role="hr"), [ada, boss])
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(-10))
    with expect_error(Code.OUT_OF_RANGE, "managerId"):
        await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(10))
    await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(-9))
    assert [each.kind for each in ada.lines] == [LineKind.PRIMARY]


@pytest.mark.parametrize(("left_on", "is_refused"), [(None, False), (1, False), (0, True)])
async def test_a_lead_learns_only_that_somebody_has_left(
    left_on: int | None, *, is_refused: bool
) -> None:
    team, lead, ada = a_team(), a_person("Lead"), a_person()
    if left_on is not None:
        ada.depart(days_from_today(left_on))
    actor = an_actor(lead)
    actor = type(actor)(**{**vars(actor), "teams_led": frozenset({team.id})})
    work = FakeWork(actor, [team, lead, ada])
    if is_refused:
        with expect_error(Code.INVALID, "personId"):
            await teams.add_member(work, team.id, ada.id, starts_on=days_from_today(30))
        assert team.memberships == []
    else:
        await teams.add_member(work, team.id, ada.id, starts_on=days_from_today(30))
        assert [each.person_id for each in team.memberships] == [ada.id]


@pytest.mark.parametrize(("left_on", "is_refused"), [(None, True), (1, True), (0, False)])
async def test_a_unit_closes_when_its_people_have_left(
    left_on: int | None, *, is_refused: bool
) -> None:
    unit, ada = a_unit(), a_person()
    ada.edit(organization_id=unit.id)
    if left_on is not None:
        ada.depart(days_from_today(left_on))
    for role in ("hr", "tenant_admin"):
        unit.ends_on = None
        work = FakeWork(an_actor(role=role), [unit, ada])
        if is_refused:
            with expect_error(Code.STATE_CONFLICT):
                await teams.close_organization(work, unit.id)
        else:
            await teams.close_organization(work, unit.id)
            assert unit.ends_on == TODAY


@pytest.mark.parametrize(("left_on", "is_refused"), [(None, True), (1, True), (0, False)])
async def test_an_address_is_free_when_its_owner_has_left(
    left_on: int | None, *, is_refused: bool
) -> None:
    ada, ben = a_person(), a_person("Ben")
    ada.edit(work_email="ada@meridian.example")
    if left_on is not None:
        ada.depart(days_from_today(left_on))
    for role in ("hr", "tenant_admin"):
        work = FakeWork(an_actor(role=role), [ada, ben])
        if is_refused:
            with expect_error(Code.NOT_UNIQUE, "workEmail"):
                await people.edit(work, ben.id, work_email="ada@meridian.example")
            assert ben.work_email is None
        else:
            await people.edit(work, ben.id, work_email="ada@meridian.example")
            assert ben.work_email == "ada@meridian.example"
