"""The handlers of all kinds of background tasks, which workers run."""

from collections.abc import Mapping

from domain import alerts
from domain.kernel.background_tasks import TaskHandler
from domain.kpis import EVALUATE

TASK_HANDLERS: Mapping[str, TaskHandler] = {EVALUATE: alerts.EVALUATION}
"""The handlers by kind. A kind is `concept.verb`, and stays while tasks of it may wait."""
