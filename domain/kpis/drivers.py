"""The tree of drivers: a KPI may drive another one, its parent."""

from uuid import UUID

from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.unit_of_work import Work
from domain.kpis.enums import KpiState
from domain.kpis.model import Kpi

MAX_LEVELS = 10
TREE = "kpi_drivers"
"""The name of the lock. It is not that of formulas, which those who record values wait for."""


async def reference_parent(work: Work, id: UUID | None, existing_id: UUID | None = None) -> None:
    """Check the KPI that another one will drive. Only the existing one may be archived.

    Raises Invalid.
    """
    parent = await work.reference(Kpi, id, "parentId")
    if parent is not None and parent.state is KpiState.ARCHIVED and id != existing_id:
        message = "This KPI is archived. Restore it, or choose another."
        raise Invalid(message, "parentId")


async def ensure_place_in_tree(work: Work, kpi: Kpi, parent_id: UUID | None) -> None:
    """Check that a KPI may stand below a parent, with all its drivers.

    Two changes cannot close a cycle at the same time: one waits for the other. Raises Invalid with
    REFERENCE_CYCLE, and LimitExceeded.
    """
    if parent_id is None:
        return
    await work.lock_tree(TREE)
    above = await _list_above(work, parent_id)
    if kpi.id in above:
        message = (
            "This KPI is a driver of the one that it would drive, directly or through others."
            " Choose another, or remove its own parent first."
        )
        raise Invalid(message, "parentId", code=Code.REFERENCE_CYCLE)
    if len(above) + await _count_levels(work, kpi.id) > MAX_LEVELS:
        message = f"A tree of drivers has at most {MAX_LEVELS} levels. Choose a higher KPI."
        raise LimitExceeded(message, "parentId")


async def _list_above(work: Work, id: UUID) -> list[UUID]:
    """Return a KPI and those above it, the nearest first."""
    found, waiting = list[UUID](), [id]
    while waiting:
        found += waiting
        rows = await work.find_values(Kpi, ("parent_id",), id=waiting)
        waiting = [id for (id,) in rows if id is not None]
    return found


async def _count_levels(work: Work, id: UUID) -> int:
    """Return how many levels a KPI and its drivers have."""
    levels, waiting = 0, [id]
    while waiting:
        levels += 1
        waiting = [id for (id,) in await work.find_values(Kpi, ("id",), parent_id=waiting)]
    return max(levels, 1)
