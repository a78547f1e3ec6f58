from datetime import date
from uuid import UUID

import pytest

from domain import teams
from domain.kernel.errors import Code
from domain.kernel.identity import OrganizationId, PersonId, generate_id
from domain.teams import Team, TeamRole
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

ADA, BEN = PersonId(generate_id()), PersonId(generate_id())


def list_memberships(team: Team) -> list[tuple[UUID, TeamRole, int, date, date | None]]:
    return [
        (each.person_id, each.role, each.share, each.starts_on, each.ends_on)
        for each in team.memberships
    ]


def test_a_change_begins_a_new_membership() -> None:
    team = a_team()
    first = team.add_member(ADA, starts_on=days_from_today(-10), ends_on=days_from_today(50))
    team.change_membership(first.id, role=TeamRole.LEAD, share=60, starts_on=TODAY)
    assert list_memberships(team) == [
        (ADA, TeamRole.MEMBER, 100, days_from_today(-10), TODAY),
        (ADA, TeamRole.LEAD, 60, TODAY, days_from_today(50)),
    ]
    assert {each.tenant_id for each in team.memberships} == {TENANT}
    assert list_event_actions(team) == ["member_added", "membership_changed"]


def test_a_change_on_the_first_day_leaves_an_empty_period() -> None:
    team = a_team()
    first = team.add_member(ADA, starts_on=TODAY)
    second = team.change_membership(first.id, share=50, starts_on=TODAY)
    team.end_membership(second.id, TODAY)
    team.add_member(ADA, starts_on=TODAY, share=20)
    assert [(each[2], each[3], each[4]) for each in list_memberships(team)] == [
        (100, TODAY, TODAY),
        (50, TODAY, TODAY),
        (20, TODAY, None),
    ]


def test_a_change_of_nothing_is_none() -> None:
    team = a_team()
    first = team.add_member(ADA, starts_on=TODAY, share=0)
    assert team.change_membership(first.id, share=0, starts_on=days_from_today(1)) is first
    assert list_event_actions(team) == ["member_added"]


def test_nobody_is_in_a_team_twice_at_a_time() -> None:
    team = a_team()
    team.add_member(ADA, starts_on=TODAY, ends_on=days_from_today(10))
    with expect_error(Code.NOT_UNIQUE, "personId"):
        team.add_member(ADA, starts_on=days_from_today(9))
    team.add_member(BEN, starts_on=days_from_today(9))
    team.add_member(ADA, starts_on=days_from_today(10))
    assert [each[0] for each in list_memberships(team)] == [ADA, BEN, ADA]


@pytest.mark.parametrize("share", [-1, 101])
def test_a_share_is_a_percentage(share: int) -> None:
    team = a_team()
    with expect_error(Code.OUT_OF_RANGE, "share"):
        team.add_member(ADA, starts_on=TODAY, share=share)
    member = team.add_member(ADA, starts_on=TODAY)
    with expect_error(Code.OUT_OF_RANGE, "share"):
        team.change_membership(member.id, share=share, starts_on=days_from_today(1))
    assert list_memberships(team) == [(ADA, TeamRole.MEMBER, 100, TODAY, None)]


def test_memberships_lie_within_the_team() -> None:
    team = a_team()
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        team.add_member(ADA, starts_on=days_from_today(-366))
    member = team.add_member(ADA, starts_on=TODAY)
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        team.change_membership(member.id, share=1, starts_on=days_from_today(-1))
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        team.end_membership(member.id, days_from_today(-1))
    with expect_error(Code.REFERENCE_NOT_FOUND, "membershipId"):
        team.end_membership(generate_id(), TODAY)
    team.end_membership(member.id, days_from_today(5))
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        team.end_membership(member.id, days_from_today(6))
    assert list_memberships(team) == [(ADA, TeamRole.MEMBER, 100, TODAY, days_from_today(5))]


def test_memberships_end_with_the_team() -> None:
    team = a_team()
    team.add_member(ADA, starts_on=days_from_today(-5))
    team.add_member(BEN, starts_on=days_from_today(5))
    team.close(TODAY)
    assert [each[3:] for each in list_memberships(team)] == [
        (days_from_today(-5), TODAY),
        (days_from_today(5), days_from_today(5)),
    ]
    with expect_error(Code.OUT_OF_RANGE, "startsOn"):
        team.add_member(ADA, starts_on=TODAY)
    team.reopen()
    assert team.ends_on is None
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        team.close(days_from_today(-366))


async def test_a_lead_runs_the_team_and_those_below_it() -> None:
    unit, ada, ben = a_unit(), a_person(), a_person("Ben")
    above, below, beside = a_team(unit), a_team(unit), a_team(unit)
    below.parent_id = above.id  # type: ignore[assignment]
    actor = an_actor(ada)
    lead = type(actor)(**{**vars(actor), "teams_led": frozenset({above.id})})
    work = FakeWork(lead, [unit, ada, ben, above, below, beside])
    for team in (above, below):
        await teams.add_member(work, team.id, ben.id)
        assert list_memberships(team) == [(ben.id, TeamRole.MEMBER, 100, TODAY, None)]
    with expect_error(Code.NOT_PERMITTED):
        await teams.add_member(work, beside.id, ben.id)
    with expect_error(Code.NOT_PERMITTED):
        await teams.close(work, above.id)
    assert beside.memberships == []


async def test_who_has_left_joins_no_team() -> None:
    team, gone = a_team(), a_person("Gone")
    gone.depart(days_from_today(3))
    work = FakeWork(an_actor(role="hr"), [team, gone])
    with expect_error(Code.INVALID, "personId"):
        await teams.add_member(work, team.id, gone.id, starts_on=days_from_today(3))
    with expect_error(Code.REFERENCE_NOT_FOUND, "personId"):
        await teams.add_member(work, team.id, generate_id())
    assert team.memberships == []


async def test_a_team_is_formed_edited_and_moved() -> None:
    here, there = a_unit("HERE"), a_unit("THERE")
    work = FakeWork(an_actor(role="hr"), [here, there])
    top = await teams.create(work, organization_id=here.id, name="Top")
    team = await teams.create(work, organization_id=here.id, name=" Web ", parent_id=top.id)
    team.edit(name="Site", description="All that\nis seen")
    await teams.move(work, team.id, organization_id=there.id, parent_id=None)
    assert (team.name, team.organization_id, team.parent_id) == ("Site", there.id, None)
    assert list_event_actions(team) == ["created", "edited", "moved"]


async def test_a_team_stands_below_itself_nowhere() -> None:
    unit = a_unit()
    top, bottom = a_team(unit), a_team(unit)
    work = FakeWork(an_actor(role="hr"), [unit, top, bottom])
    await teams.move(work, bottom.id, organization_id=unit.id, parent_id=top.id)
    for above in (top, bottom):
        with expect_error(Code.REFERENCE_CYCLE, "parentId"):
            await teams.move(work, top.id, organization_id=unit.id, parent_id=above.id)
    assert top.parent_id is None
    with expect_error(Code.STATE_CONFLICT):
        await teams.close(work, top.id)
    await teams.close(work, bottom.id)
    await teams.close(work, top.id, ends_on=days_from_today(1))
    assert (top.ends_on, bottom.ends_on) == (days_from_today(1), TODAY)


async def test_what_a_team_refers_to_has_to_be_there() -> None:
    work = FakeWork(an_actor(role="hr"))
    with expect_error(Code.REFERENCE_NOT_FOUND, "organizationId"):
        await teams.create(work, organization_id=OrganizationId(generate_id()), name="Web")
    assert work.aggregates == []
