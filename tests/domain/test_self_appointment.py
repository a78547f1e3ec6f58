"""Nobody gives themselves rights that they do not hold, as a manager, as a lead or with a role."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from domain import members, people, staffing, teams
from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code
from domain.kernel.identity import MemberId, OrganizationId, PersonId, TeamId
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import Member
from domain.people import LineKind, Person
from domain.roles import TENANT_ADMIN, Role, create_built_in_roles
from domain.teams import Team, TeamRole
from domain.tenants import Tenant
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    GRANTS_BY_ROLE,
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

STRICT = Tenant.create(TENANT, name="Meridian")
LENIENT = Tenant.create(TENANT, name="Meridian", allows_self_appointment=True)
REASON = "  Interim until October  "
Change = Callable[[FakeWork, str | None], Awaitable[Any]]


def report_to(person: Person, manager: Person) -> None:
    person.assign_manager(PersonId(manager.id), starts_on=TODAY, today=TODAY)
    person.events.clear()


async def expect_self_appointment(
    actor: Actor, aggregates: list[Aggregate], changed: Aggregate, field: str, change: Change
) -> None:
    """Expect the change to be refused, and allowed with a reason where the tenant allows it."""

    def snapshot() -> str:
        unread = type(changed).GUARDED  # concealed from actors who may not see them
        return repr({name: each for name, each in vars(changed).items() if name not in unread})

    before = snapshot()
    for reason in (None, REASON):
        with expect_error(Code.SELF_APPOINTMENT, field):
            await change(FakeWork(actor, [STRICT, *aggregates]), reason)
    for reason in (None, " "):
        with expect_error(Code.REQUIRED, "selfAppointmentReason"):
            await change(FakeWork(actor, [LENIENT, *aggregates]), reason)
    assert snapshot() == before
    await change(FakeWork(actor, [LENIENT, *aggregates]), REASON)
    (event,) = [each for each in changed.events if each.action == "self_appointed"]
    assert event.reason == "Interim until October"
    assert len(changed.events) == 2


async def test_an_admin_does_not_become_somebodys_manager_unasked() -> None:
    admin, ada = a_person("Admin"), a_person()

    async def assign(work: FakeWork, reason: str | None) -> Person:
        return await people.assign_manager(work, ada.id, admin.id, self_appointment_reason=reason)

    actor = an_actor(admin, TENANT_ADMIN)
    await expect_self_appointment(actor, [admin, ada], ada, "managerId", assign)
    assert ada.get_manager_id(TODAY) == admin.id


async def test_an_admin_does_not_put_people_below_a_report_unasked() -> None:
    admin, middle, ada = a_person("Admin"), a_person("Middle"), a_person()
    report_to(middle, admin)

    async def assign(work: FakeWork, reason: str | None) -> Person:
        return await people.assign_manager(work, ada.id, middle.id, self_appointment_reason=reason)

    everybody: list[Aggregate] = [admin, middle, ada]
    actor = an_actor(admin, TENANT_ADMIN)
    await expect_self_appointment(actor, everybody, ada, "managerId", assign)


async def test_a_line_that_begins_later_is_a_self_appointment_too() -> None:
    admin, middle, ada = a_person("Admin"), a_person("Middle"), a_person()
    middle.assign_manager(PersonId(admin.id), starts_on=days_from_today(20), today=TODAY)
    work = FakeWork(an_actor(admin, TENANT_ADMIN), [STRICT, admin, middle, ada])
    with expect_error(Code.SELF_APPOINTMENT, "managerId"):
        await people.assign_manager(work, ada.id, middle.id)
    with expect_error(Code.SELF_APPOINTMENT, "managerId"):
        await people.assign_manager(work, ada.id, admin.id, starts_on=days_from_today(30))
    assert ada.lines == []


async def test_hr_of_one_unit_gets_no_reports_outside_of_it() -> None:
    here, there = a_unit("HERE"), a_unit("THERE")
    hr, inside, outside = a_person("Hr"), a_person(), a_person("Outside")
    inside.organization_id, outside.organization_id = (
        OrganizationId(each.id) for each in (here, there)
    )
    within = frozenset(each.restrict_to(OrganizationId(here.id)) for each in GRANTS_BY_ROLE["hr"])
    actor = replace(an_actor(hr), grants=within | GRANTS_BY_ROLE["employee"])
    everything: list[Aggregate] = [here, there, hr, inside, outside]
    work = FakeWork(actor, [STRICT, *everything])
    await people.assign_manager(work, inside.id, hr.id)
    assert list_event_actions(inside) == ["manager_assigned"]

    inside.lines.clear()
    inside.events.clear()
    report_to(outside, inside)

    async def assign(work: FakeWork, reason: str | None) -> Person:
        return await people.assign_manager(work, inside.id, hr.id, self_appointment_reason=reason)

    await expect_self_appointment(actor, everything, inside, "managerId", assign)


async def test_who_holds_what_a_manager_holds_becomes_one_freely() -> None:
    hr, middle, ada = a_person("Hr"), a_person("Middle"), a_person()
    report_to(ada, middle)
    work = FakeWork(an_actor(hr, "hr"), [STRICT, hr, middle, ada])
    await people.assign_manager(work, middle.id, hr.id)
    assert list_event_actions(middle) == ["manager_assigned"]


async def test_the_own_grants_over_the_reporting_chain_count() -> None:
    hr, ada = a_person("Hr"), a_person()
    audit = Grant(Permission.AUDIT_READ, Population.REPORTING_CHAIN)
    members_manage = Grant(Permission.MEMBERS_MANAGE, Population.REPORTING_CHAIN)
    actor = replace(an_actor(hr, "hr"), grants=GRANTS_BY_ROLE["hr"] | {audit})
    await people.assign_manager(FakeWork(actor, [STRICT, hr, ada]), ada.id, hr.id)
    ada.lines.clear()
    actor = replace(actor, grants=actor.grants | {members_manage})
    with expect_error(Code.SELF_APPOINTMENT, "managerId"):
        await people.assign_manager(FakeWork(actor, [STRICT, hr, ada]), ada.id, hr.id)
    assert ada.lines == []


async def test_who_manages_somebody_already_moves_them_within_the_own_reports() -> None:
    boss, middle, ada = a_person("Boss"), a_person("Middle"), a_person()
    report_to(middle, boss)
    report_to(ada, boss)
    chain = Grant(Permission.PEOPLE_MANAGE, Population.REPORTING_CHAIN)
    actor = replace(an_actor(boss), grants=GRANTS_BY_ROLE["employee"] | {chain})
    work = FakeWork(actor, [STRICT, boss, middle, ada])
    await people.assign_manager(work, ada.id, middle.id)
    assert list_event_actions(ada) == ["manager_assigned"]


async def test_nobody_succeeds_a_leaver_with_new_rights_unasked() -> None:
    clerk, boss, ada = a_person("Clerk"), a_person("Boss"), a_person()
    report_to(ada, boss)
    grants = {Grant(Permission.PEOPLE_MANAGE), Grant(Permission.EMPLOYMENT_MANAGE)}
    actor = replace(an_actor(clerk), grants=GRANTS_BY_ROLE["employee"] | grants)

    async def succeed(work: FakeWork, reason: str | None) -> Person:
        return await staffing.depart(
            work, boss.id, successor_id=clerk.id, self_appointment_reason=reason
        )

    for tenant, reason in ((STRICT, REASON), (STRICT, None), (LENIENT, REASON)):
        if tenant is STRICT:
            with expect_error(Code.SELF_APPOINTMENT, "successorId"):
                await succeed(FakeWork(actor, [tenant, clerk, boss, ada]), reason)
            boss.depart(TODAY)
            boss.cancel_departure()
            boss.events.clear()
        else:
            await succeed(FakeWork(actor, [tenant, clerk, boss, ada]), reason)
    assert "self_appointed" in list_event_actions(ada)
    assert ada.get_manager_id(TODAY) == clerk.id


async def test_a_dotted_line_confers_nothing() -> None:
    admin, ada = a_person("Admin"), a_person()
    work = FakeWork(an_actor(admin, TENANT_ADMIN), [STRICT, admin, ada])
    await people.assign_manager(work, ada.id, admin.id, kind=LineKind.DOTTED)
    assert list_event_actions(ada) == ["manager_assigned"]


async def test_who_hires_does_not_become_the_manager_unasked() -> None:
    clerk = a_person("Clerk")
    grants = {Grant(Permission.PEOPLE_MANAGE), Grant(Permission.EMPLOYMENT_MANAGE)}
    actor = replace(an_actor(clerk), grants=GRANTS_BY_ROLE["employee"] | grants)
    hired = {"given_name": "Ada", "family_name": "Moreau", "manager_id": clerk.id}
    work = FakeWork(actor, [STRICT, clerk])
    with expect_error(Code.SELF_APPOINTMENT, "managerId"):
        await people.hire(work, **hired)
    assert work.aggregates == [STRICT, clerk]
    work = FakeWork(actor, [LENIENT, clerk])
    person = await people.hire(work, **hired, self_appointment_reason=REASON)
    assert list_event_actions(person) == ["hired", "self_appointed", "manager_assigned"]
    hr = a_person("Hr")
    work = FakeWork(an_actor(hr, "hr"), [STRICT, hr])
    person = await people.hire(work, **hired | {"manager_id": hr.id})
    assert list_event_actions(person) == ["hired", "manager_assigned"]


@pytest.mark.parametrize("role", ["hr", TENANT_ADMIN])
async def test_nobody_makes_themselves_lead_unasked(role: str) -> None:
    me, team = a_person(), a_team(unit := a_unit())

    async def join(work: FakeWork, reason: str | None) -> Team:
        return await teams.add_member(
            work, team.id, me.id, role=TeamRole.LEAD, self_appointment_reason=reason
        )

    await expect_self_appointment(an_actor(me, role), [unit, me, team], team, "role", join)

    other = a_team(unit)
    membership = other.add_member(PersonId(me.id), starts_on=days_from_today(-9))
    other.events.clear()

    async def rise(work: FakeWork, reason: str | None) -> Team:
        change = {"role": TeamRole.LEAD, "self_appointment_reason": reason}
        return await teams.change_membership(work, other.id, membership.id, **change)

    await expect_self_appointment(an_actor(me, role), [unit, me, other], other, "role", rise)


async def test_a_plain_membership_and_the_lead_of_others_confer_nothing() -> None:
    me, ada, team = a_person("Me"), a_person(), a_team(unit := a_unit())
    work = FakeWork(an_actor(me, "hr"), [STRICT, unit, me, ada, team])
    await teams.add_member(work, team.id, me.id)
    await teams.add_member(work, team.id, ada.id, role=TeamRole.LEAD)
    assert list_event_actions(team) == ["member_added", "member_added"]


async def test_a_lead_of_a_team_above_takes_the_lead_below() -> None:
    me, above, below = a_person(), a_team(unit := a_unit()), a_team()
    below.parent_id = TeamId(above.id)
    actor = replace(an_actor(me), teams_led=frozenset({TeamId(above.id)}))
    work = FakeWork(actor, [STRICT, unit, me, above, below])
    await teams.add_member(work, below.id, me.id, role=TeamRole.LEAD)
    assert list_event_actions(below) == ["member_added"]


async def test_a_lead_does_not_move_other_teams_below_the_own_one_unasked() -> None:
    me, mine, other = a_person(), a_team(unit := a_unit()), a_team(unit)
    actor = replace(an_actor(me, "hr"), teams_led=frozenset({TeamId(mine.id)}))

    async def move(work: FakeWork, reason: str | None) -> Team:
        return await teams.move(work, other.id, parent_id=mine.id, self_appointment_reason=reason)

    everything: list[Aggregate] = [unit, me, mine, other]
    await expect_self_appointment(actor, everything, other, "parentId", move)
    away = a_team(unit)
    await teams.move(FakeWork(actor, [STRICT, *everything, away]), mine.id, parent_id=away.id)
    assert mine.parent_id == away.id


async def test_a_lead_with_rights_over_team_members_adds_nobody_else_unasked() -> None:
    me, ada, team = a_person("Me"), a_person(), a_team(unit := a_unit())
    over = Grant(Permission.EMPLOYMENT_READ, Population.TEAMS_LED)
    actor = replace(
        an_actor(me),
        grants=GRANTS_BY_ROLE["employee"] | {over},
        teams_led=frozenset({TeamId(team.id)}),
    )

    async def add(work: FakeWork, reason: str | None) -> Team:
        return await teams.add_member(work, team.id, ada.id, self_appointment_reason=reason)

    everything: list[Aggregate] = [unit, me, ada, team]
    await expect_self_appointment(actor, everything, team, "personId", add)
    assert [each.person_id for each in team.memberships] == [ada.id]

    holds = replace(actor, grants=actor.grants | {Grant(Permission.EMPLOYMENT_READ)})
    second = a_team(unit)
    leads = replace(holds, teams_led=frozenset({TeamId(second.id)}))
    await teams.add_member(FakeWork(leads, [STRICT, *everything, second]), second.id, ada.id)
    assert list_event_actions(second) == ["member_added"]


def a_member_of(person: Person, *held: Role) -> Member:
    member = Member(tenant_id=TENANT, person_id=PersonId(person.id), subject=str(person.id))
    for role in held:
        member.assign_role(role.id)
    member.events.clear()
    return member


async def test_nobody_assigns_themselves_a_role_with_more_rights_unasked() -> None:
    me = a_person()
    admin, hr, *rest = create_built_in_roles(TENANT)
    member = a_member_of(me, admin)
    actor = replace(an_actor(me, TENANT_ADMIN), member_id=MemberId(member.id))

    async def assign(work: FakeWork, reason: str | None) -> Member:
        return await members.assign_role(work, member.id, hr.id, self_appointment_reason=reason)

    everything: list[Aggregate] = [me, admin, hr, *rest, member]
    await expect_self_appointment(actor, everything, member, "roleId", assign)
    employee = next(each for each in rest if each.key == "employee")
    await members.assign_role(FakeWork(actor, [STRICT, *everything]), member.id, employee.id)
    assert member.find_assignment(employee.id, None)


async def test_nobody_adds_rights_to_a_role_of_their_own_unasked() -> None:
    me = a_person()
    admin, *rest = create_built_in_roles(TENANT)
    member = a_member_of(me, admin)
    actor = replace(an_actor(me, TENANT_ADMIN), member_id=MemberId(member.id))
    admin.events.clear()
    grants = [*(each.grant for each in admin.grants), Grant(Permission.EMPLOYMENT_READ)]

    async def widen(work: FakeWork, reason: str | None) -> Role:
        return await members.set_role_grants(work, admin.id, grants, self_appointment_reason=reason)

    await expect_self_appointment(actor, [me, admin, *rest, member], admin, "grants", widen)
