"""Cells: the groups of respondents for which results are published.

Every respondent is in exactly one cell, and no cell has fewer respondents than the threshold. So
sums and differences of published results never speak of a smaller group.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

Answer = TypeVar("Answer")

Cells = dict[UUID | None, list[Answer]]
"""The answers by unit. A cell has those of the unit and of all units below without a cell.

None stands for the whole tenant.
"""


def build_cells(
    answers: Iterable[tuple[UUID | None, Answer]],
    parents: Mapping[UUID, UUID | None],
    *,
    top: UUID | None,
    threshold: int,
) -> Cells[Answer]:
    """Return the cells of answers that have the unit of the respondent. None if there are too few.

    `parents` has the parent of each unit, `top` is the unit of the survey. A unit with too few
    answers joins its parent. If the rest at the top is too small, it joins the smallest cell that
    lies in no other.
    """
    placed = list(answers)
    paths = {unit: find_path(unit, parents, top=top) for unit, _ in placed}
    units = {above for path in paths.values() for above in path} | {top}
    pools: Cells[Answer] = {each: [] for each in units}
    for unit, answer in placed:
        pools[paths[unit][0]].append(answer)
    cells: Cells[Answer] = {}
    paths = {unit: find_path(unit, parents, top=top) for unit in units}
    for unit in sorted(units, key=lambda each: len(paths[each]), reverse=True):
        if len(pools[unit]) >= threshold:
            cells[unit] = pools[unit]
        elif unit != top:
            pools[paths[unit][1]] += pools[unit]
    return cells if top in cells else _join_rest(cells, pools[top], paths, top)


def count_invited(
    units: Collection[UUID | None],
    cells: Iterable[UUID | None],
    parents: Mapping[UUID, UUID | None],
    *,
    top: UUID | None,
) -> Counter[UUID | None]:
    """Count how many were invited in each cell, from the unit of each person invited."""
    found = set(cells)
    paths = {unit: find_path(unit, parents, top=top) for unit in set(units)}
    return Counter(next((each for each in paths[unit] if each in found), top) for unit in units)


def find_path(
    unit: UUID | None, parents: Mapping[UUID, UUID | None], *, top: UUID | None
) -> list[UUID | None]:
    """Return a unit and the units above it, up to the top. A unit that is not below it is at it."""
    path = list[UUID | None]()
    while unit is not None and unit != top and unit in parents:
        path.append(unit)
        unit = parents[unit]
    return [*path, top] if unit == top else [top]


def _join_rest(
    cells: Cells[Answer],
    rest: list[Answer],
    paths: Mapping[UUID | None, Sequence[UUID | None]],
    top: UUID | None,
) -> Cells[Answer]:
    """Let the rest at the top join a cell. Without any cell, nothing is published."""
    if not (rest and cells):
        return cells
    outermost = [each for each in cells if not cells.keys() & set(paths[each][1:])]
    smallest = min(outermost, key=lambda each: (len(cells[each]), str(each)))
    return {
        **{unit: found for unit, found in cells.items() if unit != smallest},
        top: cells[smallest] + rest,
    }
