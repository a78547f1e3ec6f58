"""Organizations for tests."""

from datetime import date

from domain.kernel.identity import OrganizationId, TenantId
from domain.organizations import Organization, OrganizationKind


def an_organization(
    tenant_id: TenantId,
    code: str = "HQ",
    below: Organization | None = None,
    name: str = "Head office",
) -> Organization:
    """Build an organization, possibly below another."""
    return Organization(
        tenant_id=tenant_id,
        kind=OrganizationKind.DEPARTMENT if below else OrganizationKind.COMPANY,
        code=code,
        name=name,
        parent_id=OrganizationId(below.id) if below else None,
        starts_on=date(2020, 1, 1),
    )
