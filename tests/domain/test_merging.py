"""Two records of one human become one, and no day is counted twice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import merging, people, teams
from domain.kernel.errors import Code, NotPermitted
from domain.kernel.faults import SeveralFaults
from domain.kernel.identity import PersonId
from domain.kernel.periods import Period, subtract
from domain.members import Member, MemberStatus
from domain.people import Employment, Leave, LineKind, Person, ReportingLine
from domain.people.merging import absorb, hand_over
from domain.roles import create_built_in_roles
from domain.teams import TeamRole
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    TODAY,
    a_goal,
    a_person,
    a_team,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
    place,
)

REASON = "Imported twice."


def a_record(name: str, *periods: tuple[int, int | None]) -> Person:
    """Build a person with these employments, in days from today."""
    person = a_person(name)
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
    return person


def add_line(person: Person, manager: Person, start: int, end: int | None = None) -> ReportingLine:
    line = ReportingLine(
        tenant_id=TENANT,
        person_id=person.id,
        manager_id=PersonId(manager.id),
        starts_on=days_from_today(start),
        ends_on=None if end is None else days_from_today(end),
    )
    person.lines.append(line)
    return line


def count_days(starts_on: date, ends_on: date | None) -> tuple[int, int | None]:
    return (starts_on - TODAY).days, None if ends_on is None else (ends_on - TODAY).days


def list_periods(person: Person, attribute: str) -> list[tuple[int, int | None]]:
    parts = getattr(person, attribute)
    return sorted(count_days(each.period.starts_on, each.period.ends_on) for each in parts)


async def merge(work: FakeWork, person: Person, duplicate: Person) -> Person:
    return await merging.merge(work, person.id, duplicate.id, REASON)


DAYS = st.integers(0, 20)
PERIODS = st.builds(
    lambda start, length: Period(
        days_from_today(start), None if length is None else days_from_today(start + length)
    ),
    DAYS,
    st.none() | DAYS,
)


@given(PERIODS, st.lists(PERIODS, max_size=4))
def test_what_is_subtracted_and_what_remains_make_up_the_period(
    period: Period, others: list[Period]
) -> None:
    gaps = subtract(period, others)
    for number in range(45):
        day = days_from_today(number)
        is_free = period.covers(day) and not any(each.covers(day) for each in others)
        assert sum(each.covers(day) for each in gaps) == is_free, day
    assert all(each.ends_on is None or each.starts_on < each.ends_on for each in gaps)


@pytest.mark.parametrize(
    ("own", "given", "united"),
    [
        ([(-50, None)], [(-90, -60)], [(-90, -60), (-50, None)]),
        ([(-90, -60)], [(-60, None)], [(-90, -60), (-60, None)]),
        ([(-50, None)], [(-90, -40)], [(-90, None)]),
        ([(-90, -10)], [(-50, None)], [(-90, None)]),
        ([(-90, -60), (-50, -10)], [(-70, -40)], [(-90, -10)]),
        ([(-50, None)], [(-40, 30)], [(-50, None)]),
    ],
)
def test_overlapping_employments_become_one(own: list, given: list, united: list) -> None:
    person, duplicate = a_record("Ada", *own), a_record("Ada", *given)
    absorb(person, hand_over(duplicate), today=TODAY, at=NOW)
    assert list_periods(person, "employments") == united
    assert count_days(person.hired_on, person.left_on) == united[-1]
    assert {each.person_id for each in person.employments} == {person.id}
    assert duplicate.employments == []


def test_the_reason_of_a_departure_is_that_of_the_later_one() -> None:
    person, duplicate = a_record("Ada", (-90, -20)), a_record("Ada", (-50, -10))
    person.employments[0].leaving_reason = "Contract"
    duplicate.employments[0].leaving_reason = "Retired"
    own_id = person.employments[0].id
    absorb(person, hand_over(duplicate), today=TODAY, at=NOW)
    (united,) = person.employments
    assert (united.id, united.leaving_reason) == (own_id, "Retired")


def test_own_parts_count_on_days_that_both_records_have() -> None:
    person, duplicate = a_record("Ada", (-90, None)), a_record("Ada", (-90, None))
    boss, other = a_person("Boss"), a_person("Other")
    own = add_line(person, boss, -60, -30)
    for end in (-80, -50, -20):
        add_line(duplicate, other, end - 10, end)
    add_line(duplicate, other, -20)
    person.leaves.append(
        Leave(tenant_id=TENANT, person_id=person.id, starts_on=days_from_today(-10))
    )
    duplicate.leaves.append(
        Leave(tenant_id=TENANT, person_id=duplicate.id, starts_on=days_from_today(-15))
    )
    absorb(person, hand_over(duplicate), today=TODAY, at=NOW)
    assert own in person.lines
    assert list_periods(person, "lines") == [
        (-90, -80),
        (-60, -30),
        (-30, -20),
        (-20, None),
    ]
    assert list_periods(person, "leaves") == [(-15, -10), (-10, None)]


def test_a_line_that_encloses_another_becomes_two() -> None:
    person, duplicate = a_record("Ada", (-90, None)), a_record("Ada", (-90, None))
    boss, other = a_person("Boss"), a_person("Other")
    add_line(person, boss, -60, -30)
    long = add_line(duplicate, other, -90)
    absorb(person, hand_over(duplicate), today=TODAY, at=NOW)
    assert list_periods(person, "lines") == [(-90, -60), (-60, -30), (-30, None)]
    assert len({each.id for each in person.lines}) == 3
    assert long.id in {each.id for each in person.lines}


def test_missing_values_and_all_references_come_from_the_duplicate() -> None:
    person, duplicate = a_record("Ada", (-90, None)), a_record("Ada", (-90, None))
    person.change_job(TODAY, {"job_title": "Engineer"}, today=TODAY, at=NOW)
    facts = {"job_title": "Driver", "location": "Lyon"}
    duplicate.change_job(TODAY, facts, today=TODAY, at=NOW)
    duplicate.edit(work_email="ada@meridian.example")
    person.add_external_reference("workday", "1")
    duplicate.add_external_reference("workday", "2")
    absorb(person, hand_over(duplicate), today=TODAY, at=NOW)
    assert (person.job_title, person.location) == ("Engineer", "Lyon")
    assert (person.work_email, duplicate.work_email) == ("ada@meridian.example", None)
    assert [each.external_id for each in person.references] == ["1", "2"]
    person.add_external_reference("workday", "2")
    assert [each.external_id for each in person.references] == ["1", "2"]


async def test_what_a_departure_ended_stays_ended() -> None:
    old, new = a_record("Ada", (-90, -50)), a_record("Ada", (-20, None))
    boss, ben, team = a_person("Boss"), a_person("Ben"), a_team()
    add_line(old, boss, -90)
    add_line(ben, old, -90)
    team.add_member(PersonId(old.id), starts_on=days_from_today(-90), role=TeamRole.LEAD)
    role = create_built_in_roles(TENANT)[1]
    member = Member(tenant_id=TENANT, person_id=PersonId(old.id), subject="ada")
    member.assign_role(role.id)
    work = FakeWork(an_actor(role="hr"), [old, new, boss, ben, team, member, role])
    await merge(work, new, old)
    assert list_periods(new, "lines") == [(-90, -50)]
    assert [(each.manager_id, each.ends_on) for each in ben.lines] == [
        (new.id, days_from_today(-50))
    ]
    assert [(each.person_id, each.ends_on) for each in team.memberships] == [
        (new.id, days_from_today(-50))
    ]
    assert (member.person_id, member.assignments) == (new.id, [])
    assert new.works_here(TODAY)


async def test_everything_that_names_the_duplicate_names_the_person() -> None:
    ada, twin, ben = a_person("Ada"), a_person("Ada"), a_person("Ben")
    goal, team = a_goal(twin), a_team()
    goal.viewer_ids = {PersonId(twin.id), PersonId(ben.id)}
    work = FakeWork(an_actor(role="hr"), [ada, twin, ben, goal, team])
    await people.assign_manager(work, ben.id, twin.id)
    await teams.add_member(work, team.id, twin.id)
    await merge(work, ada, twin)
    assert goal.owner_person_id == ada.id
    assert goal.viewer_ids == {ada.id, ben.id}
    assert ben.get_manager_id(TODAY) == ada.id
    assert [each.person_id for each in team.memberships] == [ada.id]
    assert work.replaced_ids == [(Person, twin.id, ada.id)]
    assert twin not in work.aggregates
    assert list_event_actions(ada) == ["merged"]
    assert ada.events[0].related_ids == {"duplicate_id": twin.id}


async def test_dotted_lines_to_both_records_become_one() -> None:
    ada, twin, ben = a_person("Ada"), a_person("Ada"), a_person("Ben")
    work = FakeWork(an_actor(role="hr"), [ada, twin, ben])
    for each, start in ((ada, -50), (twin, -90)):
        day = days_from_today(start)
        await people.assign_manager(work, ben.id, each.id, kind=LineKind.DOTTED, starts_on=day)
    await merge(work, ada, twin)
    assert list_periods(ben, "lines") == [(-90, -50), (-50, None)]
    assert {each.manager_id for each in ben.lines} == {ada.id}


@pytest.mark.parametrize("removed", ["own", "given"])
async def test_a_removed_account_gives_way_to_the_other(removed: str) -> None:
    ada, twin = a_person("Ada"), a_person("Ada")
    own, given = (
        Member(tenant_id=TENANT, person_id=PersonId(each.id), subject=subject)
        for each, subject in ((ada, "own"), (twin, "given"))
    )
    closed, staying = (own, given) if removed == "own" else (given, own)
    closed.remove()
    work = FakeWork(an_actor(role="hr"), [ada, twin, own, given])
    await merge(work, ada, twin)
    assert [each for each in work.aggregates if isinstance(each, Member)] == [staying]
    assert (staying.person_id, staying.status) == (ada.id, MemberStatus.ACTIVE)
    assert work.replaced_ids[0] == (Member, closed.id, staying.id)


async def test_all_conflicts_are_reported_together_and_nothing_changes() -> None:
    ada, twin = a_person("Ada"), a_person("Ada")
    units = [a_unit("A"), a_unit("B")]
    for person, unit in zip((ada, twin), units, strict=True):
        place(person, unit)
        for number in range(11):
            person.add_external_reference(f"system-{number}", person.name)
    add_line(ada, twin, -60, -30)
    accounts = [
        Member(tenant_id=TENANT, person_id=PersonId(each.id), subject=str(each.id))
        for each in (ada, twin)
    ]
    work = FakeWork(an_actor(role="hr"), [ada, twin, *units, *accounts])
    with pytest.raises(SeveralFaults) as refused:
        await merging.merge(work, ada.id, twin.id, " ")
    assert [
        (each.code, each.field, str(each).partition(".")[0]) for each in refused.value.faults
    ] == [
        (Code.REQUIRED, ("reason",), "The reason is missing"),
        (
            Code.STATE_CONFLICT,
            ("duplicateId",),
            "Both records are employed in the same time, in different units",
        ),
        (
            Code.LIMIT_EXCEEDED,
            ("duplicateId",),
            "Together the records have more than 20 references",
        ),
        (
            Code.REFERENCE_CYCLE,
            ("duplicateId",),
            "One of the records manages the other on some day, directly or through others",
        ),
        (Code.STATE_CONFLICT, ("duplicateId",), "Both records have an account"),
    ]
    assert (twin in work.aggregates, work.replaced_ids) == (True, [])
    assert len(twin.references) == 11


async def test_nobody_is_merged_with_themselves() -> None:
    ada = a_person("Ada")
    with expect_error(Code.INVALID, "duplicateId"):
        await merge(FakeWork(an_actor(role="hr"), [ada]), ada, ada)


async def test_records_in_one_line_through_others_are_not_merged() -> None:
    ada, ben, twin = a_person("Ada"), a_person("Ben"), a_person("Ada")
    add_line(ada, ben, -60, -30)
    add_line(ben, twin, -50)
    for first, second in ((ada, twin), (twin, ada)):
        with expect_error(Code.REFERENCE_CYCLE, "duplicateId"):
            await merge(FakeWork(an_actor(role="hr"), [ada, ben, twin]), first, second)


async def test_different_units_are_no_conflict_in_different_times() -> None:
    old, new = a_record("Ada", (-90, -50)), a_record("Ada", (-20, None))
    units = [a_unit("A"), a_unit("B")]
    for person, unit in zip((old, new), units, strict=True):
        place(person, unit)
    await merge(FakeWork(an_actor(role="hr"), [old, new, *units]), new, old)
    assert new.organization_id == units[1].id


@pytest.mark.parametrize("own", ["person", "duplicate"])
async def test_nobody_merges_their_own_record(own: str) -> None:
    ada, twin = a_person("Ada"), a_person("Ada")
    actor = an_actor(ada if own == "person" else twin, role="hr")
    with expect_error(Code.SELF_APPOINTMENT, "duplicateId"):
        await merge(FakeWork(actor, [ada, twin]), ada, twin)


async def test_a_merge_gives_a_manager_no_rights_over_new_people() -> None:
    """The manager of one record would become that of the other and of their reports."""
    boss, ada, twin, ben = a_person("Boss"), a_person("Ada"), a_person("Ada"), a_person("Ben")
    add_line(ada, boss, -60)
    add_line(ben, twin, -60)
    actor = an_actor(boss, role="hr")
    rights = frozenset(each for each in actor.grants if each.permission != "goals:manage")
    limited = type(actor)(
        tenant_id=actor.tenant_id, today=TODAY, person_id=actor.person_id, grants=rights
    )
    for first, second in ((ada, twin), (twin, ada)):
        with pytest.raises(NotPermitted) as refused:
            await merge(FakeWork(limited, [boss, ada, twin, ben]), first, second)
        assert refused.value.code == Code.SELF_APPOINTMENT
    await merge(FakeWork(actor, [boss, ada, twin, ben]), ada, twin)
    assert ben.get_manager_id(TODAY) == ada.id
