"""Enums of feedback: who reads it, and who learns its author."""

from enum import StrEnum


class FeedbackAudience(StrEnum):
    """Who may read feedback, beside its author."""

    SUBJECT = "subject"
    SUBJECT_AND_MANAGER = "subject_and_manager"
    MANAGER = "manager"
    PUBLIC = "public"


class FeedbackMode(StrEnum):
    """Who learns the author of feedback."""

    IDENTIFIED = "identified"
    CONFIDENTIAL = "confidential"


class FeedbackStatus(StrEnum):
    """Whether somebody has confirmed that feedback was read."""

    GIVEN = "given"
    ACKNOWLEDGED = "acknowledged"
