"""Access rules of nominations: see docs/decisions/0125-nominations-hide-their-outcome.md.

The reviewed person sees their own proposals in the round, and no nomination: neither who else was
proposed nor what was decided. Writers see their own form alone.
"""

from domain.kernel.access import Has, InheritedFrom
from domain.reviews.packets import policy

OWNER = policy.OWNER
HR, DECIDER, SUBJECT = policy.HR, policy.DECIDER, policy.SUBJECT
DECIDES_ON_PACKET = InheritedFrom("packet_id", "review_packet", DECIDER)
"""A round does not repeat who decides. Its subject would see that it changes with them."""

SUBJECT_NOMINATES = Has("subject_nominates", "True") & SUBJECT
SEE_ALL_OF_ROUND = HR | DECIDES_ON_PACKET
SEE_NOMINEES = SEE_ALL_OF_ROUND | Has("shows_nominees", "True") & SUBJECT
SEE_ROUND = SEE_NOMINEES | SUBJECT_NOMINATES
NOMINATE = (
    SUBJECT_NOMINATES
    | Has("manager_nominates", "True") & DECIDES_ON_PACKET
    | Has("hr_nominates", "True") & HR
)
SEE_NOMINATION = HR | DECIDER
DECIDE = HR | Has("approver", "manager", "nobody") & DECIDER
