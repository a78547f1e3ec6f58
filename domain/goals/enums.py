"""Enums of a goal: its status, its visibility, the kind of its owner."""

from enum import StrEnum


class GoalStatus(StrEnum):
    """The state of a goal."""

    DRAFT = "draft"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    MISSED = "missed"
    ABANDONED = "abandoned"


class Visibility(StrEnum):
    """Who may see a goal, beside its viewers and those who may change it."""

    PUBLIC = "public"
    ORGANIZATION = "organization"
    REPORTING_CHAIN = "reporting_chain"
    PRIVATE = "private"


class OwnerKind(StrEnum):
    """The kind of a goal's owner."""

    PERSON = "person"
    TEAM = "team"
    ORGANIZATION = "organization"


class Direction(StrEnum):
    """Whether higher or lower values of a key result are better."""

    INCREASE = "increase"
    DECREASE = "decrease"


class KeyResultBasis(StrEnum):
    """Which values of its KPI a key result follows."""

    LATEST = "latest"
    SUM = "sum"


class Confidence(StrEnum):
    """How likely the goal is to be achieved, in the opinion of a check-in's author."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
