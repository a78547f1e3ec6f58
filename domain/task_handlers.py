"""The handlers of all kinds of background tasks, which workers run."""

from collections.abc import Mapping

from domain.kernel.background_tasks import TaskHandler

TASK_HANDLERS: Mapping[str, TaskHandler] = {}
"""The handlers by kind. A kind is `concept.verb`, and stays while tasks of it may wait."""
