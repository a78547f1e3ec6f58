"""What recurs: a rule of days, and something that is made on each of them."""

from domain.recurrences.model import RecurrenceStatus, Recurring, SkipReason
from domain.recurrences.rules import HORIZON, RULE, Recurrence, check_rule
from domain.recurrences.tasks import RecurringTasks

__all__ = [
    "HORIZON",
    "RULE",
    "Recurrence",
    "RecurrenceStatus",
    "Recurring",
    "RecurringTasks",
    "SkipReason",
    "check_rule",
]
