"""What follows from changed measurements, in the transaction of the change.

Computed KPIs come first. A step gets one KPI and all changes of its measurements.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpis.computed.recompute import recompute, recompute_definition
from domain.kpis.definitions import KpiDefinition
from domain.kpis.measurements.recording import ChangedMeasurement
from domain.kpis.model import Kpi

Step: TypeAlias = Callable[[Work, Kpi, list[ChangedMeasurement]], Awaitable[None]]

STEPS: tuple[Step, ...] = ()
"""The steps in their order."""


async def follow(
    work: Work, kpis: Mapping[UUID, Kpi], changes: Sequence[ChangedMeasurement]
) -> None:
    """Compute what reads these measurements, and take all steps for each KPI with changes."""
    computed, results = await recompute(work, changes)
    await take_steps(work, {**kpis, **computed}, [*changes, *results])


async def take_steps(
    work: Work, kpis: Mapping[UUID, Kpi], changes: Sequence[ChangedMeasurement]
) -> None:
    """Take all steps for each KPI with changes."""
    by_kpi = dict[UUID, list[ChangedMeasurement]]()
    for each in changes:
        by_kpi.setdefault(each.measurement.kpi_id, []).append(each)
    for id, changed in by_kpi.items():
        for step in STEPS:
            await step(work, kpis[id], changed)


async def follow_definition(work: Work, kpi: Kpi, definition: KpiDefinition) -> None:
    """Compute a KPI by a new or changed definition, and take all steps."""
    await take_steps(work, *await recompute_definition(work, kpi, definition))
