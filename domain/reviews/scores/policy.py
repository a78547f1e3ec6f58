"""Who reads a score: nobody who may not read all the answers that it comes from.

A sum tells of its parts. So a score has the narrowest audience of its answers, and whether all its
forms are shown to the reviewed person. Answers for HR only never count.
"""

from domain.kernel.access import Has, InheritedFrom, Rule
from domain.reviews.packets import policy


def _of_packet(rule: Rule) -> InheritedFrom:
    return InheritedFrom("packet_id", "review_packet", rule)


IS_CURRENT = Has("is_current", "True")
SEE_SCORE = (
    _of_packet(policy.HR | policy.DECIDER | policy.SECOND_LEVEL)
    | IS_CURRENT & _of_packet(policy.IS_RELEASED & (policy.ABOVE_SUBJECT | policy.APPEAL_READER))
    | IS_CURRENT
    & Has("audience", "reviewee")
    & Has("is_shown", "True")
    & _of_packet(policy.IS_RELEASED & policy.SUBJECT)
)
SEE_PART = InheritedFrom("score_id", "review_score", SEE_SCORE)
