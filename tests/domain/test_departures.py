"""Leaving ends what somebody takes part in, and coming back does not bring it back."""

import pytest

from domain import people, staffing, teams
from domain.kernel.errors import Code
from domain.kernel.identity import PersonId
from domain.members import Member
from domain.people import EmploymentStatus, LineKind, Person
from domain.roles import create_built_in_roles
from domain.teams import TeamRole
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TENANT,
    TODAY,
    a_person,
    a_team,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
)

YESTERDAY = days_from_today(-1)
SOON = days_from_today(30)


def list_lines(person: Person) -> list[tuple[object, object, object]]:
    return [
        (each.manager_id, each.starts_on, each.ends_on)
        for each in sorted(person.lines, key=lambda each: each.starts_on)
        if not each.is_superseded
    ]


async def a_manager_with_reports() -> tuple[FakeWork, Person, list[Person]]:
    """Return the work of HR, a manager, and two reports since the manager's first day."""
    boss, ada, ben = a_person("Boss"), a_person("Ada"), a_person("Ben")
    work = FakeWork(an_actor(role="hr"), [boss, ada, ben])
    for each in (ada, ben):
        await people.assign_manager(work, each.id, boss.id, starts_on=days_from_today(-100))
        each.events.clear()
    return work, boss, [ada, ben]


def test_an_open_leave_ends_with_the_departure() -> None:
    person = a_person()
    person.start_leave(days_from_today(-60), reason="Parental")
    person.depart(days_from_today(-30))
    person.rehire(days_from_today(-10), today=TODAY)
    assert person.get_employment_status(TODAY) == EmploymentStatus.EMPLOYED
    person.start_leave(TODAY)
    assert person.get_employment_status(TODAY) == EmploymentStatus.ON_LEAVE
    assert [(each.starts_on, each.ends_on) for each in person.leaves] == [
        (days_from_today(-60), days_from_today(-30)),
        (TODAY, None),
    ]


def test_a_cancelled_departure_leaves_the_open_leave_as_it_was() -> None:
    person = a_person()
    person.start_leave(days_from_today(-60))
    person.depart(YESTERDAY)
    person.cancel_departure()
    assert person.get_employment_status(TODAY) == EmploymentStatus.ON_LEAVE
    assert person.leaves[0].ends_on is None


def test_nobody_returns_from_a_leave_after_the_last_day() -> None:
    person = a_person()
    person.start_leave(days_from_today(-60))
    person.depart(days_from_today(-30))
    with expect_error(Code.OUT_OF_RANGE, "returnsOn"):
        person.return_from_leave(days_from_today(-30))
    assert person.leaves[0].ends_on is None


async def test_a_leaver_reports_to_nobody() -> None:
    work, boss, (ada, ben) = await a_manager_with_reports()
    await staffing.depart(work, ada.id, left_on=TODAY)
    assert (ada.get_manager_id(YESTERDAY), ada.get_manager_id(TODAY)) == (boss.id, None)
    assert ada.id not in work.compute_relationships().managers.get(boss.id, ())
    assert work.compute_relationships().managers[ada.id] == frozenset()
    assert work.compute_relationships().managers[ben.id] == {boss.id}


async def test_a_manager_who_has_left_manages_nobody() -> None:
    work, boss, (ada, ben) = await a_manager_with_reports()
    await staffing.depart(work, boss.id, left_on=TODAY)
    managers = work.compute_relationships().managers
    assert (managers[ada.id], managers[ben.id]) == (frozenset(), frozenset())
    await staffing.cancel_departure(work, boss.id)
    managers = work.compute_relationships().managers
    assert (managers[ada.id], managers[ben.id]) == ({boss.id}, {boss.id})


async def test_a_planned_departure_writes_nothing_about_the_reports() -> None:
    work, boss, reports = await a_manager_with_reports()
    lines = [list_lines(each) for each in reports]
    await staffing.depart(work, boss.id, left_on=SOON)
    assert [list_lines(each) for each in reports] == lines
    assert [list_event_actions(each) for each in reports] == [[], []]


async def test_a_successor_takes_over_from_the_day_after() -> None:
    work, boss, (ada, ben) = await a_manager_with_reports()
    cleo = a_person("Cleo")
    work.aggregates.append(cleo)
    await staffing.depart(work, boss.id, left_on=SOON, successor_id=cleo.id)
    for each in (ada, ben):
        assert list_lines(each) == [
            (boss.id, days_from_today(-100), SOON),
            (cleo.id, SOON, None),
        ]
        assert list_event_actions(each) == ["manager_assigned"]
    assert boss.latest_employment.successor_id == cleo.id


async def test_a_corrected_last_day_moves_the_handover() -> None:
    work, boss, (ada, ben) = await a_manager_with_reports()
    await staffing.depart(work, boss.id, left_on=SOON, successor_id=ben.id)
    await staffing.depart(work, boss.id, left_on=days_from_today(10))
    assert list_lines(ada) == [
        (boss.id, days_from_today(-100), days_from_today(10)),
        (ben.id, days_from_today(10), None),
    ]
    assert list_lines(ben) == [(boss.id, days_from_today(-100), None)]


async def test_a_cancelled_departure_gives_the_reports_back() -> None:
    work, boss, (ada, ben) = await a_manager_with_reports()
    before = [list_lines(each) for each in (ada, ben)]
    await staffing.depart(work, boss.id, left_on=SOON, successor_id=ben.id)
    await staffing.cancel_departure(work, boss.id)
    assert [list_lines(each) for each in (ada, ben)] == before
    assert boss.latest_employment.successor_id is None


async def test_a_planned_line_to_the_leaver_goes_to_the_successor() -> None:
    boss, ada, cleo = a_person("Boss"), a_person("Ada"), a_person("Cleo")
    work = FakeWork(an_actor(role="hr"), [boss, ada, cleo])
    await people.assign_manager(work, ada.id, boss.id, starts_on=days_from_today(60))
    await staffing.depart(work, boss.id, left_on=SOON, successor_id=cleo.id)
    assert list_lines(ada) == [(cleo.id, days_from_today(60), None)]
    await staffing.cancel_departure(work, boss.id)
    assert list_lines(ada) == [(boss.id, days_from_today(60), None)]


async def test_a_successor_below_one_of_the_reports_is_refused() -> None:
    work, boss, (ada, _) = await a_manager_with_reports()
    cleo = a_person("Cleo")
    work.aggregates.append(cleo)
    await people.assign_manager(work, cleo.id, ada.id)
    with expect_error(Code.REFERENCE_CYCLE, "successorId"):
        await staffing.depart(work, boss.id, left_on=SOON, successor_id=cleo.id)
    assert list_lines(ada) == [(boss.id, days_from_today(-100), None)]


@pytest.mark.parametrize("who", ["self", "leaver"])
async def test_nobody_is_succeeded_by_themselves_or_by_a_leaver(who: str) -> None:
    work, boss, _ = await a_manager_with_reports()
    gone = a_person("Gone")
    gone.depart(TODAY)
    work.aggregates.append(gone)
    code = {"self": Code.INVALID, "leaver": Code.OUT_OF_RANGE}[who]
    with expect_error(code, "successorId"):
        successor = {"self": boss, "leaver": gone}[who]
        await staffing.depart(work, boss.id, left_on=SOON, successor_id=successor.id)
    assert boss.left_on is None


async def test_a_successor_has_started_by_the_day_of_the_handover() -> None:
    work, boss, [ada, _] = await a_manager_with_reports()
    newcomer = a_person("New", hired_on=days_from_today(40))
    work.aggregates.append(newcomer)
    with expect_error(Code.OUT_OF_RANGE, "successorId") as refusal:
        await staffing.depart(work, boss.id, left_on=SOON, successor_id=newcomer.id)
    assert str(refusal.value) == (
        "The successor is not employed on that day. Choose 2025-07-26 or a later day, or somebody"
        " else."
    )
    assert (boss.left_on, list_lines(ada)) == (None, [(boss.id, days_from_today(-100), None)])
    later = days_from_today(40)
    await staffing.depart(work, boss.id, left_on=later, successor_id=newcomer.id)
    assert list_lines(ada)[1:] == [(newcomer.id, later, None)]


async def test_a_returner_has_nothing_of_before() -> None:
    boss, ada, top = a_person("Boss"), a_person("Ada"), a_person("Top")
    unit, team = a_unit(), a_team()
    team.organization_id = unit.id  # type: ignore[assignment]
    roles = create_built_in_roles(TENANT)
    member = Member(tenant_id=TENANT, person_id=PersonId(boss.id), subject="boss")
    for role in roles[1:3]:
        member.assign_role(role.id)
    work = FakeWork(an_actor(role="hr"), [boss, ada, top, unit, team, *roles, member])
    await people.assign_manager(work, boss.id, top.id)
    await people.assign_manager(work, ada.id, boss.id)
    await people.assign_manager(work, top.id, boss.id, kind=LineKind.DOTTED)
    await teams.add_member(work, team.id, boss.id, role=TeamRole.LEAD)
    await staffing.depart(work, boss.id, left_on=TODAY)
    assert list_lines(ada) == [(boss.id, TODAY, None)]
    assert [each.ends_on for each in team.memberships] == [None]
    assert len(member.assignments) == 2

    await staffing.rehire(work, boss.id, hired_on=TODAY)

    assert boss.works_here(TODAY)
    for each in (boss, ada, top):
        assert list_lines(each) == [], each.name
    assert [each.ends_on for each in team.memberships] == [TODAY]
    assert member.assignments == []
    assert list_event_actions(member)[-1] == "role_revoked"
    await people.assign_manager(work, ada.id, boss.id)
    await teams.add_member(work, team.id, boss.id)
    assert ada.get_manager_id(TODAY) == boss.id


async def test_what_was_planned_for_after_the_departure_does_not_come_back() -> None:
    boss, ada, top, team = a_person("Boss"), a_person("Ada"), a_person("Top"), a_team()
    work = FakeWork(an_actor(role="hr"), [boss, ada, top, team])
    await people.assign_manager(work, ada.id, boss.id, starts_on=SOON)
    await people.assign_manager(work, boss.id, top.id, starts_on=days_from_today(5))
    await people.end_reporting_line(work, boss.id, boss.lines[0].id, ends_on=days_from_today(20))
    team.add_member(PersonId(boss.id), starts_on=SOON)
    await staffing.depart(work, boss.id, left_on=TODAY)
    await staffing.rehire(work, boss.id, hired_on=TODAY)
    assert (list_lines(boss), list_lines(ada)) == ([], [])
    assert [(each.starts_on, each.ends_on) for each in team.memberships] == [(SOON, SOON)]


async def test_a_later_last_day_of_a_leaver_needs_the_address_again() -> None:
    ada, ben = a_person(), a_person("Ben")
    ada.edit(work_email="ada@meridian.example")
    work = FakeWork(an_actor(role="hr"), [ada, ben])
    await staffing.depart(work, ada.id, left_on=YESTERDAY)
    await people.edit(work, ben.id, work_email="ada@meridian.example")
    for change in (
        staffing.depart(work, ada.id, left_on=SOON),
        staffing.cancel_departure(work, ada.id),
        staffing.rehire(work, ada.id),
    ):
        with expect_error(Code.NOT_UNIQUE, "workEmail"):
            await change
    assert ada.left_on == YESTERDAY
    assert work.locked_values == [("work_email", "ada@meridian.example")] * 4


async def test_an_address_is_taken_until_the_last_day() -> None:
    ada, ben = a_person(), a_person("Ben")
    ada.edit(work_email="ada@meridian.example")
    work = FakeWork(an_actor(role="hr"), [ada, ben])
    await staffing.depart(work, ada.id, left_on=SOON)
    with expect_error(Code.NOT_UNIQUE, "workEmail"):
        await people.edit(work, ben.id, work_email="ada@meridian.example")
    assert ben.work_email is None


async def test_past_employments_keep_their_history() -> None:
    work, boss, (ada, _) = await a_manager_with_reports()
    await staffing.depart(work, ada.id, left_on=days_from_today(-50))
    await staffing.rehire(work, ada.id, hired_on=days_from_today(-20))
    assert list_lines(ada) == [(boss.id, days_from_today(-100), days_from_today(-50))]
    assert ada.get_manager_id(days_from_today(-51)) == boss.id
    assert ada.get_manager_id(days_from_today(-20)) is None
