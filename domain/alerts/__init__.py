"""Alerts: episodes in which a KPI is not as it should be, and the people who are asked to act."""

from domain.alerts.enums import AlertCloseReason, AlertCondition, AlertStatus
from domain.alerts.evaluation import EVALUATION, evaluate
from domain.alerts.model import ALERT_REASON, UNCLOSED, Alert
from domain.alerts.rules import AlertRule
from domain.alerts.signals import ANNOTATION_EVALUATION
from domain.alerts.use_cases import (
    acknowledge,
    assign,
    create_rule,
    delete_rule,
    edit_rule,
    set_goal,
)

__all__ = [
    "ALERT_REASON",
    "ANNOTATION_EVALUATION",
    "EVALUATION",
    "UNCLOSED",
    "Alert",
    "AlertCloseReason",
    "AlertCondition",
    "AlertRule",
    "AlertStatus",
    "acknowledge",
    "assign",
    "create_rule",
    "delete_rule",
    "edit_rule",
    "evaluate",
    "set_goal",
]
