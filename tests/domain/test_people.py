from datetime import date

import pytest

from domain import people, staffing
from domain.kernel.errors import Code
from domain.kernel.identity import OrganizationId
from domain.members import Member
from domain.people import EmploymentStatus, Person
from domain.roles import TENANT_ADMIN, create_built_in_roles
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TENANT,
    TODAY,
    YEAR,
    a_person,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
    place,
)


def test_somebody_is_hired_with_an_employment_of_their_own() -> None:
    person = Person.hire(
        TENANT,
        given_name=" Ada ",
        family_name="Moreau",
        work_email="Ada@Meridian.Example",
        employee_number="E-7",
        hired_on=TODAY,
    )

    assert (person.name, person.work_email) == ("Ada Moreau", "Ada@Meridian.Example")
    assert (person.employee_number, person.hired_on, person.left_on) == ("E-7", TODAY, None)
    assert [(each.hired_on, each.left_on) for each in person.employments] == [(TODAY, None)]
    assert {each.tenant_id for each in person.employments} == {TENANT}
    assert [(each.action, each.effective_on) for each in person.events] == [("hired", TODAY)]


def test_one_name_is_enough() -> None:
    person = Person.hire(TENANT, given_name="Suharto", hired_on=TODAY)
    assert (person.given_name, person.family_name, person.name) == ("Suharto", "", "Suharto")


def test_a_name_of_ones_own_is_kept() -> None:
    person = Person.hire(TENANT, given_name="Ada", name="Countess 👑", hired_on=TODAY)
    person.edit(given_name="Augusta")
    assert person.name == "Countess 👑"


def test_a_person_without_a_name_is_refused() -> None:
    with expect_error(Code.REQUIRED, "givenName"):
        Person.hire(TENANT, hired_on=TODAY)


def test_a_name_made_of_two_follows_them() -> None:
    person = a_person()
    person.edit(family_name="Lovelace")
    assert person.name == "Ada Lovelace"
    assert list_event_actions(person) == ["edited"]


def test_what_is_left_out_stays_and_null_takes_away() -> None:
    person = a_person()
    person.edit(work_email="ada@meridian.example", time_zone="Europe/Oslo")
    person.edit(time_zone=None)
    assert (person.work_email, person.time_zone) == ("ada@meridian.example", None)


def test_an_edit_that_changes_nothing_is_no_event() -> None:
    person = a_person()
    person.edit(given_name=" Ada", work_email="")
    assert list_event_actions(person) == []


def test_a_wrong_detail_changes_nothing() -> None:
    person = a_person()
    with expect_error(Code.INVALID_FORMAT, "timeZone"):
        person.edit(family_name="King", time_zone="Mars/Olympus")
    assert (person.family_name, list_event_actions(person)) == ("Moreau", [])


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (days_from_today(-1), EmploymentStatus.UPCOMING),
        (days_from_today(0), EmploymentStatus.EMPLOYED),
        (days_from_today(10), EmploymentStatus.ON_LEAVE),
        (days_from_today(19), EmploymentStatus.ON_LEAVE),
        (days_from_today(20), EmploymentStatus.EMPLOYED),
        (days_from_today(39), EmploymentStatus.EMPLOYED),
        (days_from_today(40), EmploymentStatus.LEFT),
    ],
)
def test_where_somebody_stands_follows_from_the_dates(day: date, status: EmploymentStatus) -> None:
    person = a_person(hired_on=TODAY)
    person.start_leave(days_from_today(10), ends_on=days_from_today(20))
    person.depart(days_from_today(40))
    assert person.get_employment_status(day) == status
    is_here = status in (EmploymentStatus.EMPLOYED, EmploymentStatus.ON_LEAVE)
    assert person.works_here(day) == is_here


def test_a_leave_ends_on_the_day_of_the_return() -> None:
    person = a_person()
    person.start_leave(days_from_today(-5), reason="Parental")
    person.return_from_leave(TODAY)
    assert person.get_employment_status(days_from_today(-1)) == EmploymentStatus.ON_LEAVE
    assert person.get_employment_status(TODAY) == EmploymentStatus.EMPLOYED
    assert list_event_actions(person) == ["leave_started", "returned_from_leave"]


def test_a_leave_is_called_off_by_its_first_day() -> None:
    person = a_person()
    person.start_leave(days_from_today(5))
    person.return_from_leave(days_from_today(5))
    person.start_leave(days_from_today(4))
    assert [(each.starts_on, each.ends_on) for each in person.leaves] == [
        (days_from_today(5), days_from_today(5)),
        (days_from_today(4), None),
    ]


def test_leaves_lie_within_an_employment_and_not_in_one_another() -> None:
    person = a_person(hired_on=TODAY)
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        person.start_leave(days_from_today(-1))
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        person.start_leave(days_from_today(5), ends_on=days_from_today(4))
    person.start_leave(days_from_today(5), ends_on=days_from_today(9))
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        person.start_leave(days_from_today(8))
    with expect_error(Code.OUT_OF_RANGE, "returnsOn"):
        person.return_from_leave(days_from_today(9))
    assert len(person.leaves) == 1


def test_leaving_can_be_corrected_and_taken_back() -> None:
    person = a_person()
    person.depart(days_from_today(-3), "Moves to Lisbon")
    person.depart(days_from_today(30), "Moves to Lisbon")
    assert (person.left_on, person.latest_employment.left_on) == (
        days_from_today(30),
        days_from_today(30),
    )
    assert person.latest_employment.leaving_reason == "Moves to Lisbon"
    person.cancel_departure()
    assert person.left_on is None
    assert [(each.left_on, each.leaving_reason) for each in person.employments] == [(None, None)]
    assert list_event_actions(person) == ["departed", "departed", "departure_cancelled"]


def test_nobody_leaves_before_they_are_hired() -> None:
    person = a_person(hired_on=TODAY)
    with expect_error(Code.OUT_OF_RANGE, "lastDay"):
        person.depart(days_from_today(-1))
    assert (person.left_on, list_event_actions(person)) == (None, [])


def test_a_rehire_is_a_new_employment_of_the_same_person() -> None:
    person = a_person(hired_on=days_from_today(-100))
    person.depart(days_from_today(-50))
    person.rehire(days_from_today(10), today=TODAY)
    assert [(each.hired_on, each.left_on) for each in person.employments] == [
        (days_from_today(-100), days_from_today(-50)),
        (days_from_today(10), None),
    ]
    assert (person.hired_on, person.left_on) == (days_from_today(10), None)
    assert person.get_employment_status(TODAY) == EmploymentStatus.UPCOMING


def test_nobody_is_employed_twice_at_a_time() -> None:
    person = a_person()
    with expect_error(Code.STATE_CONFLICT):
        person.rehire(TODAY, today=TODAY)
    person.depart(days_from_today(3))
    with expect_error(Code.STATE_CONFLICT):
        person.rehire(days_from_today(4), today=TODAY)
    person.depart(days_from_today(-3))
    with expect_error(Code.OUT_OF_RANGE, "hiredOn"):
        person.rehire(days_from_today(-4), today=TODAY)
    assert len(person.employments) == 1


def test_each_system_has_one_name_for_a_person() -> None:
    person = a_person()
    person.add_external_reference("workday", "w-1")
    person.add_external_reference("bamboo", "77")
    person.add_external_reference("workday", "w-2")
    person.add_external_reference("workday", "w-2")
    assert {each.source: each.external_id for each in person.references} == {
        "workday": "w-2",
        "bamboo": "77",
    }
    person.remove_external_reference("workday")
    person.remove_external_reference("workday")
    assert [each.source for each in person.references] == ["bamboo"]
    assert list_event_actions(person) == ["external_reference_added"] * 3 + [
        "external_reference_removed"
    ]


def test_there_are_twenty_systems_at_most() -> None:
    person = a_person()
    for number in range(20):
        person.add_external_reference(f"system_{number}", "1")
    with expect_error(Code.LIMIT_EXCEEDED):
        person.add_external_reference("one_more", "1")
    assert len(person.references) == 20


async def test_hr_hires_somebody_under_a_manager() -> None:
    boss = a_person("Boss")
    work = FakeWork(an_actor(role="hr"), [boss])
    person = await people.hire(
        work, given_name="Ada", manager_id=boss.id, references=[("workday", "1")]
    )
    assert person in work.aggregates
    assert person.get_manager_id(TODAY) == boss.id
    assert work.locked_trees == ["person"]


@pytest.mark.parametrize("role", ["employee", "analyst", "integration", TENANT_ADMIN])
async def test_others_hire_nobody(role: str) -> None:
    work = FakeWork(an_actor(role=role))
    with expect_error(Code.NOT_PERMITTED):
        await people.hire(work, given_name="Ada")
    assert work.aggregates == []


async def test_an_address_belongs_to_one_employed_person() -> None:
    first = a_person()
    first.edit(work_email="ada@meridian.example")
    work = FakeWork(an_actor(role="hr"), [first])
    with expect_error(Code.NOT_UNIQUE, "workEmail"):
        await people.hire(work, given_name="Ada", work_email="ADA@meridian.example")

    first.depart(days_from_today(-1))
    second = await people.hire(work, given_name="Ada", work_email="ADA@meridian.example")

    assert second.work_email == "ADA@meridian.example"
    assert work.locked_values == [("work_email", "ada@meridian.example")] * 2
    for back in (staffing.cancel_departure, staffing.rehire):
        with expect_error(Code.NOT_UNIQUE, "workEmail"):
            await back(work, first.id)
    assert first.left_on == days_from_today(-1)


async def test_an_employee_number_belongs_to_one_person_for_ever() -> None:
    first, second = a_person(), a_person("Ben")
    first.change_employee_number("E-1")
    first.depart(days_from_today(-1))
    work = FakeWork(an_actor(role="hr"), [first, second])
    with expect_error(Code.NOT_UNIQUE, "employeeNumber"):
        await people.change_employee_number(work, second.id, "e-1")
    assert second.employee_number is None
    await people.change_employee_number(work, second.id, "E-2")
    await people.change_employee_number(work, second.id, "e-2")
    assert second.employee_number == "e-2"


async def test_editing_keeps_ones_own_address() -> None:
    person = a_person()
    person.edit(work_email="ada@meridian.example")
    work = FakeWork(an_actor(role=TENANT_ADMIN), [person])
    await people.edit(work, person.id, work_email="ada@meridian.example", level="L5")
    assert person.level == "L5"


async def test_somebody_moves_only_where_the_actor_has_a_say() -> None:
    here, there = a_unit("HERE"), a_unit("THERE")
    person = a_person()
    place(person, here)
    actor = an_actor(role="hr")
    narrow = frozenset(each.restrict_to(OrganizationId(here.id)) for each in actor.grants)
    wide = an_actor(role="employee").grants
    local = type(actor)(tenant_id=TENANT, today=TODAY, grants=narrow | wide)
    work = FakeWork(local, [here, there, person])
    with expect_error(Code.NOT_PERMITTED):
        await people.change_job(work, person.id, {"organization_id": OrganizationId(there.id)})
    assert [each.organization_id for each in person.jobs] == [here.id]


async def test_the_last_tenant_admin_does_not_leave() -> None:
    ada, ben = a_person(), a_person("Ben")
    roles = create_built_in_roles(TENANT)
    admins = [Member(tenant_id=TENANT, person_id=each.id, subject=each.name) for each in (ada, ben)]  # type: ignore[arg-type]
    for member in admins:
        member.assign_role(roles[0].id)
    work = FakeWork(an_actor(role="hr"), [ada, ben, *roles, *admins])
    await staffing.depart(work, ada.id, left_on=TODAY + YEAR)
    with expect_error(Code.STATE_CONFLICT):
        await staffing.depart(work, ben.id)
    assert (ada.left_on, ben.left_on) == (TODAY + YEAR, None)
