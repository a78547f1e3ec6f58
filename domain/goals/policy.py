"""Access rules of goals. Its visibility is chosen by those who may edit it."""

from domain.goals.enums import GoalStatus, OwnerKind, Visibility
from domain.kernel.access import Has, Holds, Is, IsOneOf, Leads, Manages, MemberOf, OwnerAttributes
from domain.kernel.permissions import Permission

OWNER_ATTRIBUTES = OwnerAttributes(
    person="owner_person_id", team="owner_team_id", organization="owner_organization_id"
)
IS_SHARED = Has(
    "visibility", Visibility.PUBLIC, Visibility.ORGANIZATION, Visibility.REPORTING_CHAIN
)
HAS_BEGUN = Has(
    "status", GoalStatus.ACTIVE, GoalStatus.ACHIEVED, GoalStatus.MISSED, GoalStatus.ABANDONED
)
IS_OWNER = Is("owner_person_id") | Leads(OwnerAttributes(team="owner_team_id"))
EDIT = IS_OWNER | IS_SHARED & (
    Manages("owner_person_id") | Holds(Permission.GOALS_MANAGE, over=OWNER_ATTRIBUTES)
)
MANAGE = IS_SHARED & Holds(Permission.GOALS_MANAGE, over=OWNER_ATTRIBUTES)
"""Who may connect goals with other systems. Owners and managers alone do not see ids of those."""
SHARE = IS_OWNER | Has("owner_kind", OwnerKind.ORGANIZATION) & EDIT
"""Who may let more people see a goal. Organizations have nobody else to do it for them."""
SEE = EDIT | HAS_BEGUN & (
    Has("visibility", Visibility.PUBLIC) & Holds(Permission.GOALS_READ, over=OWNER_ATTRIBUTES)
    | Has("visibility", Visibility.ORGANIZATION) & MemberOf(OWNER_ATTRIBUTES)
    | IsOneOf("viewer_ids")
)
SEE_HISTORY = EDIT | IS_SHARED & Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES) & SEE
SEE_HR_VALUES = Holds(Permission.EMPLOYMENT_READ, over=OWNER_ATTRIBUTES) | Holds(
    Permission.EMPLOYMENT_MANAGE, over=OWNER_ATTRIBUTES
)
"""Reading the custom fields of HR."""
WRITE_HR_VALUES = Holds(Permission.EMPLOYMENT_MANAGE, over=OWNER_ATTRIBUTES)
KNOWN_FACTS = frozenset(
    {
        "owner_kind",
        "owner_person_id",
        "owner_team_id",
        "owner_organization_id",
        "status",
        "viewer_ids",
        "visibility",
    }
)
"""What everyone may read who sees it, for explanations of access."""
