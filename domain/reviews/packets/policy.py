"""Access rules of reviews and their packets. Administrators read nothing without `reviews:manage`.

HR are those who hold `reviews:manage` over the subject; nobody is HR for their own review. See the
table in docs/decisions/0110-who-may-read-reviews.md.
"""

from domain.kernel.access import (
    Has,
    Holds,
    InheritedFrom,
    Is,
    IsAnother,
    IsOneOf,
    Manages,
    OwnerAttributes,
)
from domain.kernel.permissions import Permission

OWNER = OwnerAttributes(person="subject_id")
HR = Holds(Permission.REVIEWS_MANAGE, over=OWNER) & IsAnother("subject_id")
DECIDER = Is("manager_id") & IsAnother("subject_id")
SECOND_LEVEL = Is("second_level_id") & IsAnother("subject_id")
"""A merge of two people can make a manager the reviewed person, who decides nothing then."""
SUBJECT = Is("subject_id")

IS_RELEASED = Has("is_released", "True")
ABOVE_SUBJECT = Manages("subject_id")

CREATE_PACKET = HR | ABOVE_SUBJECT
APPEAL_READER = Is("appeal_decider_id") & IsAnother("subject_id")
"""Who decides about an appeal reads what managers read."""

SEE_PACKET = HR | DECIDER | SECOND_LEVEL | IS_RELEASED & (SUBJECT | ABOVE_SUBJECT | APPEAL_READER)
DECIDE = HR | DECIDER
APPROVE = (HR | SECOND_LEVEL) & IsAnother("decided_by_id")
"""Nobody approves what they decided themselves. A decision always has somebody who decided."""
RESOLVE = HR | SECOND_LEVEL

WRITE = Is("writer_id") | Is("stand_in_id") & IsAnother("subject_id")
IS_SUBMITTED = Has("status", "submitted")
READ_AS_MANAGER = IS_SUBMITTED & (
    DECIDER | SECOND_LEVEL | IS_RELEASED & (ABOVE_SUBJECT | APPEAL_READER)
)
READ_AS_FORMER = IS_SUBMITTED & IsOneOf("shown_to_ids") & IsAnother("subject_id")
"""Who decided before keeps what they were shown, and sees nothing that came later."""
READ_AS_SUBJECT = IS_SUBMITTED & IS_RELEASED & Has("is_shown", "True") & SUBJECT
IS_CHOSEN = Has("direction", "peer", "upward", "extra")
DECLINE = IS_CHOSEN & Is("writer_id") & IsAnother("subject_id")
SEE_DECLINED = Has("status", "declined") & (DECIDER | SECOND_LEVEL)
SEE_REVIEW = WRITE | HR | READ_AS_MANAGER | READ_AS_FORMER | READ_AS_SUBJECT | SEE_DECLINED
REOPEN = Has("is_released", "False") & (HR | DECIDER)


def _inherit(rule: object) -> InheritedFrom:
    return InheritedFrom("review_id", "review", rule)  # type: ignore[arg-type]


SEE_ANSWER = (
    _inherit(WRITE)
    | _inherit(IS_SUBMITTED & HR)
    | Has("audience", "reviewee", "manager") & _inherit(READ_AS_MANAGER | READ_AS_FORMER)
    | Has("audience", "reviewee") & _inherit(READ_AS_SUBJECT)
)
"""Drafts are read by those who write them. A submitted answer is read as its question says."""
