"""Access rules of reviews. Scales, frameworks and templates are data of the whole tenant.

Everyone in the tenant sees what is published, because it is shown on the forms of reviews.
"""

from domain.kernel.access import Holds
from domain.kernel.permissions import Permission

MANAGE = Holds(Permission.REVIEWS_MANAGE)
