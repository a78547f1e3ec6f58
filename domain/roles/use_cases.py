"""Use cases of roles: creating them, and replacing their grants."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from domain.kernel.aggregate import get_kind
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import new_values
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.roles.built_in_roles import BUILT_IN_ROLES
from domain.roles.model import Role
from domain.self_appointment import KPI, find_unheld, require_policy_for_unheld

Confirm = Callable[..., Awaitable[None]]
"""Decides whether the actor may grant what the actor does not hold. Raises NotPermitted if not."""


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
    await replace_grants(work, role, grants)
    return role


async def replace_grants(
    work: Work, role: Role, grants: Collection[Grant], confirm: Confirm = require_policy_for_unheld
) -> None:
    """Replace the grants of a role; `confirm` decides on new ones that the actor does not hold.

    Raises what `confirm` and `Role.set_grants` raise.
    """
    current = {each.grant for each in role.grants}
    faults = FaultCollector()
    for index, grant in enumerate(grants):
        if grant not in current:
            with faults.collect():
                await work.reference(get_kind(KPI), grant.kpi_id, "grants", str(index), "kpiId")
    faults.raise_all()
    unheld = await find_unheld(work, [each for each in grants if each not in current])
    if unheld is not None:
        await confirm(work, "grants")
    for index, grant in enumerate(grants):
        with faults.collect():
            await work.reference(
                Organization, grant.organization_id, "grants", str(index), "organizationId"
            )
    faults.raise_all()
    role.set_grants(grants)
