"""Access rules of feedback: its audience reads it, and the mode says who learns the author.

Grants open nothing but public praise. Managers are those above the person today: a new one reads
what was given before, and a former one no longer does.
"""

from domain.feedback.enums import FeedbackAudience, FeedbackMode
from domain.kernel.access import Has, HasStarted, Holds, Is, Manages, OwnerAttributes
from domain.kernel.permissions import Permission

OWNER_ATTRIBUTES = OwnerAttributes(person="subject_id")
SUBJECT, SUBJECT_AND_MANAGER, MANAGER, PUBLIC = FeedbackAudience
IS_AUTHOR = Is("author_id")
IS_IDENTIFIED = Has("mode", FeedbackMode.IDENTIFIED)
IS_RELEASED = IS_IDENTIFIED | HasStarted("released_on")
"""Confidential feedback is shown from a day on, so that no time of day tells who wrote it."""

IS_ADDRESSED_SUBJECT = Is("subject_id") & Has("audience", SUBJECT, SUBJECT_AND_MANAGER, PUBLIC)
IS_ADDRESSED_MANAGER = Manages("subject_id") & Has("audience", SUBJECT_AND_MANAGER, MANAGER, PUBLIC)
SEES_PUBLIC = Has("audience", PUBLIC) & Holds(Permission.DIRECTORY_READ, over=OWNER_ATTRIBUTES)
SEE = IS_AUTHOR | IS_RELEASED & (IS_ADDRESSED_SUBJECT | IS_ADDRESSED_MANAGER | SEES_PUBLIC)
SEE_AUTHOR = IS_AUTHOR | IS_IDENTIFIED
SEE_HISTORY = IS_AUTHOR
"""The history has exact times and earlier texts, and who reads the audit log reads no feedback."""

GIVE = Manages("subject_id") | Holds(Permission.DIRECTORY_READ, over=OWNER_ATTRIBUTES)
"""Everybody may write to the people whom they see in the directory."""

ACKNOWLEDGE = IS_RELEASED & (
    IS_ADDRESSED_SUBJECT | Manages("subject_id") & Has("audience", MANAGER)
)
CHANGE_AUDIENCE = IS_AUTHOR | IS_IDENTIFIED & Is("subject_id") & Has("audience", PUBLIC)
"""The person may take praise back from the public. Only the author shows it to more people."""

REVEAL_AUTHOR = (
    Has("mode", FeedbackMode.CONFIDENTIAL)
    & HasStarted("released_on")
    & Holds(Permission.FEEDBACK_READ_AUTHORS, over=OWNER_ATTRIBUTES)
)
