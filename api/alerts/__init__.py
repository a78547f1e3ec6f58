"""Alerts in the graph: the types of alerts and of their rules, queries and mutations."""

from api.alerts import answering, setting_rules
from api.alerts.alert import Alert
from api.alerts.rule import AlertRule

__all__ = ["Alert", "AlertRule", "answering", "setting_rules"]
