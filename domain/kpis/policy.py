"""Access rules of KPIs. Who defines a KPI chooses its visibility.

`directory:read` shows a KPI of the whole tenant, so that employees need no permission of their own
for it. `kpis:read` shows those of other organizations too, as analysts need it. KPIs for named
people are shown to these, to the owner and to those who define or measure KPIs there. Who enters
the values of a KPI sees it.

A member of a dimension may be confined to an organization. Its values are then shown to the people
of that unit and below, to those who read KPIs there, and to those who manage the KPI.
"""

from domain.kernel.access import (
    Has,
    Holds,
    InheritedFrom,
    Is,
    IsOneOf,
    Lacks,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
)
from domain.kernel.permissions import Permission
from domain.kpis.enums import KpiVisibility

OWNER_ATTRIBUTES = OwnerAttributes(team="team_id", organization="organization_id")
"""The team or organization that a KPI is about."""

IS_SHARED = Has("visibility", KpiVisibility.TENANT, KpiVisibility.ORGANIZATION)
MANAGE = Holds(Permission.KPIS_MANAGE, over=OWNER_ATTRIBUTES)
EDIT = Is("owner_id") | MANAGE
RECORD = (
    EDIT
    | IsOneOf("recorder_ids")
    | Holds(Permission.KPIS_RECORD, over=OWNER_ATTRIBUTES, by_id=True)
)
SEE_SHARED = (
    IsOneOf("viewer_ids")
    | Has("visibility", KpiVisibility.TENANT)
    & Holds(Permission.DIRECTORY_READ, over=OWNER_ATTRIBUTES)
    | IS_SHARED
    & (
        MemberOf(OWNER_ATTRIBUTES)
        | Leads(OwnerAttributes(team="team_id"))
        | Manages("owner_id")
        | Holds(Permission.KPIS_READ, over=OWNER_ATTRIBUTES)
    )
)
"""Who sees a KPI, or a scorecard, without a task in it."""
SEE = RECORD | SEE_SHARED
AUDIT = IS_SHARED & Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES)
SEE_HISTORY = EDIT | AUDIT & SEE

UNIT_OF_MEMBER = OwnerAttributes(organization="organization_id")
SEE_CONFINED = (
    Lacks("organization_id")
    | MemberOf(UNIT_OF_MEMBER)
    | Holds(Permission.KPIS_READ, over=UNIT_OF_MEMBER)
)
"""Who of those that see a KPI sees a member of its dimensions; who may edit the KPI sees all."""

SEE_MEMBER = InheritedFrom("kpi_id", "kpi", SEE) & (
    SEE_CONFINED | InheritedFrom("kpi_id", "kpi", EDIT)
)
SEE_FIGURES = InheritedFrom("kpi_id", "kpi", SEE) & (
    Lacks("member_id") | InheritedFrom("member_id", "kpi_dimension_member", SEE_MEMBER)
)
"""Who sees a value of a KPI: that of the total, or of a member of a dimension."""
KNOWN_FACTS = frozenset(
    {
        "organization_id",
        "owner_id",
        "recorder_ids",
        "state",
        "team_id",
        "viewer_ids",
        "visibility",
    }
)
"""What everyone may read who sees it, for explanations of access."""
