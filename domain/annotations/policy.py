"""Access rules of annotations: who sees what an annotation is about sees the annotation.

Who edits a KPI annotates it. `kpis:manage` over a unit annotates the unit, and over everyone the
whole tenant.
"""

from domain.kernel.access import Has, Holds, InheritedFrom, OwnerAttributes
from domain.kernel.permissions import Permission
from domain.kpis import policy as kpis
from domain.organizations import Organization
from domain.teams import Team

OWNER_ATTRIBUTES = OwnerAttributes(team="team_id", organization="organization_id")
"""The team or organization that an annotation is about; none of a KPI or of the tenant."""

MANAGE = InheritedFrom("kpi_id", "kpi", kpis.EDIT) | Holds(
    Permission.KPIS_MANAGE, over=OWNER_ATTRIBUTES
)
SEE = (
    Has("scope_kind", "tenant")
    | Has("scope_kind", "kpi") & InheritedFrom("kpi_id", "kpi", kpis.SEE)
    | Has("scope_kind", "organization")
    & InheritedFrom("organization_id", "organization", Organization.SEE)
    | Has("scope_kind", "team") & InheritedFrom("team_id", "team", Team.SEE)
)
SEE_HISTORY = MANAGE | SEE & Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES)
