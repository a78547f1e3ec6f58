"""Access rules of organizations."""

from domain.kernel.access import Holds, OwnerAttributes
from domain.kernel.permissions import Permission

OWNER_ATTRIBUTES = OwnerAttributes(organization="id")


PARENT_OWNER_ATTRIBUTES = OwnerAttributes(organization="parent_id")


MANAGE = Holds(Permission.ORGANIZATIONS_MANAGE, over=OWNER_ATTRIBUTES)
