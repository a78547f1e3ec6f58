"""The closed lists of a goal: its status, whom it is shared with, and what owns it."""

from enum import StrEnum


class GoalStatus(StrEnum):
    """Where a goal is in its lifecycle."""

    DRAFT = "draft"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    MISSED = "missed"
    ABANDONED = "abandoned"


class Visibility(StrEnum):
    """Who may see a goal, beside those who may change it and the people named on it."""

    PUBLIC = "public"
    ORGANIZATION = "organization"
    REPORTING_CHAIN = "reporting_chain"
    PRIVATE = "private"


class OwnerKind(StrEnum):
    """What owns a goal."""

    PERSON = "person"
    TEAM = "team"
    ORGANIZATION = "organization"


class Direction(StrEnum):
    """Which way a key result improves."""

    INCREASE = "increase"
    DECREASE = "decrease"


class Confidence(StrEnum):
    """How the author of a check-in expects the goal to end."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
