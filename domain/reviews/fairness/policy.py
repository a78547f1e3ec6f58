"""Access rules of fairness. See docs/decisions/0134-fairness-figures-are-frozen.md.

Everybody sees which attributes there are. Nobody reads whom a value is about, and nobody writes
the one about themselves.
"""

from domain.kernel.access import EVERYBODY, AnyOf, Holds, InheritedFrom
from domain.kernel.permissions import Permission
from domain.reviews.cycles import policy as cycles

SEE = EVERYBODY
WRITE = Holds(Permission.EMPLOYMENT_MANAGE)
NOBODY = AnyOf()
SEE_FIGURE = InheritedFrom("cycle_id", "review_cycle", cycles.MANAGE)
