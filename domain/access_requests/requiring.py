"""Changes of rights that a second admin has to approve, where the tenant wants it.

The mutations of roles and settings come through here. They are refused with APPROVAL_REQUIRED
where somebody would gain rights, and say how to ask for the approval.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from domain import members
from domain.kernel.errors import Code, NotPermitted, StateConflict
from domain.kernel.permissions import Grant
from domain.kernel.unit_of_work import Work
from domain.members import Member, RoleAssignment, Term
from domain.role_diff import GrantChange, RoleChange, find_differences
from domain.roles import TENANT_ADMIN, Role
from domain.self_appointment import REASON
from domain.tenants import Tenant

SETTING = "requires_second_admin"
MIN_ADMINS = 2


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
    """Assign a role as `members.assign_role` does, if it needs no approval.

    Raises what it raises, and NotPermitted with APPROVAL_REQUIRED where the member gains rights.
    """
    gains = False
    if await _is_required(work):
        member = await work.get(
            Member, member_id, to=Member.ASSIGN_ROLE, expected_version=expected_version
        )
        term = Term(starts_at, expires_at)
        change = RoleChange(assigned=(member_id, organization_id), term=term)
        gains = await _gains(work, role_id, change, [member])
    made = await members.assign_role(
        work,
        member_id,
        role_id,
        organization_id=organization_id,
        starts_at=starts_at,
        expires_at=expires_at,
        self_appointment_reason=self_appointment_reason,
        expected_version=expected_version,
    )
    if gains:
        raise _build_refusal("accessRequestAssignRole", "roleId")
    return made


async def set_role_grants(
    work: Work,
    role_id: UUID,
    grants: Collection[Grant],
    *,
    self_appointment_reason: str | None = None,
    expected_version: int | None = None,
) -> Role:
    """Replace the grants of a role as `members.set_role_grants` does, if it needs no approval.

    Raises what it raises, and NotPermitted with APPROVAL_REQUIRED where somebody gains rights.
    """
    gains = False
    if await _is_required(work):
        await work.get(Role, role_id, to=Role.SET_GRANTS, expected_version=expected_version)
        holders = await work.find_with_part(Member, RoleAssignment, role_id=role_id)
        gains = await _gains(work, role_id, RoleChange(grants=grants), holders)
    role = await members.set_role_grants(
        work,
        role_id,
        grants,
        self_appointment_reason=self_appointment_reason,
        expected_version=expected_version,
    )
    if gains:
        raise _build_refusal("accessRequestSetGrants", "grants")
    return role


async def refuse_new_role(work: Work, *field: str) -> None:
    """Raise NotPermitted with APPROVAL_REQUIRED for a role of an invitation, if it needs one."""
    if await _is_required(work):
        message = (
            "A second admin has to approve this role. Invite without it, and ask for it with"
            " `accessRequestAssignRole` when the person has accepted."
        )
        raise NotPermitted(message, *field, code=Code.APPROVAL_REQUIRED)


async def refuse_setting_change(work: Work, tenant: Tenant, settings: Mapping[str, Any]) -> None:
    """Refuse to turn approvals on without a second admin, and off without an approval.

    Raises NotPermitted with APPROVAL_REQUIRED, and StateConflict.
    """
    wanted = settings.get(SETTING, tenant.requires_second_admin)
    if wanted == tenant.requires_second_admin:
        return
    if not wanted:
        raise _build_refusal("accessRequestEndApproval", "requiresSecondAdmin")
    admin = await work.find(Role, key=TENANT_ADMIN)
    holders = await work.role_holders(admin.id, after=work.actor.today) if admin else ()
    if len(set(holders)) < MIN_ADMINS:
        raise StateConflict(
            "Nobody could approve what the only tenant admin changes. Make somebody else a tenant"
            " admin without an end first.",
            "requiresSecondAdmin",
        )


async def _is_required(work: Work) -> bool:
    tenant = await work.find(Tenant, id=UUID(str(work.actor.tenant_id)))
    return tenant is not None and tenant.requires_second_admin


async def _gains(
    work: Work, role_id: UUID, change: RoleChange, holders: Collection[Member]
) -> bool:
    """Return whether a change of a role gives somebody a right, also who may not sign in now."""
    found = await find_differences(work, role_id, change, holders)
    return any(each.change is GrantChange.GAINED for each in found)


def _build_refusal(mutation: str, field: str) -> NotPermitted:
    message = (
        f"A second admin has to approve this. Ask for it with `{mutation}`, and another admin"
        " decides."
    )
    return NotPermitted(message, field, code=Code.APPROVAL_REQUIRED)
