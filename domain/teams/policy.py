"""Access rules of teams and their memberships."""

from domain.kernel.access import Holds, InheritedFrom, Leads, OwnerAttributes
from domain.kernel.permissions import Permission

OWNER_ATTRIBUTES = OwnerAttributes(team="id", organization="organization_id")


PARENT_OWNER_ATTRIBUTES = OwnerAttributes(team="parent_id", organization="organization_id")


MANAGE = Holds(Permission.TEAMS_MANAGE, over=OWNER_ATTRIBUTES)


LEAD_OR_MANAGE = Leads(OwnerAttributes(team="id")) | MANAGE


SEE = Holds(Permission.DIRECTORY_READ, over=OWNER_ATTRIBUTES) | LEAD_OR_MANAGE


SEE_PLANNED_OF_TEAM = InheritedFrom("team_id", "team", LEAD_OR_MANAGE)


SEE_HR_VALUES = Holds(Permission.EMPLOYMENT_READ, over=OWNER_ATTRIBUTES) | Holds(
    Permission.EMPLOYMENT_MANAGE, over=OWNER_ATTRIBUTES
)
"""Reading the custom fields of HR."""
WRITE_HR_VALUES = Holds(Permission.EMPLOYMENT_MANAGE, over=OWNER_ATTRIBUTES)
