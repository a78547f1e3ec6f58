"""The evaluation of a KPI: the background task that follows each change of it or of its values.

Its handler is in a concept above this one, because alerts know KPIs and KPIs know no alerts.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.unit_of_work import Work

EVALUATE = "kpis.evaluate"
EVALUATE_ALL = "kpis.evaluate_all"
MAX_TASKS = 10
"""More tasks at once are left to a worker, so that a correction does not wait for them."""


def build_evaluation(kpi_id: UUID, not_before: datetime | None = None) -> BackgroundTask:
    """Return the task that evaluates a KPI. Until a worker has run it, it is the only one."""
    return BackgroundTask(EVALUATE, {"kpi_id": str(kpi_id)}, str(kpi_id), not_before)


def build_evaluations(kpi_ids: Collection[UUID]) -> list[BackgroundTask]:
    """Return the tasks that evaluate these KPIs; for many of them, one that enqueues the others."""
    if len(kpi_ids) <= MAX_TASKS:
        return [build_evaluation(each) for each in kpi_ids]
    return [BackgroundTask(EVALUATE_ALL, {"kpi_ids": [str(each) for each in kpi_ids]})]


async def enqueue_evaluations(work: Work, *, kpi_ids: Collection[str]) -> None:
    """Let these KPIs be evaluated, each by a task of its own."""
    for each in kpi_ids:
        work.enqueue(build_evaluation(UUID(each)))


EVALUATIONS = TaskHandler(enqueue_evaluations)
