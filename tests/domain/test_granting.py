"""Nobody grants others more than they hold, unless the tenant allows it."""

from dataclasses import replace

import pytest

from domain import members, roles
from domain.kernel.errors import Code
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import Member
from domain.people import Person
from domain.roles import TENANT_ADMIN, Role, create_built_in_roles
from domain.tenants import Tenant
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    GRANTS_BY_ROLE,
    TENANT,
    a_person,
    a_unit,
    an_actor,
    expect_error,
    list_event_actions,
)

STRICT = Tenant.create(TENANT, name="Meridian")
LENIENT = Tenant.create(TENANT, name="Meridian", allows_self_appointment=True)


def a_member_of(person: Person, *held: Role) -> Member:
    member = Member(tenant_id=TENANT, person_id=PersonId(person.id), subject=str(person.id))
    for role in held:
        member.assign_role(role.id)
    member.events.clear()
    return member


GRANTING = Tenant.create(TENANT, name="Meridian", allows_granting_unheld=True)


async def test_nobody_grants_others_what_they_do_not_hold() -> None:
    ada = a_person()
    admin, hr, *rest = create_built_in_roles(TENANT)
    member = a_member_of(ada)
    everything = [ada, admin, hr, *rest, member]
    employment = [Grant(Permission.EMPLOYMENT_READ)]
    for tenant in (STRICT, LENIENT):
        work = FakeWork(an_actor(role=TENANT_ADMIN), [tenant, *everything])
        with expect_error(Code.NOT_PERMITTED, "roleId"):
            await members.assign_role(work, member.id, hr.id)
        with expect_error(Code.NOT_PERMITTED, "grants"):
            await members.set_role_grants(work, rest[0].id, employment)
        with expect_error(Code.NOT_PERMITTED, "grants"):
            await roles.create(work, key="reader", name="Reader", grants=employment)
    assert (member.assignments, list_event_actions(member)) == ([], [])
    assert "grants_set" not in list_event_actions(rest[0])
    work = FakeWork(an_actor(role=TENANT_ADMIN), [GRANTING, *everything])
    await members.assign_role(work, member.id, hr.id)
    await members.set_role_grants(work, rest[0].id, employment)
    await roles.create(work, key="reader", name="Reader", grants=employment)
    assert member.find_assignment(hr.id, None) is not None


GOALS = Permission.GOALS_MANAGE


@pytest.mark.parametrize(
    ("held", "granted", "is_allowed"),
    [
        (Grant(GOALS), Grant(GOALS), True),
        (Grant(GOALS), Grant(GOALS, Population.REPORTING_CHAIN), True),
        (Grant(GOALS), Grant(GOALS, Population.ORGANIZATION, "HERE"), True),  # type: ignore[arg-type]
        (Grant(Permission.GOALS_READ), Grant(GOALS), False),
        (Grant(GOALS, Population.ORGANIZATION, "HERE"), Grant(GOALS), False),  # type: ignore[arg-type]
        (
            Grant(GOALS, Population.ORGANIZATION, "HERE"),  # type: ignore[arg-type]
            Grant(GOALS, Population.ORGANIZATION, "BELOW"),  # type: ignore[arg-type]
            True,
        ),
        (
            Grant(GOALS, Population.ORGANIZATION, "BELOW"),  # type: ignore[arg-type]
            Grant(GOALS, Population.ORGANIZATION, "HERE"),  # type: ignore[arg-type]
            False,
        ),
        (Grant(GOALS, Population.ORGANIZATION, "HERE"), Grant(GOALS, Population.SELF), False),  # type: ignore[arg-type]
        (Grant(GOALS, Population.TEAMS_LED), Grant(GOALS, Population.TEAMS_LED), False),
        (Grant(GOALS, Population.SELF), Grant(GOALS, Population.SELF), False),
    ],
)
async def test_a_grant_is_held_where_what_is_held_covers_it(
    held: Grant, granted: Grant, *, is_allowed: bool
) -> None:
    here = a_unit("HERE")
    units = {"HERE": here, "BELOW": a_unit("BELOW", here)}

    def place(grant: Grant) -> Grant:
        unit = units.get(str(grant.organization_id))
        return replace(grant, organization_id=OrganizationId(unit.id) if unit else None)

    manages_roles = frozenset({Grant(Permission.ROLES_MANAGE), Grant(Permission.DIRECTORY_READ)})
    actor = replace(an_actor(), grants=manages_roles | {place(held)})
    work = FakeWork(actor, [STRICT, *units.values()])
    if is_allowed:
        role = await roles.create(work, key="r", name="R", grants=[place(granted)])
        assert [each.grant for each in role.grants] == [place(granted)]
    else:
        with expect_error(Code.NOT_PERMITTED, "grants"):
            await roles.create(work, key="r", name="R", grants=[place(granted)])


async def test_a_role_is_assigned_within_what_the_actor_holds() -> None:
    here, ada = a_unit("HERE"), a_person()
    here_id = OrganizationId(here.id)
    ada.organization_id = here_id
    within = frozenset(each.restrict_to(here_id) for each in GRANTS_BY_ROLE[TENANT_ADMIN])
    actor = replace(an_actor(), grants=within | GRANTS_BY_ROLE["employee"])
    coach = Role(tenant_id=TENANT, key="coach", name="Coach")
    coach.add_grant(Grant(Permission.TEAMS_MANAGE, Population.TEAMS_LED))
    member = a_member_of(ada)
    work = FakeWork(actor, [STRICT, here, ada, coach, member])
    with expect_error(Code.NOT_PERMITTED, "roleId"):
        await members.assign_role(work, member.id, coach.id)
    await members.assign_role(work, member.id, coach.id, organization_id=here.id)
    assert member.find_assignment(coach.id, here_id)


async def test_an_account_whose_roles_reach_further_is_not_closed() -> None:
    here, ada = a_unit("HERE"), a_person()
    here_id = OrganizationId(here.id)
    ada.organization_id = here_id
    admin, hr, *rest = create_built_in_roles(TENANT)
    within = frozenset(each.restrict_to(here_id) for each in GRANTS_BY_ROLE[TENANT_ADMIN])
    member = a_member_of(ada)
    member.assign_role(hr.id, here_id)
    member.assign_role(hr.id)
    member.events.clear()
    work = FakeWork(replace(an_actor(), grants=within), [here, ada, admin, hr, *rest, member])
    with expect_error(Code.NOT_PERMITTED):
        await members.remove(work, member.id)
    assert (member.status, len(member.assignments), member.events) == ("active", 2, [])
    member.assignments.pop()
    await members.remove(work, member.id)
    assert (member.status, member.assignments) == ("removed", [])
