"""Roles may count from a moment on, and until a moment."""

from dataclasses import replace
from datetime import timedelta

from domain import members
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import list_faults
from domain.kernel.identity import PersonId
from domain.members import Member, Term
from domain.roles import TENANT_ADMIN, Role, create_built_in_roles
from domain.tenants import Tenant
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    GRANTS_BY_ROLE,
    NOW,
    TENANT,
    a_person,
    an_actor,
    expect_error,
    list_event_actions,
)

HOUR = timedelta(hours=1)
STRICT = Tenant.create(TENANT, name="Meridian")


def a_company() -> tuple[FakeWork, Member, dict[str, Role]]:
    """Return the work of a tenant admin, a member without roles, and the roles by key."""
    ada = a_person()
    found = create_built_in_roles(TENANT)
    member = Member(tenant_id=TENANT, person_id=PersonId(ada.id), subject="ada")
    work = FakeWork(an_actor(role=TENANT_ADMIN), [STRICT, ada, *found, member])
    return work, member, {each.key: each for each in found}


async def test_an_assignment_has_a_term_which_a_further_one_changes() -> None:
    work, member, roles = a_company()
    role_id = roles["employee"].id
    given = await members.assign_role(
        work, member.id, role_id, starts_at=NOW + HOUR, expires_at=NOW + 2 * HOUR
    )
    assert given.term == Term(NOW + HOUR, NOW + 2 * HOUR)
    assert [each.not_before for each in work.tasks] == [NOW + 2 * HOUR]
    again = await members.assign_role(
        work, member.id, role_id, starts_at=NOW + HOUR, expires_at=NOW + 2 * HOUR
    )
    assert (again, list_event_actions(member)) == (given, ["role_assigned"])
    longer = await members.assign_role(work, member.id, role_id)
    assert (longer, longer.term) == (given, Term())
    assert list_event_actions(member) == ["role_assigned", "role_assigned"]
    assert len(member.assignments) == 1


async def test_a_start_that_has_come_stays_when_the_end_changes() -> None:
    work, member, roles = a_company()
    role_id = roles["employee"].id
    member.assign_role(role_id, None, Term(NOW - HOUR, NOW + HOUR))
    given = await members.assign_role(work, member.id, role_id, expires_at=NOW + 2 * HOUR)
    assert given.term == Term(NOW - HOUR, NOW + 2 * HOUR)


async def test_an_assignment_that_is_over_is_replaced_and_stays_in_the_history() -> None:
    work, member, roles = a_company()
    role_id = roles["employee"].id
    old = member.assign_role(role_id, None, Term(None, NOW))
    new = await members.assign_role(work, member.id, role_id)
    assert new.id != old.id
    assert member.assignments == [new]
    assert list_event_actions(member) == ["role_assigned", "role_expired", "role_assigned"]


async def test_all_faults_of_a_term_are_reported_and_nothing_is_assigned() -> None:
    work, member, roles = a_company()
    try:
        await members.assign_role(
            work, member.id, roles["employee"].id, starts_at=NOW, expires_at=NOW - HOUR
        )
    except Invalid as refused:
        faults = [(each.code, each.field) for each in list_faults(refused)]
    assert faults == [(Code.OUT_OF_RANGE, ("startsAt",)), (Code.OUT_OF_RANGE, ("expiresAt",))]
    with expect_error(Code.INCONSISTENT, "expiresAt"):
        await members.assign_role(
            work,
            member.id,
            roles["employee"].id,
            starts_at=NOW + HOUR,
            expires_at=NOW + HOUR,
        )
    assert (member.assignments, list_event_actions(member)) == ([], [])


async def test_a_right_with_an_end_is_not_given_on() -> None:
    work, member, roles = a_company()
    temporary = frozenset(GRANTS_BY_ROLE["hr"])
    work.actor = replace(
        work.actor, grants=work.actor.grants | temporary, temporary_grants=temporary
    )
    with expect_error(Code.NOT_PERMITTED, "roleId"):
        await members.assign_role(work, member.id, roles["hr"].id)
    assert (member.assignments, list_event_actions(member)) == ([], [])
    work.actor = replace(work.actor, temporary_grants=frozenset())
    await members.assign_role(work, member.id, roles["hr"].id)
    assert [each.role_id for each in member.assignments] == [roles["hr"].id]


async def test_nobody_extends_their_own_role() -> None:
    work, member, roles = a_company()
    hr = frozenset(GRANTS_BY_ROLE["hr"])
    member.assign_role(roles["hr"].id, None, Term(None, NOW + HOUR))
    work.actor = replace(
        work.actor, member_id=member.id, grants=work.actor.grants | hr, temporary_grants=hr
    )
    with expect_error(Code.SELF_APPOINTMENT, "roleId"):
        await members.assign_role(work, member.id, roles["hr"].id)
    with expect_error(Code.SELF_APPOINTMENT, "roleId"):
        await members.assign_role(work, member.id, roles["hr"].id, expires_at=NOW + 2 * HOUR)
    assert member.assignments[0].term == Term(None, NOW + HOUR)
    shorter = await members.assign_role(work, member.id, roles["hr"].id, expires_at=NOW + HOUR / 2)
    assert shorter.term == Term(None, NOW + HOUR / 2)


async def test_one_admin_always_has_the_role_without_an_end() -> None:
    work, member, roles = a_company()
    admin = roles["tenant_admin"].id
    bob = a_person("Bob")
    second = Member(tenant_id=TENANT, person_id=PersonId(bob.id), subject="second")
    work.aggregates += [bob, second]
    member.assign_role(admin)
    second.assign_role(admin, None, Term(None, NOW + HOUR))
    for term in (
        {"expires_at": NOW + HOUR},
        {"starts_at": NOW + HOUR},
    ):
        with expect_error(Code.STATE_CONFLICT):
            await members.assign_role(work, member.id, admin, **term)
    with expect_error(Code.STATE_CONFLICT):
        await members.remove(work, member.id)
    assert member.assignments[0].term == Term()
    await members.assign_role(work, second.id, admin)
    await members.assign_role(work, member.id, admin, expires_at=NOW + HOUR)
    assert member.assignments[0].term == Term(None, NOW + HOUR)


async def test_the_task_removes_what_is_over_and_does_nothing_the_second_time() -> None:
    work, member, roles = a_company()
    over = member.assign_role(roles["employee"].id, None, Term(None, NOW - HOUR))
    stays = member.assign_role(roles["analyst"].id)
    member.events.clear()
    work.rows = [(over.id, member.id)]
    await members.EXPIRY.run(work)
    await members.EXPIRY.run(work)
    assert (member.assignments, list_event_actions(member)) == ([stays], ["role_expired"])


def test_a_term_contains_those_that_lie_in_it_from_now_on() -> None:
    term = Term(NOW, NOW + 2 * HOUR)
    assert term.contains(Term(None, NOW + HOUR), NOW)
    assert not term.contains(Term(None, NOW + HOUR), NOW - HOUR)
    assert not term.contains(Term(NOW, None), NOW)
    assert Term().contains(term, NOW)
