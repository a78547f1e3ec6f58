"""The background task that measures a KPI from Trellis's own data.

It is run after a change of the definition, on each day of the tenant, and when people were counted
again (`domain.kernel.counted_people`). It is one task for a KPI until a worker has run it.
"""

from datetime import datetime
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask

MEASURE = "kpis.measure"


def build_measuring(kpi_id: UUID, not_before: datetime | None = None) -> BackgroundTask:
    """Return the task that measures a KPI."""
    return BackgroundTask(MEASURE, {"kpi_id": str(kpi_id)}, str(kpi_id), not_before)
