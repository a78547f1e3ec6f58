"""Provisioning of a tenant: its settings, the built-in roles and a first admin."""

from datetime import date
from typing import Any

from domain import members
from domain.kernel.access import Actor
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.permissions import Grant, Permission
from domain.kernel.text import fold_email
from domain.kernel.unit_of_work import Work
from domain.members import Member
from domain.people import hire
from domain.roles import TENANT_ADMIN, Role, create_built_in_roles
from domain.tenants import Tenant


def build_provisioning_actor(tenant_id: TenantId, today: date) -> Actor:
    """Return an actor with all permissions and no person, for a tenant that has no members yet."""
    return Actor(tenant_id, today, grants=frozenset(Grant(each) for each in Permission))


async def provision_tenant(work: Work, **settings: Any) -> Tenant:
    """Create the tenant of this unit of work, with the built-in roles. Raises Invalid."""
    tenant = Tenant.create(work.actor.tenant_id, **settings)
    await work.add(tenant, to=Tenant.EDIT)
    for role in create_built_in_roles(work.actor.tenant_id):
        await work.add(role, to=Role.CREATE)
    return tenant


async def appoint_admin(
    work: Work, *, given_name: str, family_name: str, work_email: str
) -> Member:
    """Create the first admin, whose subject is the work e-mail in lower case. Raises Invalid."""
    person = await hire(work, given_name=given_name, family_name=family_name, work_email=work_email)
    subject = fold_email(person.work_email or "")
    member = await members.create(work, person_id=PersonId(person.id), subject=subject)
    role = await work.find(Role, key=TENANT_ADMIN)
    if role is not None:
        member.assign_role(role.id)
    return member
