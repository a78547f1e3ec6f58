"""Enums of alerts: what raises one, and what becomes of it."""

from enum import StrEnum


class AlertCondition(StrEnum):
    """What raises an alert."""

    RED = "red"
    AMBER_OR_RED = "amber_or_red"
    WORSE_STATUS = "worse_status"
    ABOVE = "above"
    BELOW = "below"
    OVERDUE = "overdue"
    SIGNAL = "signal"


class AlertStatus(StrEnum):
    """Whether an alert waits for an answer."""

    OPEN = "open"
    SNOOZED = "snoozed"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class AlertCloseReason(StrEnum):
    """Why an alert is closed."""

    RECOVERED = "recovered"
    CAUSE_REMOVED = "cause_removed"
    RULE_DELETED = "rule_deleted"
    KPI_ARCHIVED = "kpi_archived"


THRESHOLDS = frozenset({AlertCondition.ABOVE, AlertCondition.BELOW})
"""The conditions that compare values with a threshold."""

WITHOUT_WINDOW = frozenset({AlertCondition.OVERDUE, AlertCondition.WORSE_STATUS})
"""The conditions that count no bad periods among others: a status is worse until it recovers."""
