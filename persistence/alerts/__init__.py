"""Alerts and their rules: tables, mapping and read models."""

from persistence.alerts.figures import ALERT_FIGURES
from persistence.alerts.tables import ALERT, ALERT_RULE, alert_rules, alerts

__all__ = ["ALERT", "ALERT_FIGURES", "ALERT_RULE", "alert_rules", "alerts"]
