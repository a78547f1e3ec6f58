"""The words that tell an author who will read a text and who learns the name.

They are generated from the mode and the audience, so that they say what the rules do.
"""

from domain.feedback.enums import FeedbackAudience, FeedbackMode

READERS = {
    FeedbackAudience.SUBJECT: "The person",
    FeedbackAudience.SUBJECT_AND_MANAGER: "The person and everyone above them in the primary line",
    FeedbackAudience.MANAGER: "Everyone above the person in the primary line",
    FeedbackAudience.PUBLIC: "Everyone who sees the person in the directory",
}
UNREAD = {
    FeedbackAudience.MANAGER: " The person does not learn that it exists.",
}
OTHERS = "Nobody else can, not even administrators; only the operator of the database. "
NAMED = (
    "{readers} can read your text at once, with your name.{unread} {others}You can withdraw it"
    " until the end of the day on which you gave it, unless somebody has confirmed that it was"
    " read."
)
NAMELESS = (
    "{readers} can read your text from the day of its release on, without your name and without the"
    " time.{unread} Until then you can withdraw it. HR officers with the permission"
    " FEEDBACK_READ_AUTHORS can look your name up. They have to give a reason, and the audit log"
    " keeps each look. This is not anonymous: the operator of the database can find you, and what"
    " you write may tell who you are."
)
PATTERNS = {FeedbackMode.IDENTIFIED: NAMED, FeedbackMode.CONFIDENTIAL: NAMELESS}

EXPLANATIONS = {
    (mode, audience): pattern.format(
        readers=READERS[audience],
        unread=UNREAD.get(audience, ""),
        others="" if audience is FeedbackAudience.PUBLIC else OTHERS,
    )
    for mode, pattern in PATTERNS.items()
    for audience in FeedbackAudience
    if (mode, audience) != (FeedbackMode.CONFIDENTIAL, FeedbackAudience.PUBLIC)
}
"""What is promised, by mode and audience. Praise in public has the name of its author."""

READERS_OUTSIDE = {
    FeedbackAudience.SUBJECT: "The person",
    FeedbackAudience.SUBJECT_AND_MANAGER: "The person and the managers above them",
    FeedbackAudience.MANAGER: "The managers above the person",
}
OUTSIDE = (
    "{readers} can read your text at once, with the name that you were asked under.{unread}"
    " {others}Once you have sent it, you cannot change it here. No account is made for you, and"
    " nothing else about you is kept."
)
OUTSIDE_EXPLANATIONS: dict[FeedbackAudience, str] = {
    audience: OUTSIDE.format(readers=readers, unread=UNREAD.get(audience, ""), others=OTHERS)
    for audience, readers in READERS_OUTSIDE.items()
}
"""What is promised to somebody without an account, who answers by a link."""
