"""What belongs to something exists only while that exists: units, teams and memberships."""

import random
from contextlib import suppress
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from domain import organizations, people, staffing, teams
from domain.kernel.errors import Code, Refusal
from domain.kernel.nesting import Nesting
from domain.kernel.periods import Period
from domain.organizations import UNIT_IN_UNIT, Organization, OrganizationKind
from domain.people import Employment, Person
from domain.teams import NESTINGS, Membership, Team, TeamRole
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TODAY,
    a_person,
    a_team,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
)

OUTER = (1, 4)
"""The days of the outer period in the tables below: from day 1 until before day 4."""


def to_period(days: tuple[int, int | None]) -> Period:
    first, end = days
    return Period(days_from_today(first), None if end is None else days_from_today(end))


def list_days(period: Period) -> set[date]:
    """List the days of a period, up to a day far behind all others here."""
    count = ((period.ends_on or days_from_today(9)) - period.starts_on).days
    return {period.starts_on + timedelta(days=number) for number in range(count)}


PERIODS = [to_period((first, end)) for first in range(6) for end in (*range(first + 1, 7), None)]


@pytest.mark.parametrize("nesting", NESTINGS, ids=lambda each: each.attribute)
def test_a_period_fits_if_all_its_days_lie_in_the_outer_one(nesting: Nesting) -> None:
    for inner, outer in product(PERIODS, PERIODS):
        faults = list(nesting.find_faults(inner.starts_on, inner.ends_on, outer))
        misfits = list(nesting.find_misfits(inner, outer))
        fits = list_days(inner) <= list_days(outer)
        assert (not faults, not misfits) == (fits, fits), (inner, outer)


@pytest.mark.parametrize(
    ("inner", "fields"),
    [
        ((1, 4), []),
        ((0, 4), ["startsOn"]),
        ((1, 5), ["endsOn"]),
        ((1, None), ["endsOn"]),
        ((0, 5), ["startsOn", "endsOn"]),
        ((4, 5), ["startsOn", "endsOn"]),
    ],
)
def test_every_wrong_day_is_a_fault_of_its_field(
    inner: tuple[int, int | None], fields: list[str]
) -> None:
    period = to_period(inner)
    faults = UNIT_IN_UNIT.find_faults(period.starts_on, period.ends_on, to_period(OUTER))
    assert [(each.field, each.code) for each in faults] == [
        ((field,), Code.OUT_OF_RANGE) for field in fields
    ]


def test_a_refusal_names_the_last_day() -> None:
    (fault,) = UNIT_IN_UNIT.find_faults(days_from_today(1), None, to_period(OUTER))
    assert str(fault) == (
        f"The unit above ends on {days_from_today(3)}. Choose that day or an earlier one."
    )


class Company:
    """A company that random changes are made to, and the rule that holds after each of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.work = FakeWork(an_actor(role="hr"))
        self.accepted = 0
        for number in range(3):
            person = a_person(f"P{number}", hired_on=self.draw_day())
            self.work.aggregates.append(person)

    def draw_day(self) -> date:
        return days_from_today(self.random.randint(-3, 3))

    def draw_end(self) -> date | None:
        return self.random.choice((None, self.draw_day()))

    def draw_id(self, kind: type) -> UUID | None:
        found = [each.id for each in self.work.aggregates if isinstance(each, kind)]
        return self.random.choice(found) if found else None

    async def change(self) -> None:
        """Make one random change, which is refused or keeps the rule."""
        unit, above = self.draw_id(Organization), self.draw_id(Organization)
        team, parent = self.draw_id(Team), self.draw_id(Team)
        person = self.draw_id(Person)
        days: dict[str, Any] = {"starts_on": self.draw_day(), "ends_on": self.draw_end()}
        details: dict[str, Any] = {
            "kind": OrganizationKind.SITE,
            "code": str(len(self.work.aggregates)),
            "name": "U",
        }
        changes = [
            lambda: organizations.create(
                self.work, parent_id=self.random.choice((None, unit)), **days, **details
            )
        ]
        if unit and above:
            changes += [
                lambda: organizations.move(self.work, unit, parent_id=above),
                lambda: teams.close_organization(self.work, unit, ends_on=days["ends_on"]),
                lambda: organizations.reopen(self.work, unit),
                lambda: teams.create(
                    self.work,
                    organization_id=unit,
                    parent_id=self.random.choice((None, team)),
                    name="T",
                    **days,
                ),
            ]
        if unit and team and parent and person:
            changes += [
                lambda: teams.move(self.work, team, organization_id=unit, parent_id=parent),
                lambda: teams.move(self.work, team, organization_id=unit),
                lambda: teams.close(self.work, team, ends_on=days["ends_on"]),
                lambda: teams.reopen(self.work, team),
                lambda: teams.add_member(self.work, team, person, role=TeamRole.LEAD, **days),
                lambda: teams.add_member(self.work, team, person, **days),
                lambda: self.change_membership(team, days["starts_on"]),
                lambda: staffing.depart(self.work, person, left_on=days["starts_on"]),
                lambda: staffing.rehire(self.work, person, hired_on=days["starts_on"]),
            ]
        with suppress(Refusal):
            await self.random.choice(changes)()
            self.accepted += 1

    async def change_membership(self, team_id: UUID, day: date) -> None:
        team = next(each for each in self.work.aggregates if each.id == team_id)
        assert isinstance(team, Team)
        if team.memberships:
            membership = self.random.choice(team.memberships)
            share = self.random.randint(0, 100)
            await teams.change_membership(
                self.work, team_id, membership.id, share=share, starts_on=day
            )

    def list_breaches(self) -> list[tuple[str, str]]:
        """List the pairs of which an inner period does not lie inside the outer one."""
        return [
            (type(inner).__name__, nesting.attribute)
            for nesting in NESTINGS
            for inner in self.list_all(nesting.inner)
            if not self.is_inside(inner, nesting)
        ]

    def list_all(self, kind: type) -> list[Any]:
        if kind is Membership:
            return [part for each in self.list_all(Team) for part in each.memberships]
        return [each for each in self.work.aggregates if isinstance(each, kind)]

    def is_inside(self, inner: Any, nesting: Nesting) -> bool:
        outer_id = getattr(inner, nesting.attribute)
        days = list_days(Period(inner.starts_on, inner.ends_on))
        if nesting.outer is Employment:
            (person,) = (each for each in self.list_all(Person) if each.id == outer_id)
            employed = set().union(*(list_days(each.period) for each in person.employments))
            if person.left_on is not None:  # a departure ends memberships without a write
                days = {each for each in days if each < person.left_on}
            return days <= employed
        outers = [each for each in self.list_all(nesting.outer) if each.id == outer_id]
        return all(days <= list_days(Period(each.starts_on, each.ends_on)) for each in outers)


@pytest.mark.parametrize("seed", range(8))
async def test_no_change_lets_anything_outrun_what_it_belongs_to(seed: int) -> None:
    company = Company(seed)
    for _ in range(150):
        await company.change()
        assert company.list_breaches() == []
    assert company.accepted > 30


async def test_a_unit_closes_after_what_ends_later() -> None:
    top, open_unit = a_unit("TOP"), a_unit("OPEN")
    late, team = a_unit("LATE", below=top), a_team(top)
    late.ends_on, team.ends_on = days_from_today(9), days_from_today(5)
    work = FakeWork(an_actor(role="hr"), [top, late, team, open_unit])
    with expect_error(Code.OUT_OF_RANGE, "endsOn") as caught:
        await teams.close_organization(work, top.id)
    assert "(LATE)" in str(caught.value)
    late.ends_on = TODAY
    with expect_error(Code.OUT_OF_RANGE, "endsOn") as caught:
        await teams.close_organization(work, top.id, ends_on=days_from_today(4))
    assert str(caught.value) == (
        "There are teams in this unit that end later (Web). Choose a later day, or close them"
        " first."
    )


async def test_a_refusal_names_only_what_the_actor_may_see() -> None:
    top = a_unit("TOP")
    below, team = a_unit("BELOW", below=top), a_team(top)
    actor = an_actor(role="hr")
    blind = type(actor)(**{**vars(actor), "grants": frozenset(
        each for each in actor.grants if each.permission == "organizations:manage"
    )})  # fmt: skip
    for who, aggregates, message in (
        (actor, [top, below], "There are open units below this one (BELOW). Move or close them"),
        (actor, [top, team], "There are open teams in this unit (Web). Move or close them first."),
        (blind, [top, team], "There are open teams in this unit. Move or close them first."),
    ):
        top.ends_on = None
        with expect_error(Code.STATE_CONFLICT) as caught:
            await teams.close_organization(FakeWork(who, aggregates), top.id)
        assert str(caught.value).startswith(message)


async def test_what_broke_the_rule_before_can_be_edited_and_made_right() -> None:
    gone, unit = a_unit("GONE"), a_unit("UNIT")
    gone.ends_on = days_from_today(-9)
    below, team = a_unit("BELOW", below=gone), a_team(gone)
    member = Membership(
        tenant_id=team.tenant_id,
        team_id=team.id,
        person_id=a_person().id,  # type: ignore[arg-type]
        starts_on=days_from_today(-900),
    )
    team.memberships.append(member)
    work = FakeWork(an_actor(role="hr"), [gone, unit, below, team])
    await organizations.edit(work, below.id, name="Still here")
    team.edit(name="Still here")
    await organizations.close(work, below.id, ends_on=days_from_today(9))
    await organizations.close(work, below.id, ends_on=days_from_today(-9))
    await teams.move(work, team.id, organization_id=unit.id)
    team.change_membership(member.id, share=50, starts_on=TODAY)
    team.end_membership(member.id, TODAY)
    assert (below.ends_on, team.organization_id) == (days_from_today(-9), unit.id)


async def test_an_actor_who_sees_no_employment_adds_members_from_today_on() -> None:
    team, lead, ada, soon = a_team(), a_person("Lead"), a_person(), a_person("Soon")
    soon.hired_on = soon.latest_employment.hired_on = days_from_today(9)
    actor = an_actor(lead)
    actor = type(actor)(**{**vars(actor), "teams_led": frozenset({team.id})})
    work = FakeWork(actor, [team, lead, ada, soon])
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        await teams.add_member(work, team.id, ada.id, starts_on=days_from_today(-1))
    with expect_error(Code.INVALID, "personId"):
        await teams.add_member(work, team.id, soon.id, starts_on=days_from_today(20))
    assert team.memberships == []
    await teams.add_member(work, team.id, ada.id)
    assert [each.starts_on for each in team.memberships] == [TODAY]


async def test_hr_adds_members_within_an_employment() -> None:
    team, ada = a_team(), a_person(hired_on=days_from_today(-5))
    work = FakeWork(an_actor(role="hr"), [team, ada])
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        await teams.add_member(work, team.id, ada.id, starts_on=days_from_today(-6))
    ada.depart(days_from_today(3))
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        await teams.add_member(work, team.id, ada.id, ends_on=days_from_today(4))
    assert team.memberships == []
    await teams.add_member(work, team.id, ada.id, starts_on=days_from_today(-5))
    assert [each.ends_on for each in team.memberships] == [None]


async def test_nobody_is_placed_in_a_unit_that_has_an_end() -> None:
    unit, ada = a_unit(), a_person()
    unit.ends_on = days_from_today(9)
    work = FakeWork(an_actor(role="hr"), [unit, ada])
    with expect_error(Code.INVALID, "organizationId") as caught:
        await people.hire(work, given_name="Nia", organization_id=unit.id)
    assert str(caught.value) == (
        f"{unit.name} ends on {days_from_today(8)}. Choose another unit or another day."
    )
    with expect_error(Code.INVALID, "organizationId"):
        await people.change_job(work, ada.id, {"organization_id": unit.id})
    assert work.aggregates == [unit, ada]


async def test_a_membership_ends_with_its_team() -> None:
    team, ada = a_team(), a_person()
    team.close(days_from_today(3))
    work = FakeWork(an_actor(role="hr"), [team, ada])
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        await teams.add_member(work, team.id, ada.id, ends_on=days_from_today(4))
    await teams.add_member(work, team.id, ada.id)
    assert [each.ends_on for each in team.memberships] == [days_from_today(3)]
