"""A mistyped first or last day of an employment is corrected, with a reason."""

from dataclasses import replace
from datetime import date

import pytest

from domain import corrections, people, staffing, teams
from domain.kernel.access import Actor
from domain.kernel.errors import Code, Refusal
from domain.kernel.faults import SeveralFaults
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.permissions import Grant, Population
from domain.people import LineKind, Person, ReportingLine
from domain.people.jobs import list_current
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    NOW,
    TODAY,
    YEAR,
    a_person,
    a_team,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
)

HIRED = TODAY - YEAR
WHY = "The contract says so."


def an_hr_without(*permissions: str) -> Actor:
    """Return somebody from HR without these permissions."""
    actor = an_actor(role="hr")
    return replace(
        actor, grants=frozenset(each for each in actor.grants if each.permission not in permissions)
    )


def list_employments(person: Person) -> list[tuple[date, date | None]]:
    return [(each.hired_on, each.left_on) for each in person.employments]


def a_returner() -> Person:
    """Return somebody who left a hundred days ago and came back thirty days ago."""
    person = a_person("Ada")
    person.start_leave(days_from_today(-200), ends_on=days_from_today(-150))
    person.depart(days_from_today(-100))
    person.rehire(days_from_today(-30), today=TODAY)
    person.events.clear()
    return person


async def correct(work: FakeWork, person: Person, place: int = -1, **days: date) -> Person:
    employment = person.employments[place]
    return await corrections.correct_employment(work, person.id, employment.id, WHY, **days)


@pytest.mark.parametrize("days", [-400, -300])
async def test_the_first_day_is_corrected_in_both_places(days: int) -> None:
    ada = a_person()
    await correct(FakeWork(an_actor(role="hr"), [ada]), ada, hired_on=days_from_today(days))
    assert (ada.hired_on, list_employments(ada)) == (
        days_from_today(days),
        [(days_from_today(days), None)],
    )
    assert [(each.action, each.reason) for each in ada.events] == [("employment_corrected", WHY)]


async def test_the_first_job_starts_with_the_employment() -> None:
    ada = a_person()
    ada.change_job(days_from_today(-50), {"job_title": "Planner"}, today=TODAY, at=NOW)
    work = FakeWork(an_actor(role="hr"), [ada])
    await correct(work, ada, hired_on=days_from_today(-60))
    assert [(each.starts_on, each.job_title) for each in list_current(ada.jobs)] == [
        (days_from_today(-60), None),
        (days_from_today(-50), "Planner"),
    ]
    with pytest.raises(Refusal, match=f"job from {days_from_today(-50)}"):
        await correct(work, ada, hired_on=days_from_today(-40))
    assert ada.hired_on == days_from_today(-60)
    await correct(work, ada, hired_on=days_from_today(-50))
    (job,) = list_current(ada.jobs)
    assert (job.starts_on, job.job_title) == (days_from_today(-50), "Planner")


async def test_the_job_of_a_return_does_not_move_beyond_later_jobs() -> None:
    ada = a_returner()
    for day, title in ((-30, "Planner"), (-20, "Senior Planner")):
        ada.change_job(days_from_today(day), {"job_title": title}, today=TODAY, at=NOW)
    work = FakeWork(an_actor(role="hr"), [ada])
    with pytest.raises(Refusal, match=f"job from {days_from_today(-20)}"):
        await correct(work, ada, hired_on=days_from_today(-10))
    assert (ada.hired_on, ada.job_title) == (days_from_today(-30), "Senior Planner")
    await correct(work, ada, hired_on=days_from_today(-20))
    assert [(each.starts_on, each.job_title) for each in list_current(ada.jobs)][1:] == [
        (days_from_today(-20), "Senior Planner"),
    ]


async def test_days_that_are_the_same_change_nothing() -> None:
    ada = a_person()
    await correct(FakeWork(an_actor(role="hr"), [ada]), ada, hired_on=ada.hired_on)
    assert ada.events == []


async def test_what_starts_before_a_later_first_day_is_named() -> None:
    ada, boss, team = a_person("Ada"), a_person("Boss"), a_team()
    work = FakeWork(an_actor(role="hr"), [ada, boss, team])
    await people.assign_manager(work, ada.id, boss.id, starts_on=HIRED)
    await teams.add_member(work, team.id, ada.id, starts_on=days_from_today(-90))
    ada.start_leave(days_from_today(-80))
    ada.events.clear()
    with pytest.raises(Refusal) as caught:
        await correct(work, ada, hired_on=days_from_today(-10))
    assert (caught.value.code, caught.value.field) == (Code.OUT_OF_RANGE, ("hiredOn",))
    assert str(caught.value) == (
        f"Before that day start: leave from {days_from_today(-80)}, reporting line from"
        f" {HIRED}, membership in Web from {days_from_today(-90)}. Change these first, or choose an"
        " earlier day."
    )
    assert (list_employments(ada), ada.events) == ([(HIRED, None)], [])


async def test_the_lines_of_reports_that_start_before_a_later_first_day_are_named() -> None:
    ada, ben, cleo = a_person("Ada"), a_person("Ben"), a_person("Cleo")
    work = FakeWork(an_actor(role="hr"), [ada, ben, cleo])
    await people.assign_manager(work, ben.id, ada.id, starts_on=HIRED)
    await people.assign_manager(
        work, cleo.id, ada.id, starts_on=days_from_today(5), kind=LineKind.DOTTED
    )
    with pytest.raises(Refusal) as caught:
        await correct(work, ada, hired_on=days_from_today(10))
    assert (caught.value.code, caught.value.field) == (Code.OUT_OF_RANGE, ("hiredOn",))
    assert str(caught.value) == (
        f"Before that day start: reporting line of Ben Moreau from {HIRED}, reporting line of"
        f" Cleo Moreau from {days_from_today(5)}. Change these first, or choose an earlier day."
    )
    assert (list_employments(ada), ada.events) == ([(HIRED, None)], [])
    await correct(work, ada, hired_on=HIRED)
    await correct(work, ada, hired_on=HIRED - YEAR)
    assert ada.hired_on == HIRED - YEAR


@pytest.mark.parametrize(
    ("starts_in", "missing", "is_refused"),
    [
        (20, (), True),
        (20, ("people:manage",), True),
        (20, ("people:manage", "employment:manage"), False),
        (-20, ("people:manage", "employment:manage"), True),
        (-20, ("people:manage", "employment:manage", "directory:read"), False),
    ],
)
async def test_only_a_line_that_the_actor_may_see_is_in_the_way(
    starts_in: int, missing: tuple[str, ...], *, is_refused: bool
) -> None:
    """The actor holds everything over Ada's unit, and over the other one not what is missing."""
    here, there = a_unit("HERE"), a_unit("THERE")
    ada, ben = a_person("Ada"), a_person("Ben")
    ada.organization_id, ben.organization_id = OrganizationId(here.id), OrganizationId(there.id)
    hr = an_actor(role="hr")
    hr = replace(
        hr,
        grants=frozenset(
            Grant(each.permission, Population.ORGANIZATION, OrganizationId(here.id))
            if each.permission in missing
            else each
            for each in hr.grants
        ),
    )
    line = ReportingLine(
        tenant_id=ben.tenant_id,
        person_id=ben.id,
        manager_id=PersonId(ada.id),
        starts_on=days_from_today(starts_in),
    )
    ben.lines.append(line)
    work = FakeWork(hr, [ada, ben, here, there])
    if is_refused:
        with expect_error(Code.OUT_OF_RANGE, "hiredOn"):
            await correct(work, ada, hired_on=days_from_today(30))
    else:
        await correct(work, ada, hired_on=days_from_today(30))
    assert (ada.hired_on == HIRED) is is_refused
    assert (line.starts_on, line.ends_on) == (days_from_today(starts_in), None)


@pytest.mark.parametrize(
    ("starts_in", "missing", "outcome"),
    [
        (20, "audit:read", "refused"),
        (20, "teams:manage", "done"),
        (-20, "teams:manage", "refused"),
        (-20, "directory:read", "refused"),
        (-20, "both", "done"),
    ],
)
async def test_only_a_membership_that_the_actor_may_see_is_in_the_way(
    starts_in: int, missing: str, outcome: str
) -> None:
    ada, team = a_person("Ada"), a_team()
    team.add_member(PersonId(ada.id), starts_on=days_from_today(starts_in))
    taken = ("teams:manage", "directory:read") if missing == "both" else (missing,)
    work = FakeWork(an_hr_without(*taken), [ada, team])
    if outcome == "refused":
        with expect_error(Code.OUT_OF_RANGE, "hiredOn"):
            await correct(work, ada, hired_on=days_from_today(30))
    else:
        await correct(work, ada, hired_on=days_from_today(30))
    assert (ada.hired_on == HIRED) is (outcome == "refused")


async def test_employments_do_not_overlap() -> None:
    ada = a_returner()
    work = FakeWork(an_actor(role="hr"), [ada])
    before = list_employments(ada)
    with expect_error(Code.OUT_OF_RANGE, "hiredOn"):
        await correct(work, ada, hired_on=days_from_today(-101))
    with expect_error(Code.OUT_OF_RANGE, "lastDay"):
        await correct(work, ada, 0, left_on=days_from_today(-29))
    with expect_error(Code.OUT_OF_RANGE, "lastDay"):
        await correct(work, ada, 0, left_on=HIRED - YEAR)
    assert (list_employments(ada), ada.events) == (before, [])
    await correct(work, ada, 0, left_on=days_from_today(-30))
    await correct(work, ada, 1, hired_on=days_from_today(-30))
    assert list_employments(ada) == [
        (HIRED, days_from_today(-30)),
        (days_from_today(-30), None),
    ]


async def test_all_faults_are_told_at_once() -> None:
    ada = a_returner()
    with pytest.raises(SeveralFaults) as caught:
        days = {"hired_on": days_from_today(-120), "left_on": days_from_today(-60)}
        await correct(FakeWork(an_actor(role="hr"), [ada]), ada, **days)
    assert [(each.code, each.field) for each in caught.value.faults] == [
        (Code.STATE_CONFLICT, ("lastDay",)),
        (Code.OUT_OF_RANGE, ("hiredOn",)),
    ]


async def test_an_earlier_last_day_of_an_earlier_employment_ends_what_ran_beyond() -> None:
    ada, boss, report, team = a_person("Ada"), a_person("Boss"), a_person("Rea"), a_team()
    work = FakeWork(an_actor(role="hr"), [ada, boss, report, team])
    await people.assign_manager(work, ada.id, boss.id, starts_on=HIRED)
    await people.assign_manager(work, report.id, ada.id, starts_on=HIRED)
    team.add_member(PersonId(ada.id), starts_on=days_from_today(-300))
    await staffing.depart(work, ada.id, left_on=days_from_today(-100))
    await staffing.rehire(work, ada.id, hired_on=days_from_today(-30))
    await people.assign_manager(work, report.id, ada.id)
    team.add_member(PersonId(ada.id), starts_on=days_from_today(-10))

    await correct(work, ada, 0, left_on=days_from_today(-110))

    assert [(each.starts_on, each.ends_on) for each in ada.lines] == [
        (HIRED, days_from_today(-110))
    ]
    assert [(each.starts_on, each.ends_on) for each in report.lines] == [
        (HIRED, days_from_today(-110)),
        (TODAY, None),
    ]
    assert [(each.starts_on, each.ends_on) for each in team.memberships] == [
        (days_from_today(-300), days_from_today(-110)),
        (days_from_today(-10), None),
    ]
    assert ada.left_on is None
    assert list_event_actions(report)[-1] == "line_ended"


async def test_a_corrected_last_day_moves_the_handover_and_keeps_its_reason() -> None:
    boss, ada, cleo = a_person("Boss"), a_person("Ada"), a_person("Cleo")
    work = FakeWork(an_actor(role="hr"), [boss, ada, cleo])
    await people.assign_manager(work, ada.id, boss.id, starts_on=HIRED)
    await staffing.depart(
        work, boss.id, left_on=days_from_today(-20), reason="Moved", successor_id=cleo.id
    )
    await correct(work, boss, left_on=days_from_today(-25))
    assert [(each.manager_id, each.starts_on, each.ends_on) for each in ada.lines][-1] == (
        cleo.id,
        days_from_today(-25),
        None,
    )
    assert boss.left_on == days_from_today(-25)
    assert boss.latest_employment.leaving_reason == "Moved"
    assert boss.latest_employment.successor_id == cleo.id


async def test_somebody_who_has_not_left_after_all_needs_the_address_again() -> None:
    ada, ben = a_person("Ada"), a_person("Ben")
    for each in (ada, ben):
        each.work_email = "ada@meridian.example"
    ada.depart(days_from_today(-5))
    ada.events.clear()
    work = FakeWork(an_actor(role="hr"), [ada, ben])
    with expect_error(Code.NOT_UNIQUE, "workEmail"):
        await correct(work, ada, left_on=days_from_today(5))
    assert (ada.left_on, ada.events) == (days_from_today(-5), [])
    assert work.locked_values == [("work_email", "ada@meridian.example")]
    await correct(work, ada, left_on=days_from_today(-4))


@pytest.mark.parametrize("reason", ["", "  "])
async def test_a_correction_has_a_reason(reason: str) -> None:
    ada = a_person()
    work = FakeWork(an_actor(role="hr"), [ada])
    with expect_error(Code.REQUIRED, "reason"):
        await corrections.correct_employment(
            work, ada.id, ada.employments[0].id, reason, hired_on=TODAY
        )
    assert ada.events == []


async def test_a_correction_needs_a_permission_of_its_own() -> None:
    ada = a_person()
    with expect_error(Code.NOT_PERMITTED):
        await correct(FakeWork(an_hr_without("people:correct"), [ada]), ada, hired_on=TODAY)
    assert (list_employments(ada), ada.events) == ([(HIRED, None)], [])
