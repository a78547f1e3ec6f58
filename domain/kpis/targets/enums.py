"""Enums of targets: what is asked for, over which time, and how a value compares with it."""

from enum import StrEnum


class KpiTargetKind(StrEnum):
    """What a target asks of a value."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    INCREASE_TO = "increase_to"
    DECREASE_TO = "decrease_to"


class KpiTargetSpan(StrEnum):
    """Over which time a target has to be reached."""

    PERIOD = "period"
    FISCAL_YEAR = "fiscal_year"


class KpiTargetStatus(StrEnum):
    """How a value compares with its target."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NO_TARGET = "no_target"
    NOT_MEASURED = "not_measured"
    NOT_APPLICABLE = "not_applicable"
    SUPPRESSED = "suppressed"


UPWARD = frozenset({KpiTargetKind.AT_LEAST, KpiTargetKind.INCREASE_TO})
DOWNWARD = frozenset({KpiTargetKind.AT_MOST, KpiTargetKind.DECREASE_TO})
FROM_START = frozenset({KpiTargetKind.INCREASE_TO, KpiTargetKind.DECREASE_TO})
"""The kinds that lead from a start value to the target."""
