import pytest

from domain import members, roles
from domain.kernel.access import Actor
from domain.kernel.errors import Code
from domain.kernel.identity import OrganizationId, PersonId, generate_id
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import Member, MemberStatus
from domain.organizations import Organization
from domain.people import Person
from domain.roles import TENANT_ADMIN, Role, create_built_in_roles
from domain.tenants import Tenant
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    GRANTS_BY_ROLE,
    TENANT,
    TODAY,
    a_person,
    a_unit,
    an_actor,
    expect_error,
    list_event_actions,
)

ADMIN = an_actor(role=TENANT_ADMIN)
A_LENIENT_TENANT = Tenant.create(TENANT, name="Meridian", allows_granting_unheld=True)


def a_member(person: Person, *held: Role) -> Member:
    member = Member(tenant_id=TENANT, person_id=PersonId(person.id), subject=str(person.id))
    for role in held:
        member.assign_role(role.id)
    member.events.clear()
    return member


def an_admin_of(unit: Organization) -> Actor:
    within = frozenset(
        each.restrict_to(OrganizationId(unit.id)) for each in GRANTS_BY_ROLE[TENANT_ADMIN]
    )
    return Actor(tenant_id=TENANT, today=TODAY, grants=within | GRANTS_BY_ROLE["employee"])


async def test_a_person_becomes_a_member_once() -> None:
    ada, ben = a_person(), a_person("Ben")
    work = FakeWork(ADMIN, [ada, ben])
    member = await members.create(work, person_id=PersonId(ada.id), subject="ada")
    with expect_error(Code.NOT_UNIQUE, "personId"):
        await members.create(work, person_id=PersonId(ada.id), subject="other")
    with expect_error(Code.NOT_UNIQUE, "subject"):
        await members.create(work, person_id=PersonId(ben.id), subject="ada")
    assert work.aggregates == [ada, ben, member]


async def test_roles_are_handed_out_and_taken_back() -> None:
    ada, unit = a_person(), a_unit()
    admin, hr, *rest = create_built_in_roles(TENANT)
    member = a_member(ada)
    work = FakeWork(ADMIN, [A_LENIENT_TENANT, ada, unit, admin, hr, *rest, member])
    for _ in range(2):
        await members.assign_role(work, member.id, hr.id, organization_id=unit.id)
    assert [(each.role_id, each.organization_id) for each in member.assignments] == [
        (hr.id, unit.id)
    ]
    with expect_error(Code.REFERENCE_NOT_FOUND, "roleId"):
        await members.assign_role(work, member.id, generate_id())
    with expect_error(Code.REFERENCE_NOT_FOUND, "assignmentId"):
        await members.revoke_role(work, member.id, generate_id())
    await members.revoke_role(work, member.id, member.assignments[0].id)
    assert member.assignments == []
    assert list_event_actions(member) == ["role_assigned", "role_revoked"]


async def test_the_last_tenant_admin_stays() -> None:
    ada, ben = a_person(), a_person("Ben")
    admin, *rest = create_built_in_roles(TENANT)
    first, second = a_member(ada, admin), a_member(ben, admin)
    work = FakeWork(ADMIN, [ada, ben, admin, *rest, first, second])
    await members.remove(work, first.id)
    with expect_error(Code.STATE_CONFLICT):
        await members.remove(work, second.id)
    with expect_error(Code.STATE_CONFLICT):
        await members.revoke_role(work, second.id, second.assignments[0].id)
    assert (second.status, len(second.assignments)) == (MemberStatus.ACTIVE, 1)
    assert TENANT_ADMIN in work.locked_trees


async def test_an_admin_of_one_subtree_is_no_tenant_admin() -> None:
    ada, ben, unit = a_person(), a_person("Ben"), a_unit()
    admin, *rest = create_built_in_roles(TENANT)
    first, second = a_member(ada, admin), a_member(ben)
    second.assign_role(admin.id, OrganizationId(unit.id))
    work = FakeWork(ADMIN, [ada, ben, unit, admin, *rest, first, second])
    with expect_error(Code.STATE_CONFLICT):
        await members.remove(work, first.id)
    await members.remove(work, second.id)
    assert (first.status, second.status) == (MemberStatus.ACTIVE, MemberStatus.REMOVED)


async def test_who_comes_back_comes_without_roles() -> None:
    ada = a_person()
    admin, hr, *rest = create_built_in_roles(TENANT)
    member = a_member(ada, hr)
    work = FakeWork(ADMIN, [ada, admin, hr, *rest, member])
    await members.remove(work, member.id)
    with expect_error(Code.STATE_CONFLICT):
        await members.remove(work, member.id)
    member.restore()
    assert (member.status, member.assignments) == (MemberStatus.ACTIVE, [])


async def test_a_suspended_member_keeps_the_roles_and_comes_back_with_them() -> None:
    ada, ben = a_person(), a_person("Ben")
    admin, hr, *rest = create_built_in_roles(TENANT)
    member, last = a_member(ada, hr), a_member(ben, admin)
    work = FakeWork(ADMIN, [ada, ben, admin, hr, *rest, member, last])
    await members.suspend(work, member.id)
    assert (member.status, len(member.assignments)) == (MemberStatus.SUSPENDED, 1)
    with expect_error(Code.STATE_CONFLICT):
        await members.suspend(work, member.id)
    with expect_error(Code.STATE_CONFLICT):
        await members.assign_role(work, member.id, rest[0].id)
    with expect_error(Code.STATE_CONFLICT):
        await members.suspend(work, last.id)
    assert last.status is MemberStatus.ACTIVE
    member.activate()
    assert member.status is MemberStatus.ACTIVE
    assert member.find_assignment(hr.id, None)
    assert list_event_actions(member) == ["suspended", "activated"]


async def test_an_admin_of_a_subtree_locks_out_nobody_with_more_rights() -> None:
    unit, ada, ben = a_unit("MINE"), a_person(), a_person("Ben")
    ada.organization_id = OrganizationId(unit.id)
    admin, hr, *rest = create_built_in_roles(TENANT)
    member, other = a_member(ada, hr), a_member(ben, admin)
    work = FakeWork(an_admin_of(unit), [unit, ada, ben, admin, hr, *rest, member, other])
    with expect_error(Code.NOT_PERMITTED):
        await members.suspend(work, member.id)
    assert member.status is MemberStatus.ACTIVE
    member.suspend()
    with expect_error(Code.NOT_PERMITTED):
        await members.activate(work, member.id)
    assert member.status is MemberStatus.SUSPENDED
    member.assignments.clear()
    await members.activate(work, member.id)
    await members.suspend(work, member.id)


async def test_who_holds_the_rights_of_a_member_changes_the_subject() -> None:
    ada, ben = a_person(), a_person("Ben")
    admin, hr, employee, *rest = create_built_in_roles(TENANT)
    powerful, simple = a_member(ada, hr), a_member(ben)
    client = Member(tenant_id=TENANT, subject="client")
    tenant = Tenant.create(TENANT, name="Meridian", allows_granting_unheld=True)
    everything = [tenant, ada, ben, admin, hr, employee, *rest, powerful, simple, client]
    work = FakeWork(ADMIN, everything)
    await members.change_subject(work, simple.id, " ben.new ")
    assert (simple.subject, list_event_actions(simple)) == ("ben.new", ["subject_changed"])
    before = powerful.subject
    with expect_error(Code.SELF_APPOINTMENT, "subject"):
        await members.change_subject(work, powerful.id, "mine")
    assert await members.change_subject(work, powerful.id, before) is powerful
    with expect_error(Code.NOT_UNIQUE, "subject"):
        await members.change_subject(work, simple.id, before)
    with expect_error(Code.STATE_CONFLICT):
        await members.change_subject(work, client.id, "mine")
    assert (powerful.subject, client.subject, powerful.events) == (before, "client", [])


async def test_an_admin_of_a_subtree_hands_out_no_more_than_that() -> None:
    unit, other, ada = a_unit("MINE"), a_unit("OTHER"), a_person()
    ada.organization_id = OrganizationId(unit.id)
    admin, hr, *rest = create_built_in_roles(TENANT)
    abroad = Role(tenant_id=TENANT, key="abroad", name="Abroad")
    abroad.set_grants(
        [Grant(Permission.EMPLOYMENT_READ, Population.ORGANIZATION, OrganizationId(other.id))]
    )
    member = a_member(ada)
    everything = [A_LENIENT_TENANT, unit, other, ada, admin, hr, abroad, *rest, member]
    work = FakeWork(an_admin_of(unit), everything)
    await members.assign_role(work, member.id, hr.id, organization_id=unit.id)
    for role, where in ((hr, None), (hr, other.id), (abroad, other.id)):
        with expect_error(Code.NOT_PERMITTED):
            await members.assign_role(work, member.id, role.id, organization_id=where)


@pytest.mark.parametrize("role", ["hr", "employee", "analyst", "integration"])
async def test_others_run_no_members(role: str) -> None:
    ada = a_person()
    admin, *rest = create_built_in_roles(TENANT)
    member = a_member(ada)
    work = FakeWork(an_actor(ada, role), [ada, admin, *rest, member])
    with expect_error(Code.NOT_PERMITTED):
        await members.assign_role(work, member.id, admin.id)
    with expect_error(Code.NOT_PERMITTED):
        await members.set_role_grants(
            FakeWork(an_actor(role="hr"), [admin]), admin.id, [Grant(Permission.AUDIT_READ)]
        )
    assert member.assignments == []


async def test_a_tenant_defines_roles_of_its_own() -> None:
    unit = a_unit()
    partner = Grant(Permission.GOALS_MANAGE, Population.ORGANIZATION, OrganizationId(unit.id))
    work = FakeWork(ADMIN, [unit, A_LENIENT_TENANT])
    role = await roles.create(work, key="people_partner", name="People partner", grants=[partner])
    role.edit(description="Of one unit")
    assert [each.grant for each in role.grants] == [partner]
    assert (role.is_built_in, role.description) == (False, "Of one unit")
    with expect_error(Code.NOT_UNIQUE, "key"):
        await roles.create(work, key="people_partner", name="Another")
    with expect_error(Code.REFERENCE_NOT_FOUND, "grants", "0", "organizationId"):
        elsewhere = OrganizationId(generate_id())
        await members.set_role_grants(
            work,
            role.id,
            [Grant(Permission.GOALS_MANAGE, Population.ORGANIZATION, elsewhere)],
        )
    assert work.aggregates == [unit, A_LENIENT_TENANT, role]


def test_a_grant_names_an_organization_when_it_needs_one() -> None:
    role = Role(tenant_id=TENANT, key="r", name="R")
    for wrong in (
        Grant(Permission.GOALS_READ, Population.ORGANIZATION),
        Grant(Permission.GOALS_READ, Population.SELF, OrganizationId(generate_id())),
    ):
        with expect_error(Code.INVALID, "grants", "1", "organizationId"):
            role.set_grants([Grant(Permission.AUDIT_READ), wrong])
    assert (role.grants, role.events) == ([], [])


def test_a_grant_names_a_kpi_when_it_needs_one() -> None:
    role, kpi_id = Role(tenant_id=TENANT, key="r", name="R"), generate_id()
    record = Permission.KPIS_RECORD
    for wrong, field in (
        (Grant(record, Population.KPI), "kpiId"),
        (Grant(record, kpi_id=kpi_id), "kpiId"),
        (Grant(Permission.KPIS_MANAGE, Population.KPI, kpi_id=kpi_id), "population"),
    ):
        with expect_error(Code.INVALID, "grants", "1", field):
            role.set_grants([Grant(Permission.AUDIT_READ), wrong])
    assert (role.grants, role.events) == ([], [])


def test_regranting_keeps_what_stays() -> None:
    role = Role(tenant_id=TENANT, key="r", name="R")
    role.set_grants([Grant(Permission.GOALS_READ), Grant(Permission.AUDIT_READ)])
    kept = role.grants[1]
    role.set_grants([Grant(Permission.AUDIT_READ), Grant(Permission.TEAMS_MANAGE)])
    role.set_grants([Grant(Permission.TEAMS_MANAGE), Grant(Permission.AUDIT_READ)])
    assert role.grants[0] is kept
    assert list_event_actions(role) == ["grants_set", "grants_set"]


def test_a_tenant_admin_keeps_what_keeps_the_tenant_governable() -> None:
    admin, *_ = create_built_in_roles(TENANT)
    before = [each.grant for each in admin.grants]
    with expect_error(Code.STATE_CONFLICT, "grants"):
        admin.set_grants([Grant(Permission.MEMBERS_MANAGE), Grant(Permission.MEMBERS_READ)])
    assert [each.grant for each in admin.grants] == before
    admin.set_grants([each for each in before if each.permission != Permission.GOALS_READ])
    assert len(admin.grants) == len(before) - 1


def test_the_built_in_roles_hold_what_the_table_says() -> None:
    assert {role.key: role.is_built_in for role in create_built_in_roles(TENANT)} == dict.fromkeys(
        (TENANT_ADMIN, "hr", "employee", "analyst", "integration"), True
    )
    held = {
        role.key: {each.permission for each in role.grants}
        for role in create_built_in_roles(TENANT)
    }
    assert held["employee"] == {Permission.DIRECTORY_READ, Permission.GOALS_READ}
    assert held["integration"] == set()
    assert not held[TENANT_ADMIN] & {
        Permission.EMPLOYMENT_READ,
        Permission.EMPLOYMENT_MANAGE,
        Permission.GOALS_MANAGE,
    }
    assert not held["hr"] & {
        Permission.MEMBERS_MANAGE,
        Permission.ROLES_MANAGE,
        Permission.SETTINGS_MANAGE,
    }
