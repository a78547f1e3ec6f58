"""Cycles: a computed KPI must not depend on itself, not even on its own past."""

from collections.abc import Callable, Iterable
from uuid import UUID


def find_cycle(
    kpi_id: UUID, input_ids: Iterable[UUID], list_inputs: Callable[[UUID], Iterable[UUID]]
) -> list[UUID] | None:
    """Return the path from a KPI back to itself that new inputs would close; None without one.

    `list_inputs` returns the KPIs that a computed KPI reads. Each KPI is looked at once.
    """
    seen, paths = set[UUID](), [[kpi_id, each] for each in input_ids]
    while paths:
        path = paths.pop()
        last = path[-1]
        if last == kpi_id:
            return path
        if last not in seen:
            seen.add(last)
            paths += [[*path, each] for each in list_inputs(last)]
    return None
