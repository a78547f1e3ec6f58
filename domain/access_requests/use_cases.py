"""Use cases of access requests: asking for a change, and deciding.

The change is tried when it is asked for, so that a request is refused as the change itself would
be. It is made when it is approved, with the rights and the checks of that moment.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from domain import members
from domain.access_requests.model import (
    APPROVED,
    ASSIGN_ROLE,
    DECISION_REASON,
    END_APPROVAL,
    PENDING,
    PERMISSIONS,
    REASON,
    REFUSED,
    SET_GRANTS,
    AccessRequest,
)
from domain.kernel.actions import Action
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.errors import NotFound, NotPermitted, Refusal, StateConflict
from domain.kernel.fields import check_required
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.permissions import Grant
from domain.kernel.unit_of_work import Work
from domain.members import Member, RoleAssignment
from domain.roles import Role
from domain.tenants import Tenant, load_tenant

DAYS_TO_DECIDE = timedelta(days=14)
FIND_APPROVERS = "access_requests.find_approvers"
"""The declared statement that finds people whose roles grant a permission, at most a hundred."""
MAX_APPROVERS = 20


async def request_role(
    work: Work,
    member_id: UUID,
    role_id: UUID,
    reason: Annotated[str, REASON],
    *,
    organization_id: UUID | None = None,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> AccessRequest:
    """Ask another admin to assign a role to a member.

    Raises what `members.assign_role` raises, and StateConflict where nobody else may approve it.
    """
    member = await work.reference(Member, member_id, "memberId")
    assert member is not None, "The id is given."
    request = AccessRequest(
        tenant_id=work.actor.tenant_id,
        kind=ASSIGN_ROLE,
        requester_id=_get_requester(work),
        member_id=member_id,
        person_id=member.person_id,
        role_id=role_id,
        organization_id=OrganizationId(organization_id) if organization_id else None,
        starts_at=starts_at,
        expires_at=expires_at,
        reason=reason,
        due_on=work.actor.today + DAYS_TO_DECIDE,
    )
    return await _file(work, request)


async def request_grants(
    work: Work, role_id: UUID, grants: Collection[Grant], reason: Annotated[str, REASON]
) -> AccessRequest:
    """Ask another admin to replace the grants of a role.

    Raises what `members.set_role_grants` raises, and StateConflict where nobody else may approve.
    """
    await work.reference(Role, role_id, "roleId")
    request = AccessRequest(
        tenant_id=work.actor.tenant_id,
        kind=SET_GRANTS,
        requester_id=_get_requester(work),
        role_id=role_id,
        reason=reason,
        due_on=work.actor.today + DAYS_TO_DECIDE,
    )
    for each in dict.fromkeys(grants):
        request.add_grant(each)
    return await _file(work, request)


async def request_end(work: Work, reason: Annotated[str, REASON]) -> AccessRequest:
    """Ask another admin to require no approvals any longer. Raises StateConflict."""
    request = AccessRequest(
        tenant_id=work.actor.tenant_id,
        kind=END_APPROVAL,
        requester_id=_get_requester(work),
        reason=reason,
        due_on=work.actor.today + DAYS_TO_DECIDE,
    )
    return await _file(work, request)


def _get_requester(work: Work) -> PersonId:
    if work.actor.person_id is None:
        raise NotPermitted("A program cannot ask for an approval. A person has to ask.")
    return work.actor.person_id


async def _file(work: Work, request: AccessRequest) -> AccessRequest:
    await work.require(request, to=AccessRequest.CREATE)
    request.reason = check_required(REASON, request.reason, "reason")
    work.begin_step()
    await _perform(work, request)
    await work.undo_step()
    await work.lock_value(AccessRequest.NAME, f"{request.role_id} {request.member_id}")
    same = {"role_id": request.role_id, "member_id": request.member_id}  # each kind has others
    if await work.count(AccessRequest, status=PENDING, **same):
        raise StateConflict("This is asked for already. Wait for the decision, or withdraw it.")
    request.approver_ids = await _find_approvers(work, request)
    if not request.approver_ids:
        raise StateConflict(
            "Nobody else may approve this. It takes another person with the same permission, who"
            " does not gain by it. The operator can turn `requiresSecondAdmin` off."
        )
    request.record_event("requested")
    await work.add(request, to=AccessRequest.CREATE)
    tenant = await load_tenant(work)
    work.enqueue(request.build_expiry(tenant.begin_day(request.due_on + timedelta(days=1))))
    return request


async def _find_approvers(work: Work, request: AccessRequest) -> set[PersonId]:
    """Return people who may approve a request now."""
    rows = await work.run_statement(FIND_APPROVERS, permission=PERMISSIONS[request.kind].value)
    found: set[PersonId] = set()
    for person_id, member_id in rows:
        if await _has_changed_role(work, request, member_id):
            continue
        if await work.is_permitted_to(person_id, request, to=AccessRequest.APPROVE):
            found.add(PersonId(person_id))
        if len(found) == MAX_APPROVERS:
            break
    return found


async def _has_changed_role(work: Work, request: AccessRequest, member_id: UUID | None) -> bool:
    """Return whether somebody has the role whose grants change, and so may gain by it."""
    if request.kind is not SET_GRANTS or member_id is None:
        return False
    held = await work.list_parts(RoleAssignment, role_id=request.role_id, member_id=member_id)
    return any(not each.term.is_over(work.now) for each in held)


async def approve(
    work: Work,
    id: UUID,
    reason: Annotated[str | None, DECISION_REASON] = None,
    *,
    expected_version: int | None = None,
) -> AccessRequest:
    """Approve a request, and make the change as the actor, who needs the right to make it.

    Raises what `Work.get` and the change raise, and StateConflict where the request is over, or
    who asked may not make the change any longer.
    """
    request, by, text = await _open(work, id, AccessRequest.APPROVE, reason, expected_version)
    if not await work.is_permitted_to(request.requester_id, request, to=AccessRequest.CREATE):
        message = "Who asked for this may not make the change any longer. Refuse the request."
        raise StateConflict(message)
    if request.starts_at is not None and request.starts_at <= work.now:
        request.starts_at = None
    if request.expires_at is not None and request.expires_at <= work.now:
        raise StateConflict("The role would be over already. Refuse the request.")
    try:
        await _perform(work, request)
    except NotFound:
        message = "The member or the role is not there any longer. Refuse the request."
        raise StateConflict(message) from None
    except Refusal as refusal:  # its field is one of another input
        raise type(refusal)(str(refusal), code=refusal.code) from None
    request.decide(APPROVED, by, work.now, text)
    return request


async def refuse(
    work: Work,
    id: UUID,
    reason: Annotated[str | None, DECISION_REASON] = None,
    *,
    expected_version: int | None = None,
) -> AccessRequest:
    """Refuse a request, so that nothing changes. Raises what `Work.get` raises, and Invalid."""
    request, by, text = await _open(work, id, AccessRequest.REFUSE, reason, expected_version)
    request.decide(REFUSED, by, work.now, text)
    return request


async def _open(
    work: Work, id: UUID, to: Action, reason: str | None, expected_version: int | None
) -> tuple[AccessRequest, PersonId, str | None]:
    """Return a request that may still be decided, who decides, and the reason."""
    request = await work.get(AccessRequest, id, to=to, expected_version=expected_version)
    text = DECISION_REASON.check(reason, "reason")
    if await _has_changed_role(work, request, work.actor.member_id):
        raise NotPermitted("You have the role that would change. Somebody without it decides.")
    if request.due_on < work.actor.today:
        raise StateConflict("Its last day is over. Ask for the change again.")
    if work.actor.person_id is None:
        raise NotPermitted("A person decides about rights, not a program.")
    return request, work.actor.person_id, text


async def _perform(work: Work, request: AccessRequest) -> None:
    """Make the change that is asked for, with the rights of the actor."""
    if request.kind is END_APPROVAL:
        tenant = await work.get(Tenant, request.tenant_id, to=Tenant.EDIT)
        tenant.edit_attributes("edited", {"requires_second_admin": False})
        return
    assert request.role_id is not None, "The other kinds have a role."
    if request.kind is SET_GRANTS:
        grants = [each.grant for each in request.grants]
        await members.set_role_grants(
            work, request.role_id, grants, self_appointment_reason=request.reason
        )
        return
    assert request.member_id is not None, "An assignment has a member."
    await members.assign_role(
        work,
        request.member_id,
        request.role_id,
        organization_id=request.organization_id,
        starts_at=request.starts_at,
        expires_at=request.expires_at,
        self_appointment_reason=request.reason,
    )


async def expire(work: Work, *, request_id: str) -> None:
    """Close a request that nobody has decided until its last day."""
    for request in await work.load_all(AccessRequest, [UUID(request_id)]):
        if request.status is not PENDING:
            return
        if request.due_on >= work.actor.today:
            tenant = await load_tenant(work)
            work.enqueue(request.build_expiry(tenant.begin_day(request.due_on + timedelta(days=1))))
        else:
            request.expire()


EXPIRY = TaskHandler(expire)
"""The handler of the task that follows each request."""


async def erase_requests(work: Work, person_id: UUID) -> None:
    """Remove the reasons of requests of a person and for a person, also in the journal."""
    for name in ("requester_id", "person_id", "decided_by_id"):
        for request in await work.find_all(AccessRequest, **{name: [PersonId(person_id)]}):
            request.erase()
            await work.flush()
            await work.erase_history(AccessRequest, request.id)
