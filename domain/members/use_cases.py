"""Use cases of members: accounts, and who may give which role to whom."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.permissions import Grant
from domain.kernel.unit_of_work import Work
from domain.members.expiring import follow_expiry
from domain.members.model import SUBJECT, Member, RoleAssignment
from domain.members.terms import LASTING, Term
from domain.organizations import Organization
from domain.roles import TENANT_ADMIN, Role, replace_grants
from domain.self_appointment import (
    REASON,
    authorize,
    check_reason,
    find_unheld,
    list_lasting,
    require_policy_for_unheld,
)


async def create(work: Work, *, person_id: PersonId, subject: str) -> Member:
    """Create an account for a person. Raises Invalid (NOT_UNIQUE among others) and NotPermitted."""
    member = Member(tenant_id=work.actor.tenant_id, person_id=person_id, subject=subject)
    member.record_event("created")
    await work.require(member, to=Member.CREATE)
    member.subject = check_fields(Member, {"subject": subject})["subject"]
    if await work.find(Member, person_id=person_id):
        raise Invalid("This person has an account already.", "personId", code=Code.NOT_UNIQUE)
    await _ensure_unique_subject(work, member.subject)
    await work.add(member, to=Member.CREATE)
    return member


async def delete_role(work: Work, role_id: UUID, *, expected_version: int | None = None) -> Role:
    """Delete a role that the tenant created and that no member has.

    Raises what `Work.get` raises, and StateConflict for a role that is built in or assigned.
    """
    role = await work.get(Role, role_id, to=Role.DELETE, expected_version=expected_version)
    if role.is_built_in:
        raise StateConflict("A built-in role cannot be deleted. Remove its grants instead.")
    if await work.count_holders(role.id):
        raise StateConflict("Some members hold this role. Revoke it from them first.")
    for member in await work.find_with_part(Member, RoleAssignment, role_id=role.id):
        member.revoke_role_of_leaver(role.id)
    role.record_event("deleted")
    await work.remove(role)
    return role


async def assign_role(  # noqa: PLR0913 - the fields of the input
    work: Work,
    member_id: UUID,
    role_id: UUID,
    *,
    organization_id: UUID | None = None,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
    self_appointment_reason: Annotated[str | None, REASON] = None,
    expected_version: int | None = None,
) -> RoleAssignment:
    """Assign a role to a member for a term, or change the term of the assignment.

    Raises what `Work.get` raises, Invalid with all faults, NotPermitted where the role reaches
    further than the actor's own rights, and StateConflict for the last admin.
    """
    member = await work.get(
        Member, member_id, to=Member.ASSIGN_ROLE, expected_version=expected_version
    )
    within = OrganizationId(organization_id) if organization_id else None
    before, term = _change_term(member, role_id, within, Term(starts_at, expires_at), work.now)
    faults = FaultCollector()
    with faults.collect():
        role = await work.reference(Role, role_id, "roleId")
    with faults.collect():
        await work.reference(Organization, organization_id, "organizationId")
    with faults.collect():
        term.check_change(before or LASTING, work.now)
    with faults.collect():
        reason = check_reason(self_appointment_reason)
    faults.raise_all()
    assert role is not None, "The id is given."
    if before is None or not before.contains(term, work.now):
        await _require_held(work, member, role, within, reason)
    elif within is None and term != before:
        await ensure_admin_remains(work, member.person_id, role_id=role_id)
    assignment = member.assign_role(role_id, within, term)
    await work.require(assignment, to=RoleAssignment.DELEGATE)
    follow_expiry(work, assignment)
    return assignment


def _change_term(
    member: Member, role_id: UUID, within: OrganizationId | None, term: Term, now: datetime
) -> tuple[Term | None, Term]:
    """Return the term of a member's assignment, if there is one that is not over, and the new one.

    A start that has come stays where no other is given.
    """
    found = member.find_assignment(role_id, within)
    if found is None:
        return None, term
    before = found.term
    if before.is_over(now):
        member.expire_role(found.id)
        return None, term
    begun = before.starts_at if before.has_begun(now) else None
    return before, Term(term.starts_at or begun, term.expires_at)


async def _require_held(
    work: Work, member: Member, role: Role, within: OrganizationId | None, reason: str | None
) -> None:
    """Refuse to assign a role with grants that the actor does not hold, if no policy allows it.

    A service client counts as the actor, who may have one of its keys.
    Raises NotPermitted, with SELF_APPOINTMENT for the actor's own account, and Invalid.
    """
    grants = [each.grant for each in role.grants]
    if member.is_service_client:
        if await find_unheld(work, grants, within) is not None:
            await authorize(work, member, reason, "roleId")
        return
    if member.id != work.actor.member_id:
        if await find_unheld(work, grants, within) is not None:
            await require_policy_for_unheld(work, "roleId")
        return
    lasting = list_lasting(work.actor)
    new = [each for each in grants if each.restrict_to(within) not in lasting]
    if await find_unheld(work, new, within) is not None:
        await authorize(work, member, reason, "roleId")


async def set_role_grants(
    work: Work,
    role_id: UUID,
    grants: Collection[Grant],
    *,
    self_appointment_reason: str | None = None,
    expected_version: int | None = None,
) -> Role:
    """Replace the grants of a role.

    Raises what `Work.get` and `Role.set_grants` raise. Raises NotPermitted for new grants that the
    actor does not hold, with SELF_APPOINTMENT if the actor or a service client has this role.
    """
    role = await work.get(Role, role_id, to=Role.SET_GRANTS, expected_version=expected_version)

    reason = check_reason(self_appointment_reason)

    async def confirm(work: Work, *field: str) -> None:
        if await _may_act_with(work, role):
            await authorize(work, role, reason, *field)
        else:
            await require_policy_for_unheld(work, *field)

    await replace_grants(work, role, grants, confirm)
    return role


async def _may_act_with(work: Work, role: Role) -> bool:
    """Return whether the actor has a role, or a service client whose key the actor may have."""
    mine = {"role_id": role.id, "member_id": work.actor.member_id}
    if work.actor.member_id and await work.count(RoleAssignment, **mine):
        return True
    clients = await work.find_all(Member, person_id=[None])
    return any(each.role_id == role.id for client in clients for each in client.assignments)


async def find_unheld_roles(work: Work, member: Member) -> list[Role]:
    """Return the roles of a member that grant more than the actor holds."""
    roles = {each.id: each for each in await work.load_all(Role, _list_role_ids(member))}
    found = []
    for each in member.assignments:
        role = roles[each.role_id]
        grants = [grant.grant for grant in role.grants]
        if await find_unheld(work, grants, each.organization_id) is not None:
            found.append(role)
    return found


def _list_role_ids(member: Member) -> list[UUID]:
    return sorted({each.role_id for each in member.assignments})


async def revoke_role(
    work: Work, member_id: UUID, assignment_id: UUID, *, expected_version: int | None = None
) -> Member:
    """Remove a role from a member.

    Raises what `Work.get` raises, Invalid, NotPermitted, and StateConflict for the last admin.
    """
    member = await work.get(
        Member, member_id, to=Member.REVOKE_ROLE, expected_version=expected_version
    )
    assignment = next((each for each in member.assignments if each.id == assignment_id), None)
    if assignment is not None:
        await work.require(assignment, to=RoleAssignment.DELEGATE)
        if assignment.organization_id is None:
            await ensure_admin_remains(work, member.person_id, role_id=assignment.role_id)
    member.revoke_role(assignment_id)
    return member


async def remove(work: Work, member_id: UUID, *, expected_version: int | None = None) -> Member:
    """Close an account.

    Raises what `Work.get` raises, NotPermitted where the actor may not revoke one of the roles, and
    StateConflict for the last admin.
    """
    member = await work.get(Member, member_id, to=Member.REMOVE, expected_version=expected_version)
    await _require_lockable(work, member)
    member.remove()
    return member


async def suspend(work: Work, member_id: UUID, *, expected_version: int | None = None) -> Member:
    """Bar a member from signing in for now. Raises what `remove` raises."""
    member = await work.get(Member, member_id, to=Member.SUSPEND, expected_version=expected_version)
    await _require_lockable(work, member)
    member.suspend()
    return member


async def activate(work: Work, member_id: UUID, *, expected_version: int | None = None) -> Member:
    """Let a suspended member sign in again, with the same roles.

    Raises what `Work.get` raises, and NotPermitted where the actor may not revoke one of the roles.
    """
    member = await work.get(
        Member, member_id, to=Member.ACTIVATE, expected_version=expected_version
    )
    await _require_roles_within_reach(work, member)
    member.activate()
    return member


async def _require_lockable(work: Work, member: Member) -> None:
    """Refuse to lock out somebody with a role that the actor may not revoke, or the last admin."""
    await _require_roles_within_reach(work, member)
    await ensure_admin_remains(work, member.person_id)


async def _require_roles_within_reach(work: Work, member: Member) -> None:
    for each in member.assignments:
        await work.require(each, to=RoleAssignment.DELEGATE)


async def change_subject(
    work: Work,
    member_id: UUID,
    subject: Annotated[str, SUBJECT],
    *,
    expected_version: int | None = None,
) -> Member:
    """Let the account of a person be named by another subject of tokens.

    Who chooses the subject may sign in as the member. Raises what `Work.get` raises, Invalid, and
    NotPermitted with SELF_APPOINTMENT where the member has a role that grants what the actor does
    not hold.
    """
    member = await work.get(
        Member, member_id, to=Member.CHANGE_SUBJECT, expected_version=expected_version
    )
    value = check_fields(Member, {"subject": subject})["subject"]
    if member.is_service_client:
        message = "The subject of a service client never changes. Create another client instead."
        raise StateConflict(message)
    if value == member.subject:
        return member
    if await find_unheld_roles(work, member):
        await authorize(work, member, None, "subject")
    await _ensure_unique_subject(work, value)
    member.change_subject(value)
    return member


async def _ensure_unique_subject(work: Work, subject: str) -> None:
    if await work.find(Member, subject=subject):
        raise Invalid(
            "Another member has this subject. Choose another.", "subject", code=Code.NOT_UNIQUE
        )


async def ensure_admin_remains(
    work: Work, person_id: UUID | None, *, role_id: UUID | None = None, after: date | None = None
) -> None:
    """Raise StateConflict if the tenant would have no admin without this person.

    With `role_id`, only the loss of that role is checked. Admins who have left by `after`, by
    default today, do not count, nor do those whose role has an end or begins later. A later day
    uses planned departures, so it is for actors who may see them.
    """
    admin = await work.find(Role, key=TENANT_ADMIN)
    if admin is None or role_id not in (None, admin.id):
        return
    await work.lock_tree(TENANT_ADMIN)
    if set(await work.role_holders(admin.id, after=after or work.actor.today)) == {person_id}:
        raise StateConflict(
            "This is the last tenant admin whose role has begun and has no end. Make somebody else"
            " one first."
        )
