"""The evaluation of a KPI: the background task that follows each change of it or of its values.

Its handler is in a concept above this one, because alerts know KPIs and KPIs know no alerts.
"""

from datetime import datetime
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask

EVALUATE = "kpis.evaluate"


def build_evaluation(kpi_id: UUID, not_before: datetime | None = None) -> BackgroundTask:
    """Return the task that evaluates a KPI. Until a worker has run it, it is the only one."""
    return BackgroundTask(EVALUATE, {"kpi_id": str(kpi_id)}, str(kpi_id), not_before)
