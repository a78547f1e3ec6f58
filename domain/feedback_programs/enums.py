"""Enums of feedback programs: who is asked, what becomes of answers, and who reads the results."""

from enum import StrEnum


class FeedbackProgramStatus(StrEnum):
    """Where a program stands."""

    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class FeedbackProgramMode(StrEnum):
    """What becomes of the answers of those who are neither the person nor the manager."""

    IDENTIFIED = "identified"
    CONFIDENTIAL = "confidential"
    AGGREGATED = "aggregated"
    ANONYMOUS = "anonymous"


class FeedbackProgramAudience(StrEnum):
    """Who reads the results."""

    SUBJECT = "subject"
    SUBJECT_AND_MANAGER = "subject_and_manager"
    SUBJECT_MANAGER_AND_HR = "subject_manager_and_hr"


class FeedbackProgramPopulation(StrEnum):
    """About whom a schedule launches programs."""

    MANAGERS = "managers"
    EVERYONE = "everyone"


class RaterGroup(StrEnum):
    """How a rater stands to the person, as of the launch; or whose answers are shown together."""

    SELF = "self"
    MANAGER = "manager"
    PEER = "peer"
    REPORT = "report"
    OTHER = "other"
    EXTERNAL = "external"
    ALL = "all"


SELF, MANAGER, PEER, REPORT, OTHER, EXTERNAL, ALL = RaterGroup
NAMED = frozenset({SELF, MANAGER})
"""Groups of one person each: no threshold could hide who answered."""

COUNTED = (PEER, REPORT, OTHER, EXTERNAL)
"""Groups whose least raters a program states."""
