"""The handlers of all kinds of background tasks, which workers run."""

from collections.abc import Mapping

from domain import alerts, annotations, kpis
from domain.kernel.background_tasks import TaskHandler

TASK_HANDLERS: Mapping[str, TaskHandler] = {
    kpis.EVALUATE: alerts.EVALUATION,
    annotations.EVALUATE: alerts.ANNOTATION_EVALUATION,
}
"""The handlers by kind. A kind is `concept.verb`, and stays while tasks of it may wait."""
