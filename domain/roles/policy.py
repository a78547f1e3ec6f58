"""Access rules of roles."""

from domain.kernel.access import Holds
from domain.kernel.permissions import Permission

SEE = Holds(Permission.MEMBERS_READ, anywhere=True)


MANAGE = Holds(Permission.ROLES_MANAGE)
