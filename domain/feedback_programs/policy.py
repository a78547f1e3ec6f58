"""Access rules of feedback programs.

HR are those who hold `reviews:manage` over the person; nobody is HR for a program about themselves.
See the table in docs/decisions/0129-programs-of-feedback.md.
"""

from domain.feedback_programs.enums import FeedbackProgramAudience, FeedbackProgramStatus
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

OWNER_ATTRIBUTES = OwnerAttributes(person="subject_id")
_, WITH_MANAGER, WITH_HR = FeedbackProgramAudience

HR = Holds(Permission.REVIEWS_MANAGE, over=OWNER_ATTRIBUTES) & IsAnother("subject_id")
SCHEDULE_OWNER = OwnerAttributes(organization="organization_id")
MANAGE_SCHEDULE = Holds(Permission.REVIEWS_MANAGE, over=SCHEDULE_OWNER)
RESPOND = IsOneOf("rater_ids")
READ_RESULTS = Has("status", FeedbackProgramStatus.PUBLISHED) & (
    Is("subject_id")
    | Manages("subject_id") & Has("audience", WITH_MANAGER, WITH_HR)
    | HR & Has("audience", WITH_HR)
)
SEE = HR | RESPOND | READ_RESULTS
SEE_TOTALS = HR | READ_RESULTS

PARENT = "feedback_program"
SEE_RESULT = InheritedFrom("feedback_program_id", PARENT, READ_RESULTS)
SEE_RATER = Is("person_id") & InheritedFrom("feedback_program_id", PARENT, SEE) | InheritedFrom(
    "feedback_program_id", PARENT, HR
)
SEE_AUTHOR = Has("is_named", "True")
"""The authors of other texts are kept for `feedbackProgramRevealAuthor` only."""

REVEAL_AUTHOR = Holds(Permission.FEEDBACK_READ_AUTHORS, over=OWNER_ATTRIBUTES) & IsAnother(
    "subject_id"
)
