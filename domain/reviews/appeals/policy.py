"""Access rules of appeals. See docs/decisions/0127-previews-appeals-and-release.md.

Who decided or approved a review assigns no appeal against it, and decides none.
"""

from domain.kernel.access import Has, Is, IsAnother, Lacks
from domain.reviews.packets.policy import DECIDER, HR, SECOND_LEVEL, SUBJECT

APPEAL_DECIDER = Is("decider_id") & IsAnother("subject_id") & IsAnother("manager_id")
"""A merge of two people can make somebody who took part the one who decides."""

IS_ASSIGNED = Has("status", "under_review", "upheld", "changed")
"""Who was to decide does not see an appeal that was withdrawn."""

SEE = HR | DECIDER | SECOND_LEVEL | SUBJECT | IS_ASSIGNED & APPEAL_DECIDER
ASSIGN = (
    HR
    & IsAnother("manager_id")
    & (Lacks("second_level_id") | IsAnother("second_level_id"))
    & (Lacks("level_decided_by_id") | IsAnother("level_decided_by_id"))
    & (Lacks("level_approved_by_id") | IsAnother("level_approved_by_id"))
)
