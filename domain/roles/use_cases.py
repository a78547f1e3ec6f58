"""Use cases of roles: creating them, and replacing their grants."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import new_values
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.roles.built_in_roles import BUILT_IN_ROLES
from domain.roles.model import Role


def create_built_in_roles(tenant_id: TenantId) -> list[Role]:
    """Return the roles of a new tenant."""
    roles = []
    for each in BUILT_IN_ROLES:
        role = Role(
            tenant_id=tenant_id,
            key=each.key,
            name=each.name,
            description=each.description,
            is_built_in=True,
        )
        role.record_event("created")
        for permission in each.permissions:
            role.add_grant(Grant(permission))
        roles.append(role)
    return roles


async def create(
    work: Work,
    *,
    key: str,
    grants: Collection[Grant] = (),
    **details: Any,
) -> Role:
    """Create a role of the tenant. Raises Invalid, NotPermitted, LimitExceeded."""
    await work.require(Role(tenant_id=work.actor.tenant_id, key="", name=""), to=Role.CREATE)
    values = new_values(Role, {"key": key, **details})
    if await work.find(Role, key=values["key"]):
        message = "Another role has this key. Choose another."
        raise Invalid(message, "key", code=Code.NOT_UNIQUE)
    role = Role(tenant_id=work.actor.tenant_id, **values)
    role.record_event("created")
    await work.add(role, to=Role.CREATE)
    await _set_grants(work, role, grants)
    return role


async def set_grants(
    work: Work, role_id: UUID, grants: Collection[Grant], *, expected_version: int | None = None
) -> Role:
    """Replace the grants of a role. Raises what `Work.get` and `Role.set_grants` raise."""
    role = await work.get(Role, role_id, to=Role.SET_GRANTS, expected_version=expected_version)
    await _set_grants(work, role, grants)
    return role


async def _set_grants(work: Work, role: Role, grants: Collection[Grant]) -> None:
    for index, grant in enumerate(grants):
        await work.reference(
            Organization, grant.organization_id, "grants", str(index), "organizationId"
        )
    role.set_grants(grants)
