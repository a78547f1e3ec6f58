"""Alerts and their rules: tables, mapping and read models."""

from persistence.alerts.figures import ALERT_FIGURES
from persistence.alerts.proposals import PROPOSED_GOAL, PROPOSED_KEY_RESULT
from persistence.alerts.tables import ALERT, ALERT_RULE, alert_rules, alerts

__all__ = [
    "ALERT",
    "ALERT_FIGURES",
    "ALERT_RULE",
    "PROPOSED_GOAL",
    "PROPOSED_KEY_RESULT",
    "alert_rules",
    "alerts",
]
