"""The use case of a target: it needs the settings of the tenant beside the KPI."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpis.model import Kpi
from domain.tenants import Tenant


async def set_target(
    work: Work,
    id: UUID,
    target: Mapping[str, Any],
    *,
    starts_on: date | None = None,
    tolerance_percent: int | None = None,
    reason: str | None = None,
    expected_version: int | None = None,
) -> Kpi:
    """Set the target of a KPI from a day on, by default today.

    The tolerance is by default that of the tenant. Raises what `Work.get` raises, Invalid and
    LimitExceeded.
    """
    kpi = await work.get(Kpi, id, to=Kpi.SET_TARGET, expected_version=expected_version)
    if tolerance_percent is None:
        tenant = await work.find(Tenant, id=UUID(str(work.actor.tenant_id)))
        tolerance_percent = tenant.kpi_tolerance_percent if tenant else 0
    day = starts_on or work.actor.today
    kpi.set_target(target, day, tolerance_percent, reason, at=work.now)
    return kpi
