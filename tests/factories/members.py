"""Members and roles for tests."""

from uuid import UUID

from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.kernel.permissions import Grant
from domain.members import Member, RoleAssignment
from domain.organizations import Organization
from domain.people import Person
from domain.roles import Role, RoleGrant


def a_role(tenant_id: TenantId, key: str, *grants: Grant) -> Role:
    """Build a role with these grants."""
    role = Role(tenant_id=tenant_id, key=key, name=key.title())
    for each in grants:
        role.grants.append(
            RoleGrant(
                tenant_id=tenant_id,
                role_id=role.id,
                permission=each.permission,
                population=each.population,
                organization_id=each.organization_id,
                kpi_id=each.kpi_id,
            )
        )
    return role


def a_member(
    person: Person, subject: str, *role_ids: UUID, within: Organization | None = None
) -> Member:
    """Build a member with these roles, possibly within one organization only."""
    member = Member(tenant_id=person.tenant_id, person_id=PersonId(person.id), subject=subject)
    for each in role_ids:
        member.assignments.append(
            RoleAssignment(
                tenant_id=person.tenant_id,
                member_id=member.id,
                role_id=each,
                organization_id=OrganizationId(within.id) if within else None,
            )
        )
    return member
