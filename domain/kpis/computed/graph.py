"""The computed KPIs that read other KPIs, directly or through others, in the order of reading."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpis.computed.outlines import load_outlines
from domain.kpis.formula_inputs import KpiFormulaInput
from domain.kpis.measured import MeasuredKpi
from domain.kpis.model import Kpi


@dataclass(frozen=True)
class Graph:
    """Computed KPIs by levels, so that each one reads earlier levels only, and their inputs."""

    levels: tuple[tuple[MeasuredKpi, ...], ...]
    kpis: Mapping[UUID, MeasuredKpi]

    def include(self, *kpis: MeasuredKpi) -> "Graph":
        """Return the graph with further KPIs that are read."""
        return Graph(self.levels, {**self.kpis, **{each.id: each for each in kpis}})


async def load_graph(work: Work, ids: Collection[UUID]) -> Graph:
    """Return the KPIs that read these ones. One statement for each level, and three for all KPIs.

    KPIs that read each other can only be changed one after the other, so the lock of their tree is
    held when there are any.
    """
    if not await list_readers(work, ids):
        return Graph((), {})
    await work.lock_tree(Kpi.NAME)
    depths = await _find_depths(work, ids)
    found = await load_outlines(work, depths)
    levels = tuple(
        tuple(found[id] for id, depth in depths.items() if depth == each)
        for each in range(1, max(depths.values(), default=0) + 1)
    )
    return Graph(levels, found)


async def _find_depths(work: Work, ids: Collection[UUID]) -> dict[UUID, int]:
    """Return by how many steps at most each KPI reads one of these."""
    depths, depth, waiting = dict[UUID, int](), 0, [*ids]
    while waiting:
        depth += 1
        waiting = await list_readers(work, waiting)
        depths |= dict.fromkeys(waiting, depth)
    return depths


async def list_readers(work: Work, ids: Collection[UUID]) -> list[UUID]:
    """Return the KPIs that read one of these, each once."""
    found = await work.find_values(KpiFormulaInput, ("kpi_id",), input_id=[*ids])
    return [*dict.fromkeys(id for (id,) in found)]
