"""Access rules of review cycles.

A plan tells who leaves, moves, is on leave or works under which contract. So it takes the
permission to manage employments beside the one to manage reviews, both over the unit of the cycle.
Nobody else sees a cycle itself. Participants see its name and its dates, by `viewer.reviewCycles`.
"""

from domain.kernel.access import Holds, OwnerAttributes
from domain.kernel.permissions import Permission
from domain.people import policy as people

OWNER_ATTRIBUTES = OwnerAttributes(organization="organization_id")
MANAGE = Holds(Permission.REVIEWS_MANAGE, over=OWNER_ATTRIBUTES) & Holds(
    Permission.EMPLOYMENT_MANAGE, over=OWNER_ATTRIBUTES
)
INCLUDE = Holds(Permission.REVIEWS_MANAGE, over=people.OWNER_ATTRIBUTES) & people.MANAGE_EMPLOYMENT
"""Who may select a person by hand."""
